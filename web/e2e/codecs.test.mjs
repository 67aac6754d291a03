/**
 * Chromium publishes a camera in three layers and a screen in each codec that browsers have, and Chromium watches: every
 * slot shows moving pictures, the voice is heard, and another layer comes on request without the picture standing still.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { longestGap, slotVideo } from "./lib/frames.mjs";
import { PATIENCE_MS } from "./lib/participant.mjs";
import { openPlace } from "./lib/place.mjs";
import { until } from "./lib/until.mjs";

const CODECS = /** @type {const} */ (["VP8", "VP9", "H264", "AV1"]);
/** A picture that stands still for longer is noticed. */
const FREEZE_MS_MAX = 1_000;
/** Long enough for two switches. */
const SWITCHES_MS = 10_000;
/** How long the picture is looked at before, to know how much this machine stutters by itself. */
const CALM_MS = 4_000;

/** @type {import("./lib/place.mjs").Place} */
let place;
before(async () => {
  place = await openPlace();
});
afterEach(() => place.clear());
after(() => place.stop());

for (const codec of CODECS) {
  describe(codec, () => {
    it("fills every slot, and its layers are switched without a frozen picture", { timeout: 240_000 }, async (t) => {
      const room = place.room();
      const [tutor, student] = await Promise.all([place.enter(room, "tutor"), place.enter(room, "student")]);
      await student.watch();
      await tutor.publish({ source: "camera", codec });
      await until("three layers from the camera", async () => (await tutor.layers()).filter(({ framesEncoded }) => framesEncoded > 0).length === 3, { timeoutMs: PATIENCE_MS });
      await tutor.shareScreen({ codec });

      const [camera, screen, voice] = await Promise.all([student.picture("camera"), student.picture("screen"), student.sound("tutor")]);
      assert.equal(camera.received?.codec, codec);
      assert.equal(screen.received?.codec, codec);
      assert.equal(voice.received?.codec, "opus");
      assert.deepEqual([camera.source, screen.source, voice.source], ["camera", "screen", "camera"]);
      const { layers } = await until("the list of layers", async () => {
        const slot = await student.slot("camera");
        return slot.layers.length === 3 ? slot : undefined;
      }, { timeoutMs: PATIENCE_MS });
      assert.deepEqual(layers.map(({ rid }) => rid), ["q", "h", "f"]);

      const best = await shows(student, tutor, "f");
      const calm = await longestGap(student.page, slotVideo("camera"), CALM_MS);
      const gap = longestGap(student.page, slotVideo("camera"), SWITCHES_MS);
      await student.select("camera", { maxSpatial: 0 });
      const least = await shows(student, tutor, "q");
      assert.ok(least <= best / 2, `${least} of ${best} pixels wide`);
      await student.select("camera", {});
      await shows(student, tutor, "f");
      const longest = await gap;
      t.diagnostic(`longest time without a new picture: ${Math.round(longest)} ms while switching, ${Math.round(calm)} ms before`);
      assert.ok(longest <= Math.max(FREEZE_MS_MAX, 2 * calm), `the picture stood still for ${longest} ms`);

      const { received } = await student.picture("camera");
      assert.ok((received?.packetsLost ?? 0) <= (received?.packetsReceived ?? 0) / 100, `${received?.packetsLost} packets lost`);
    });
  });
}

/**
 * Waits until a layer is what the student sees, and returns its width. An encoder without time makes its pictures smaller, so
 * the width is the one that the tutor's browser sends now.
 * @param {import("./lib/participant.mjs").Participant} student
 * @param {import("./lib/participant.mjs").Participant} tutor
 * @param {string} rid
 * @returns {Promise<number>}
 */
async function shows(student, tutor, rid) {
  const width = await until(`layer ${rid} at the student`, async () => {
    const [slot, sent] = await Promise.all([student.slot("camera"), tutor.layers()]);
    const width = sent.find((layer) => layer.rid === rid)?.width;
    return slot.receiving?.rid === rid && slot.received?.width === width ? width : undefined;
  }, { timeoutMs: PATIENCE_MS });
  await student.picture("camera", 5);
  return width;
}
