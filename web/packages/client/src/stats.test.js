import { describe, expect, it } from "vitest";
import { StatsSampler } from "./stats.js";
const report = (...entries) => new Map(entries.map((entry) => [entry["id"], entry]));
const inbound = (timestamp, counters) => ({
    id: "I", type: "inbound-rtp", timestamp, kind: "video", mid: "0", codecId: "C", jitter: 0.004, frameWidth: 640, frameHeight: 360, ...counters,
});
const CODEC = { id: "C", type: "codec", timestamp: 0, mimeType: "video/VP9" };
describe("statistics", () => {
    it("are rates over the interval between two reports", () => {
        const sampler = new StatsSampler();
        sampler.sample(report(CODEC, inbound(0, { bytesReceived: 0, packetsReceived: 0, packetsLost: 0, framesDecoded: 0 })));
        const pair = { id: "P", type: "candidate-pair", timestamp: 0, nominated: true, currentRoundTripTime: 0.05 };
        const stats = sampler.sample(report(CODEC, pair, inbound(2000, { bytesReceived: 250_000, packetsReceived: 190, packetsLost: 10, framesDecoded: 60 })));
        expect(stats).toMatchObject({ intervalMs: 2000, rttMs: 50, bitrateInBps: 1_000_000, bitrateOutBps: 0 });
        expect(stats.tracks[0]).toMatchObject({ codec: "VP9", fps: 30, lossRatio: 0.05, jitterMs: 4, width: 640, framesTotal: 60, direction: "in" });
    });
    it("are zero in the first report, and never negative when a counter starts again", () => {
        const sampler = new StatsSampler();
        const first = sampler.sample(report(inbound(0, { bytesReceived: 500, packetsReceived: 5, packetsLost: 3 })));
        expect(first.tracks[0]).toMatchObject({ bitrateBps: 0, lossRatio: 0, codec: undefined });
        expect(sampler.sample(report(inbound(1000, { bytesReceived: 10, packetsReceived: 1, packetsLost: 0 }))).tracks[0]?.bitrateBps).toBe(0);
    });
    it("of what is sent take the loss from the server's reports", () => {
        const outbound = (timestamp, packetsSent) => ({ id: "O", type: "outbound-rtp", timestamp, kind: "video", mid: "0", rid: "h", remoteId: "R", packetsSent, qualityLimitationReason: "cpu" });
        const remote = (packetsLost) => ({ id: "R", type: "remote-inbound-rtp", timestamp: 0, packetsLost });
        const sampler = new StatsSampler();
        sampler.sample(report(outbound(0, 0), remote(0)));
        expect(sampler.sample(report(outbound(1000, 75), remote(25))).tracks[0]).toMatchObject({ rid: "h", lossRatio: 0.25, limitedBy: "cpu", direction: "out" });
    });
});
