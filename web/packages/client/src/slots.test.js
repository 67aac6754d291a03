import { describe, expect, it } from "vitest";
import { applyEvent, EMPTY_VIEW, reconnectDelayMs } from "./slots.js";
const apply = (...events) => events.reduce((view, [event, data]) => applyEvent(view, event, JSON.stringify(data)), EMPTY_VIEW);
const camera = { mid: "0", kind: "video", slot: "camera", source: "camera", layer: { rid: "h", spatialLayerId: 1, bitrate: 5, width: 640, height: 360 } };
describe("slots", () => {
    it("say what is in them", () => {
        const view = apply(["slots", { slots: [camera, { mid: "1", slot: "screen", source: null, layer: null }] }]);
        const receiving = { rid: "h", spatial: 1, bitrateBps: 5, width: 640, height: 360 };
        expect(view.contents.get("0")).toEqual({ active: true, source: "camera", receiving });
        expect(view.contents.get("1")).toEqual({ active: false, source: undefined, receiving: undefined });
    });
    it("know their layers, each once, lowest first", () => {
        const temporal = [{ rid: "f", spatialLayerId: 2, temporalLayerId: 1 }, { rid: "f", spatialLayerId: 2, temporalLayerId: 0 }, { rid: "q", spatialLayerId: 0 }];
        const view = apply(["layers", { "0": temporal, "1": [], x: temporal }]);
        expect(view.layers.get(0)?.map((layer) => layer.rid)).toEqual(["q", "f"]);
        expect(view.layers.get(1)).toEqual([]);
        expect(view.layers.size).toBe(2);
    });
});
describe("events", () => {
    it("carry the speaker and the count", () => {
        const view = apply(["speaker", { source: "stage/1" }], ["viewercount", { viewercount: 42 }]);
        expect([view.speaker, view.viewerCount]).toEqual(["stage/1", 42]);
        expect(applyEvent(view, "speaker", '{"source":null}').speaker).toBeUndefined();
    });
    it("that cannot be understood change nothing", () => {
        const before = apply(["slots", { slots: [camera] }], ["layers", { "0": [{ spatialLayerId: 0 }] }], ["speaker", { source: "camera" }], ["viewercount", { viewercount: 1 }]);
        for (const event of ["slots", "layers", "viewercount", "speaker", "active", "unheard-of"]) {
            for (const data of ["", "{", "[]", "null", "7"])
                expect(applyEvent(before, event, data), `${event} ${data}`).toEqual(before);
        }
        expect(applyEvent(before, "slots", '{"slots":7}')).toEqual(before);
        expect(applyEvent(before, "viewercount", '{"viewercount":"x"}')).toEqual(before);
    });
    it("that ask to reconnect say when, within bounds", () => {
        expect(reconnectDelayMs('{"reason":"draining","retryAfterMs":1500}')).toBe(1500);
        expect([reconnectDelayMs("{}"), reconnectDelayMs('{"retryAfterMs":-1}'), reconnectDelayMs('{"retryAfterMs":1e9}')]).toEqual([0, 0, 60_000]);
    });
});
