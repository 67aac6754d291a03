/** Makes rates out of the browser's counters: keeps the last report and compares. */
export class StatsSampler {
    #last = new Map();
    sample(report) {
        const entries = new Map([...report.values()].map((entry) => [entry.id, entry]));
        const last = this.#last;
        this.#last = entries;
        const tracks = [];
        let intervalMs = 0;
        let rttMs;
        let availableOutBps;
        for (const entry of entries.values()) {
            if (entry.type === "inbound-rtp" || entry.type === "outbound-rtp") {
                const before = last.get(entry.id);
                if (before !== undefined)
                    intervalMs = Math.max(intervalMs, entry.timestamp - before.timestamp);
                tracks.push(trackStats(entry, before, entries, last));
            }
            else if (entry.type === "candidate-pair" && (entry["nominated"] === true || entry["selected"] === true)) {
                rttMs = optional(entry, "currentRoundTripTime", 1000) ?? rttMs;
                availableOutBps = optional(entry, "availableOutgoingBitrate", 1) ?? availableOutBps;
            }
        }
        const sum = (direction) => tracks.reduce((all, t) => all + (t.direction === direction ? t.bitrateBps : 0), 0);
        return { intervalMs, rttMs, availableOutBps, bitrateInBps: sum("in"), bitrateOutBps: sum("out"), tracks };
    }
}
function trackStats(now, before, entries, last) {
    const incoming = now.type === "inbound-rtp";
    const seconds = before === undefined ? 0 : (now.timestamp - before.timestamp) / 1000;
    const delta = (name) => (before === undefined ? 0 : Math.max(0, count(now, name) - count(before, name)));
    const bytes = incoming ? delta("bytesReceived") : delta("bytesSent");
    const packets = incoming ? delta("packetsReceived") : delta("packetsSent");
    const frames = incoming ? "framesDecoded" : "framesEncoded";
    const codecEntry = entries.get(text(now, "codecId") ?? "");
    return {
        mid: text(now, "mid") ?? "",
        kind: text(now, "kind") === "audio" ? "audio" : "video",
        direction: incoming ? "in" : "out",
        rid: text(now, "rid"),
        codec: codecEntry === undefined ? undefined : text(codecEntry, "mimeType")?.split("/")[1],
        bitrateBps: seconds > 0 ? (bytes * 8) / seconds : 0,
        fps: seconds > 0 ? delta(frames) / seconds : 0,
        width: count(now, "frameWidth"),
        height: count(now, "frameHeight"),
        lossRatio: incoming ? share(delta("packetsLost"), packets) : remoteLoss(now, entries, last, packets),
        jitterMs: count(now, "jitter") * 1000,
        packets,
        framesTotal: count(now, frames),
        framesDropped: count(now, "framesDropped"),
        freezes: count(now, "freezeCount"),
        concealedRatio: share(delta("concealedSamples") - delta("silentConcealedSamples"), delta("totalSamplesReceived"), true),
        limitedBy: limitation(text(now, "qualityLimitationReason")),
    };
}
/** What of the sent packets the server has missed, from its receiver reports. */
function remoteLoss(now, entries, last, packets) {
    const remote = entries.get(text(now, "remoteId") ?? "");
    const before = remote === undefined ? undefined : last.get(remote.id);
    if (remote === undefined || before === undefined)
        return 0;
    return share(Math.max(0, count(remote, "packetsLost") - count(before, "packetsLost")), packets);
}
function share(part, rest, restIsAll = false) {
    const all = restIsAll ? rest : part + rest;
    return all <= 0 || part <= 0 ? 0 : Math.min(1, part / all);
}
function limitation(reason) {
    return reason === "cpu" || reason === "bandwidth" || reason === "other" ? reason : "none";
}
function count(entry, name) {
    const value = entry[name];
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
function text(entry, name) {
    const value = entry[name];
    return typeof value === "string" && value !== "" ? value : undefined;
}
function optional(entry, name, factor) {
    const value = entry[name];
    return typeof value === "number" ? value * factor : undefined;
}
