import { describe, expect, it } from "vitest";
import { applyEvent, EMPTY_VIEW, type RoomView } from "./slots.js";

const apply = (...events: [string, unknown][]) =>
  events.reduce<RoomView>((view, [event, data]) => applyEvent(view, event, typeof data === "string" ? data : JSON.stringify(data)), EMPTY_VIEW);
const camera = { mid: "0", source: "camera", active: true };

describe("slots", () => {
  it("say what is in them", () => {
    const view = apply(["slots", { slots: [camera, { mid: "1", source: null, active: false }] }]);
    expect(view.slots.get("0")).toEqual({ active: true, source: "camera", layers: [], receiving: undefined });
    expect(view.slots.get("1")?.active).toBe(false);
  });

  it("keep their layers while they are active, lowest first, and lose them with their source", () => {
    const medias = { "0": { active: [{ id: "f", simulcastIdx: 2, bitrate: 9 }, { id: "q", simulcastIdx: 0, bitrate: 1 }] } };
    const on: [string, unknown][] = [["slots", { slots: [camera] }], ["layers", { medias }], ["slots", { slots: [camera] }]];
    expect(apply(...on).slots.get("0")?.layers.map((layer) => layer.encodingId)).toEqual(["q", "f"]);
    expect(apply(...on, ["slots", { slots: [{ ...camera, active: false }] }]).slots.get("0")?.layers).toEqual([]);
  });
});

describe("events", () => {
  it("carry the speaker and the count", () => {
    const view = apply(["speaker", { source: "stage/1" }], ["viewercount", { viewercount: 42 }]);
    expect([view.speaker, view.viewerCount]).toEqual(["stage/1", 42]);
    expect(applyEvent(view, "speaker", '{"source":null}').speaker).toBeUndefined();
  });

  it("that cannot be understood change nothing", () => {
    const before = apply(["slots", { slots: [camera] }], ["viewercount", { viewercount: 1 }]);
    for (const data of ["", "{", "[]", "null", "7", '{"slots":7}', '{"medias":[]}', '{"viewercount":"x"}']) {
      for (const event of ["slots", "layers", "viewercount", "active", "unheard-of"]) {
        const after = applyEvent(before, event, data);
        expect([...after.slots], `${event} ${data}`).toEqual([...before.slots]);
        expect(after.viewerCount).toBe(1);
      }
    }
  });
});
