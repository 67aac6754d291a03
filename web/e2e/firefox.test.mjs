/** Firefox watches what Chromium publishes, and publishes what Chromium and itself watch. Both in VP8, which both have. */
import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import { launchFirefox } from "./lib/browser.mjs";
import { Participant } from "./lib/participant.mjs";
import { openPlace } from "./lib/place.mjs";

const TIMEOUT = { timeout: 240_000 };

/** @type {import("./lib/place.mjs").Place} */
let place;
/** @type {import("puppeteer-core").Browser} */
let firefox;
before(async () => {
  place = await openPlace();
  firefox = await launchFirefox();
});
afterEach(() => place.clear());
after(() => Promise.all([firefox.close(), place.stop()]));

/** @param {string} room @param {"tutor" | "student"} role */
const enterWithFirefox = async (room, role) => Participant.enter(await firefox.newPage(), place, room, role);

it("Firefox watches Chromium's camera and screen", TIMEOUT, async () => {
  const room = place.room();
  const [tutor, student] = await Promise.all([place.enter(room, "tutor"), enterWithFirefox(room, "student")]);
  await tutor.publish({ source: "camera", codec: "VP8" });
  await tutor.shareScreen({ codec: "VP8" });
  await student.watch();
  const [camera, screen] = await Promise.all([student.picture("camera"), student.picture("screen"), student.sound("tutor")]);
  assert.equal(camera.received?.codec, "VP8");
  assert.equal(screen.received?.codec, "VP8");
  await student.leave();
});

it("Firefox's camera is watched by Chromium and by Firefox", TIMEOUT, async () => {
  const room = place.room();
  const tutor = await enterWithFirefox(room, "tutor");
  const students = [await place.enter(room, "student"), await enterWithFirefox(room, "student")];
  await tutor.publish({ source: "camera", codec: "VP8" });
  for (const student of students) {
    await student.watch();
    const [camera] = await Promise.all([student.picture("camera"), student.sound("tutor")]);
    assert.equal(camera.received?.codec, "VP8");
  }
});
