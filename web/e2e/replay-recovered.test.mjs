/**
 * A class whose recorder is killed while the store is out of its reach: another recorder goes on after a gap. When the first one
 * is back, what was on its disk is put into the gap, and a browser plays through it.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startAzurite } from "./lib/azurite.mjs";
import { cuttable } from "./lib/cuttable.mjs";
import { openRecordedClass, PATIENCE_MS, PICTURES, play, position } from "./lib/recorded-class.mjs";
import { checkRecording, recorderStore, skipWithoutRecorder, startRecorder } from "./lib/recorder.mjs";
import { gapsOf } from "./lib/stored-tracks.mjs";
import { pause, until } from "./lib/until.mjs";

/** What is written while the store is away, seconds: some segments. */
const AWAY_S = 16;
/** The longest that somebody else takes to go on: the lease, a claim, a way into the room, a keyframe. */
const TAKEOVER_S = 40;
/** What late media waits for after the end, and what a busy machine needs. */
const LATE_MS = 60_000 + PATIENCE_MS;

describe("a recording that lacked what was on a killed recorder's disk", { skip: skipWithoutRecorder, timeout: 900_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startAzurite>>} */
  let azurite;
  /** @type {Awaited<ReturnType<typeof cuttable>>} */
  let wire;
  /** @type {Awaited<ReturnType<typeof openRecordedClass>>} */
  let taught;
  /** @type {string} */
  let spools;
  /** @type {ReturnType<typeof startRecorder>[]} */
  const recorders = [];

  before(async () => {
    azurite = await startAzurite();
    wire = await cuttable(azurite.origin);
    spools = await mkdtemp(join(tmpdir(), "lectern-spools-"));
    // The recorder inside of it asks nobody for work: those of this test do.
    const store = azurite.env("LECTERN_BLOBS");
    // For browsers the wire is a CDN.
    const cdn = String(store["LECTERN_BLOBS__AZURE__ENDPOINT"]).replace(azurite.origin, wire.origin);
    const env = { ...store, LECTERN_BLOBS__CDN: cdn, LECTERN_RECORDER__JOBS__URL: "http://127.0.0.1:9" };
    taught = await openRecordedClass({ env, appEnv: { LECTERN_BLOB_SRC: wire.origin } });
    await azurite.allow(taught.lectern.origin);
  });
  after(async () => {
    await Promise.all(recorders.map((recorder) => recorder.stop()));
    await taught?.close();
    await wire?.stop();
    await azurite?.stop();
    if (spools !== undefined) await rm(spools, { recursive: true, force: true });
  });

  /** A recorder on its spool, which reaches the store over the wire or without it. @param {string} name @param {boolean} overWire */
  function start(name, overWire) {
    const store = recorderStore(azurite);
    const endpoint = "LECTERN_RECORDER__BLOBS__AZURE__ENDPOINT";
    if (overWire) store[endpoint] = String(store[endpoint]).replace(azurite.origin, wire.origin);
    const recorder = startRecorder({ lectern: taught.lectern, name, spool: join(spools, name), store });
    recorders.push(recorder);
    return recorder;
  }

  /** The stretches that the camera lacks. @param {string} recording */
  async function gaps(recording) {
    const { ada, lectern } = taught;
    const { camera } = await ada.ask("POST", `/v1/recordings/${recording}/playback`, {});
    return gapsOf(await (await fetch(lectern.origin + camera, { headers: { authorization: `Bearer ${ada.token}` } })).text());
  }

  it("is whole but for the open segment and the takeover, and played through by a browser", async () => {
    const { lectern, student, tutor } = taught;
    const there = student.page;
    const first = start("first", true);
    const live = await taught.begin("Arrows, twice");
    await taught.broadcast(live);
    await taught.recorded(live, "something to play", ({ is_playable: isPlayable }) => isPlayable);
    wire.cut();
    await pause(AWAY_S * 1000);
    await first.kill();
    start("second", false);
    const { id, duration_s: lengthBefore } = await taught.recorded(live, "a recording", () => true);
    await taught.recorded(live, "another goes on", ({ duration_s: now }) => now > lengthBefore + AWAY_S + 8);
    assert.equal((await taught.end(live)).state, "ready");
    const [lacked] = await gaps(id);
    assert.ok(lacked !== undefined && lacked[1] - lacked[0] > AWAY_S, `lacks ${JSON.stringify(lacked)}`);

    wire.mend();
    start("first", true);
    const [lacks] = await until("what the first one had is listed", async () => {
      const now = await gaps(id);
      return now[0]?.[0] === lacked[0] ? undefined : now;
    }, { timeoutMs: LATE_MS, everyMs: 1000 });
    assert.ok(lacks !== undefined && lacks[0] > lacked[0] + AWAY_S / 2 && lacks[1] - lacks[0] < TAKEOVER_S, `lacked ${JSON.stringify(lacked)}, lacks ${JSON.stringify(lacks)}`);
    await checkRecording(azurite, id);

    // From what was there before, through what came late, and over what nobody has.
    /** @type {Set<string>} */
    const stores = new Set();
    there.on("response", (response) => {
      if (response.url().includes("sig=")) stores.add(new URL(response.url()).origin);
    });
    await there.goto(`${lectern.origin}/recordings/${id}`);
    await play(there);
    await until("it has played what came late", async () => (await position(there)) > lacks[0], { timeoutMs: PATIENCE_MS });
    await until("it has gone on after what nobody has", async () => (await position(there)) > lacks[1] + 2, { timeoutMs: PATIENCE_MS });
    const decoded = await there.evaluate(({ camera }) => /** @type {HTMLVideoElement} */ (document.querySelector(camera)).getVideoPlaybackQuality().totalVideoFrames, PICTURES);
    const seconds = (await position(there)) - (lacks[1] - lacks[0]);
    assert.ok(decoded > seconds * 5, `${decoded} frames in ${seconds} s that are there`);
    assert.deepEqual([...stores], [wire.origin]);
    assert.deepEqual([...student.faults, ...tutor.faults], []);
  });
});
