/** A standard WHEP player with one sound and one picture, which knows nothing of slots, layers or events. */
import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import { PATIENCE_MS } from "./lib/participant.mjs";
import { openPlace } from "./lib/place.mjs";
import { pause, until } from "./lib/until.mjs";

/** Widths by which the sources are told apart. */
const CAMERA_WIDTH = 960;
const SCREEN_WIDTH = 1_280;

/** @type {import("./lib/place.mjs").Place} */
let place;
before(async () => {
  place = await openPlace();
});
afterEach(() => place.clear());
after(() => place.stop());

it("hears the tutor and sees the camera, and the screen while there is one", { timeout: 180_000 }, async () => {
  const room = place.room();
  const [tutor, player] = await Promise.all([place.enter(room, "tutor"), place.enter(room, "student")]);
  await tutor.publish({ source: "camera", simulcast: false });
  const session = await player.watchPlainly();
  const shows = (/** @type {number} */ width) => until(`a picture ${width} wide`, async () => (await player.streams())["video"]?.width === width, { timeoutMs: PATIENCE_MS });
  await Promise.all([player.plainPicture(), player.plainSound()]);
  await shows(CAMERA_WIDTH);

  await tutor.shareScreen();
  await shows(SCREEN_WIDTH);
  await Promise.all([player.plainPicture(), player.plainSound()]);

  await tutor.stop("screen");
  await shows(CAMERA_WIDTH);
  await player.plainPicture();
  assert.equal((await player.connection()).negotiations, 1);

  assert.equal((await fetch(session, { method: "DELETE" })).status, 200);
  assert.equal((await fetch(session, { method: "DELETE" })).status, 404);
  await pause(500);
  const packets = async () => (await player.streams())["video"]?.packetsReceived;
  const last = await packets();
  await pause(1_000);
  assert.equal(await packets(), last);
});
