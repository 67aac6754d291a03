/** What happens in the course of a class, as Chromium sees it: everything comes and goes, and nobody else notices. */
import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import { PATIENCE_MS } from "./lib/participant.mjs";
import { openPlace } from "./lib/place.mjs";
import { pause, until } from "./lib/until.mjs";

/** One more than this is refused. */
const PEERS_MAX = 4;
/** What people notice between lips and voice, and what a loaded machine adds to a measurement. */
const LIPS_MS_MAX = 300;
const TIMEOUT = { timeout: 180_000 };

/** @type {import("./lib/place.mjs").Place} */
let place;
before(async () => {
  place = await openPlace({ env: { LECTERN_SFU__HTTP__ADMISSION__PEERS_PER_ROOM_MAX: String(PEERS_MAX) } });
});
afterEach(() => place.clear());
after(() => place.stop());

/** A tutor who is seen and heard by a student. */
async function lesson() {
  const room = place.room();
  const [tutor, student] = await Promise.all([place.enter(room, "tutor"), place.enter(room, "student")]);
  await tutor.publish({ source: "camera", colour: "#0000ff" });
  await student.watch();
  await Promise.all([student.picture("camera"), student.sound("tutor")]);
  return { room, tutor, student };
}

/** @typedef {import("./lib/participant.mjs").Participant} Participant */
/** @param {Participant} student @param {string} slot @param {"red" | "blue"} colour */
const sees = (student, slot, colour) => until(`${colour} in ${slot}`, async () => {
  const [red = 0, , blue = 0] = (await student.colour(slot)) ?? [];
  return colour === "red" ? red > 150 && blue < 100 : blue > 150 && red < 100;
}, { timeoutMs: PATIENCE_MS, everyMs: 30 });

/** @param {Participant} student @param {string} slot @param {boolean} active */
const activity = (student, slot, active) => until(`${slot} ${active ? "active" : "inactive"}`, async () => (await student.slot(slot)).active === active, { timeoutMs: PATIENCE_MS });

it("the screen comes and goes without a negotiation at the viewer", TIMEOUT, async () => {
  const { tutor, student } = await lesson();
  await tutor.shareScreen();
  const first = await student.picture("screen");
  assert.equal(first.source, "screen");
  await tutor.stop("screen");
  await activity(student, "screen", false);
  await student.picture("camera");
  await tutor.shareScreen();
  const second = await student.picture("screen");
  assert.equal(second.trackId, first.trackId);
  await activity(student, "screen", true);
  const { negotiations, count } = await student.connection();
  assert.deepEqual({ negotiations, count }, { negotiations: 1, count: 1 });
});

it("a tutor who reloads the page is seen again in the same slot", TIMEOUT, async (t) => {
  const { tutor, student } = await lesson();
  await sees(student, "camera", "blue");
  const before = await student.slot("camera");
  await tutor.load(place.site.origin);
  await tutor.publish({ source: "camera", colour: "#ff0000" });
  const live = performance.now();
  await sees(student, "camera", "red");
  t.diagnostic(`new picture ${Math.round(performance.now() - live)} ms after the new session stood`);
  const now = await student.picture("camera");
  await student.sound("tutor");
  assert.equal(now.trackId, before.trackId);
  const { negotiations, count } = await student.connection();
  assert.deepEqual({ negotiations, count }, { negotiations: 1, count: 1 });
});

it("a second window of the tutor takes over, and the first lets it", TIMEOUT, async (t) => {
  const { room, tutor, student } = await lesson();
  const second = await place.enter(room, "tutor");
  await second.publish({ source: "camera", colour: "#ff0000" });
  const live = performance.now();
  await sees(student, "camera", "red");
  t.diagnostic(`new picture ${Math.round(performance.now() - live)} ms after the new session stood`);
  const { code } = await until("the first window to give up", async () => {
    const state = await tutor.state("camera");
    return state?.name === "failed" ? state : undefined;
  }, { timeoutMs: PATIENCE_MS });
  assert.equal(code, "replaced");
  await student.picture("camera");
  await sees(student, "camera", "red");
});

it("a tutor who stops is gone, and nobody else", TIMEOUT, async () => {
  const { room, tutor, student } = await lesson();
  const other = await place.enter(room, "student");
  await other.watch();
  await other.picture("camera");
  await student.leave();
  await other.picture("camera");
  await tutor.stop("camera");
  await activity(other, "camera", false);
  // What was under way may still come.
  await pause(500);
  const { received } = await other.slot("camera");
  await pause(1_500);
  assert.equal((await other.slot("camera")).received?.packetsReceived, received?.packetsReceived);
  assert.equal((await other.state())?.name, "live");
});

it("ICE is restarted on both sides, and pictures go on in the same session", TIMEOUT, async () => {
  const { tutor, student } = await lesson();
  for (const person of [student, tutor]) {
    await person.changeNetwork();
    await until("a second media path", async () => {
      const { paths, state } = await person.connection();
      return paths === 2 && state === "connected";
    }, { timeoutMs: PATIENCE_MS });
    await Promise.all([student.picture("camera", 20), student.sound("tutor")]);
    assert.equal((await person.connection()).count, 1);
  }
});

it("a full room refuses one more, who gets in when somebody leaves", TIMEOUT, async () => {
  const { room, student } = await lesson();
  const others = await Promise.all(Array.from({ length: PEERS_MAX - 2 }, () => place.enter(room, "student")));
  for (const other of others) {
    await other.watch();
    await until("a place", async () => (await other.state())?.name === "live", { timeoutMs: PATIENCE_MS });
  }
  const late = await place.enter(room, "student");
  await late.watch();
  const refused = await until("a refusal", async () => {
    const state = await late.state();
    return state?.name === "reconnecting" ? state : undefined;
  }, { timeoutMs: PATIENCE_MS });
  assert.equal(refused.code, "room_full");
  await student.leave();
  await late.picture("camera");
});

it("a network that lets only TCP through", TIMEOUT, async () => {
  const room = place.room();
  const [tutor, student] = await Promise.all([place.enter(room, "tutor"), place.enter(room, "student")]);
  await tutor.useTransport("tcp");
  await student.useTransport("tcp");
  await tutor.publish({ source: "camera" });
  await student.watch();
  await Promise.all([student.picture("camera", 30), student.sound("tutor")]);
  assert.equal((await tutor.connection()).protocol, "tcp");
  assert.equal((await student.connection()).protocol, "tcp");
});

it("lips and voice stay together, in every layer", TIMEOUT, async (t) => {
  const room = place.room();
  const [tutor, student] = await Promise.all([place.enter(room, "tutor"), place.enter(room, "student")]);
  await tutor.publish({ source: "camera" });
  await student.watch();
  for (const choice of [{}, { maxSpatial: 0 }]) {
    await student.select("camera", choice);
    await Promise.all([student.picture("camera", 20), student.sound("tutor")]);
    const apart = await until("sender reports of both", async () => {
      const slots = await student.slots();
      const played = (/** @type {string} */ name) => slots.find((slot) => slot.name === name)?.received?.estimatedPlayoutTimestamp;
      const [picture, voice] = [played("camera"), played("tutor")];
      const apart = picture === undefined || voice === undefined ? undefined : Math.abs(picture - voice);
      return apart !== undefined && apart < LIPS_MS_MAX ? apart + 1 : undefined;
    }, { timeoutMs: PATIENCE_MS });
    t.diagnostic(`${Math.round(apart - 1)} ms apart`);
  }
});
