import { describe, expect, it } from "vitest";
import { judgeSample, QualityJudge } from "./quality.js";
const TRACK = {
    mid: "0", kind: "video", direction: "in", rid: undefined, codec: "VP8", bitrateBps: 1e6, fps: 30, width: 1280, height: 720,
    lossRatio: 0, jitterMs: 5, packets: 100, framesTotal: 300, framesDropped: 0, freezes: 0, concealedRatio: 0, limitedBy: "none",
};
const STATS = { intervalMs: 1000, rttMs: 30, availableOutBps: undefined, bitrateInBps: 1e6, bitrateOutBps: 0, tracks: [TRACK] };
const sample = (track = {}, more = {}, stats = {}) => ({
    connected: true, expectsMedia: true, stats: { ...STATS, ...stats, tracks: [{ ...TRACK, ...track }] }, ...more,
});
describe("one interval", () => {
    it("is judged on both sides of every threshold", () => {
        const verdict = (track, stats = {}) => judgeSample(sample(track, {}, stats), 0);
        expect([verdict({ lossRatio: 0.05 }), verdict({ lossRatio: 0.051 })]).toEqual(["good", "poor"]);
        expect([verdict({ jitterMs: 80 }), verdict({ jitterMs: 81 })]).toEqual(["good", "poor"]);
        expect([verdict({ concealedRatio: 0.08 }), verdict({ concealedRatio: 0.081 })]).toEqual(["good", "poor"]);
        expect([verdict({}, { rttMs: 400 }), verdict({}, { rttMs: 401 })]).toEqual(["good", "poor"]);
        expect([verdict({ freezes: 0 }), verdict({ freezes: 1 })]).toEqual(["good", "poor"]);
    });
    it("is lost without packets only when some should come", () => {
        expect(judgeSample(sample({ packets: 0 }), 0)).toBe("lost");
        expect(judgeSample(sample({ packets: 0 }, { expectsMedia: false }), 0)).toBe("good");
        expect(judgeSample(sample({ packets: 0 }, {}, { intervalMs: 0 }), 0)).toBe("good");
    });
});
describe("the verdict", () => {
    const after = (...samples) => {
        const judge = new QualityJudge();
        return samples.map((each) => judge.push(each));
    };
    const bad = sample({ lossRatio: 0.2 });
    const silent = sample({ packets: 0 });
    it("forgives one bad second and falls with the second", () => {
        expect(after(bad, sample(), bad, bad)).toEqual(["good", "good", "good", "poor"]);
    });
    it("rises only after four good ones in a row", () => {
        expect(after(bad, bad, sample(), sample(), sample(), sample())).toEqual(["good", "poor", "poor", "poor", "poor", "good"]);
    });
    it("is lost at once without a path, and after three silent seconds with one", () => {
        expect(after(sample({}, { connected: false }))).toEqual(["lost"]);
        expect(after(silent, silent, silent, sample())).toEqual(["good", "poor", "lost", "good"]);
    });
});
