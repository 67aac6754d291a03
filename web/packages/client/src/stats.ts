/** One stream in one direction over the last interval. */
export interface TrackStats {
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly direction: "in" | "out";
  /** The simulcast layer, of what is sent. */
  readonly rid: string | undefined;
  /** Such as `VP9` or `opus`; undefined before the first packet. */
  readonly codec: string | undefined;
  readonly bitrateBps: number;
  readonly fps: number;
  /** 0 when there is no picture. */
  readonly width: number;
  readonly height: number;
  /** Lost of all packets in the interval, 0 to 1. Of what is sent: as the server reports it. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  readonly packets: number;
  /** Frames decoded (in) or encoded (out) since the beginning. */
  readonly framesTotal: number;
  /** Frames received and not shown since the beginning. */
  readonly framesDropped: number;
  /** Times the picture stood still since the beginning. */
  readonly freezes: number;
  /** Share of invented sound in the interval, 0 to 1. */
  readonly concealedRatio: number;
  /** Why less is sent than could be. */
  readonly limitedBy: "none" | "cpu" | "bandwidth" | "other";
}

/** A connection over the last interval. */
export interface ConnectionStats {
  /** Length of the interval, milliseconds; 0 for the first sample, whose rates are 0. */
  readonly intervalMs: number;
  readonly rttMs: number | undefined;
  /** The browser's own estimate of what it can send. */
  readonly availableOutBps: number | undefined;
  readonly bitrateInBps: number;
  readonly bitrateOutBps: number;
  readonly tracks: readonly TrackStats[];
}

/** Entries of an `RTCStatsReport`, of which only what is read here is typed. */
type Entry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string; readonly timestamp: number };
/** Anything with the `values` of an `RTCStatsReport`. */
export interface StatsReport {
  values(): Iterable<unknown>;
}

/** Makes rates out of the browser's counters: keeps the last report and compares. */
export class StatsSampler {
  #last = new Map<string, Entry>();

  sample(report: StatsReport): ConnectionStats {
    const entries = new Map([...report.values()].map((entry) => [(entry as Entry).id, entry as Entry]));
    const last = this.#last;
    this.#last = entries;
    const tracks: TrackStats[] = [];
    let intervalMs = 0;
    let rttMs: number | undefined;
    let availableOutBps: number | undefined;
    for (const entry of entries.values()) {
      if (entry.type === "inbound-rtp" || entry.type === "outbound-rtp") {
        const before = last.get(entry.id);
        if (before !== undefined) intervalMs = Math.max(intervalMs, entry.timestamp - before.timestamp);
        tracks.push(trackStats(entry, before, entries, last));
      } else if (entry.type === "candidate-pair" && (entry["nominated"] === true || entry["selected"] === true)) {
        rttMs = optional(entry, "currentRoundTripTime", 1000) ?? rttMs;
        availableOutBps = optional(entry, "availableOutgoingBitrate", 1) ?? availableOutBps;
      }
    }
    const sum = (direction: string) => tracks.reduce((all, t) => all + (t.direction === direction ? t.bitrateBps : 0), 0);
    return { intervalMs, rttMs, availableOutBps, bitrateInBps: sum("in"), bitrateOutBps: sum("out"), tracks };
  }
}

function trackStats(now: Entry, before: Entry | undefined, entries: Map<string, Entry>, last: Map<string, Entry>): TrackStats {
  const incoming = now.type === "inbound-rtp";
  const seconds = before === undefined ? 0 : (now.timestamp - before.timestamp) / 1000;
  const delta = (name: string) => (before === undefined ? 0 : Math.max(0, count(now, name) - count(before, name)));
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
function remoteLoss(now: Entry, entries: Map<string, Entry>, last: Map<string, Entry>, packets: number): number {
  const remote = entries.get(text(now, "remoteId") ?? "");
  const before = remote === undefined ? undefined : last.get(remote.id);
  if (remote === undefined || before === undefined) return 0;
  return share(Math.max(0, count(remote, "packetsLost") - count(before, "packetsLost")), packets);
}

function share(part: number, rest: number, restIsAll = false): number {
  const all = restIsAll ? rest : part + rest;
  return all <= 0 || part <= 0 ? 0 : Math.min(1, part / all);
}

function limitation(reason: string | undefined): TrackStats["limitedBy"] {
  return reason === "cpu" || reason === "bandwidth" || reason === "other" ? reason : "none";
}

function count(entry: Entry, name: string): number {
  const value = entry[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(entry: Entry, name: string): string | undefined {
  const value = entry[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optional(entry: Entry, name: string, factor: number): number | undefined {
  const value = entry[name];
  return typeof value === "number" ? value * factor : undefined;
}
