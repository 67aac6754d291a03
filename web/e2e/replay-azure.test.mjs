/**
 * Classes that are recorded into Azure's blob store and replayed from there by its signed addresses: camera and screen of a
 * real browser in H.264 and in VP9. What is stored is what ffprobe, our own check and browsers want, and nobody's but theirs
 * who may.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startAzurite } from "./lib/azurite.mjs";
import { shownFrames } from "./lib/frames.mjs";
import { openRecordedClass, PATIENCE_MS, PICTURES } from "./lib/recorded-class.mjs";
import { checkRecording, skipWithoutRecorder } from "./lib/recorder.mjs";
import { probe } from "./lib/stored-tracks.mjs";
import { until } from "./lib/until.mjs";

const CODECS = [{ codec: "H264", probed: "h264" }, { codec: "VP9", probed: "vp9" }];

describe("a class that is recorded into Azure", { skip: skipWithoutRecorder, timeout: 900_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startAzurite>>} */
  let azurite;
  /** @type {Awaited<ReturnType<typeof openRecordedClass>>} */
  let taught;
  /** @type {any} the last recording */
  let recording;
  /** What pages fetched from the store, and how that was answered. @type {{ url: string, status: number }[]} */
  const fetched = [];

  before(async () => {
    azurite = await startAzurite();
    taught = await openRecordedClass({ env: azurite.env("LECTERN_BLOBS"), appEnv: { LECTERN_BLOB_SRC: azurite.origin } });
    await azurite.allow(taught.lectern.origin);
    taught.student.page.on("response", (response) => {
      if (response.url().startsWith(azurite.origin)) fetched.push({ url: response.url(), status: response.status() });
    });
  });
  after(async () => {
    await taught?.close();
    await azurite?.stop();
  });

  /** Where both pictures are, in seconds of their own. */
  const places = () => taught.student.page.evaluate(({ camera, screen }) => [camera, screen].map((selector) => Number(/** @type {HTMLVideoElement | null} */ (document.querySelector(selector))?.currentTime)), PICTURES);

  /** A track's playlist, for whoever the token is. @param {string} path @param {string} token */
  const playlist = (path, token) => fetch(taught.lectern.origin + path, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });

  for (const { codec, probed } of CODECS) {
    describe(codec, () => {
      const question = `What does ${codec} show?`;

      it("is replayed from there: both pictures, sought in, and what was said when it was said", async () => {
        const { lectern, student, tutor } = taught;
        const there = student.page;
        const live = await taught.begin(`Arrows in ${codec}`);
        await taught.broadcast(live, `?codec=${codec}`);
        await taught.sayAndGoOn(live, question, 12);
        recording = await taught.end(live);
        assert.equal(recording.state, "ready", JSON.stringify(recording));
        fetched.length = 0;
        await there.goto(`${lectern.origin}/recordings/${recording.id}`);
        await taught.play();
        await there.keyboard.press("k");
        const before = await places();
        await there.keyboard.press("9");
        await there.getByText(question).waitFor();
        await until("both pictures are near the end", async () => (await places()).every((now, index) => now > Number(before[index]) + 5), { timeoutMs: PATIENCE_MS });
        // The screen begins later, and waits for its turn.
        await there.keyboard.press("0");
        await there.getByText(question).waitFor({ state: "detached" });
        await until("the camera is at the beginning again", async () => Number((await places())[0]) <= Number(before[0]), { timeoutMs: PATIENCE_MS });
        await taught.play();
        for (const picture of Object.values(PICTURES)) assert.ok((await shownFrames(there, picture)).width > 0);
        for (const track of ["camera", "screen", "sound"]) {
          const segments = fetched.filter(({ url }) => url.includes(`/${recording.id}/${track}/`) && url.includes("sig="));
          assert.ok(segments.length > 0 && segments.every(({ status }) => status === 200 || status === 206), `${track}: ${JSON.stringify(segments)}`);
        }
        assert.deepEqual([...student.faults, ...tutor.faults], []);
      });

      it("is stored as ffprobe and our own check want it", async () => {
        const { ada } = taught;
        const playback = await ada.ask("POST", `/v1/recordings/${recording.id}/playback`, {});
        for (const [track, wanted] of [["camera", probed], ["screen", probed], ["sound", "opus"]]) {
          const text = await (await playlist(playback[String(track)], ada.token)).text();
          assert.match(text, /#EXT-X-ENDLIST/);
          const stretches = await probe(text);
          assert.ok(stretches.length > 0 && stretches.every(({ codec: read }) => read === wanted), `${track}: ${JSON.stringify(stretches)}`);
          assert.ok(stretches.reduce((sum, { frames }) => sum + frames, 0) > 60, `${track}: ${JSON.stringify(stretches)}`);
        }
        await checkRecording(azurite, recording.id);
      });
    });
  }

  it("gives nothing to those who have no signature, an old one or a wrong one, nor with another's ticket", async () => {
    const { ada } = taught;
    const playback = await ada.ask("POST", `/v1/recordings/${recording.id}/playback`, {});
    const text = await (await playlist(playback.camera, ada.token)).text();
    const address = /** @type {string} */ (text.split("\n").find((line) => line.startsWith("http")));
    const blob = `recordings/${recording.id}/camera/${new URL(address).pathname.split("/").at(-1) ?? ""}`;
    const minutes = (/** @type {number} */ count) => new Date(Date.now() + count * 60_000);
    const tampered = new URL(address);
    tampered.pathname = tampered.pathname.replace("/camera/", "/screen/");
    const status = async (/** @type {string} */ url) => (await fetch(url)).status;
    assert.equal(await status(address), 200);
    assert.equal(await status(azurite.signed(blob, minutes(5))), 200, "one of our own making, to know that the next is well made");
    assert.equal(await status(azurite.signed(blob, minutes(-5))), 403);
    assert.equal(await status(tampered.href), 403);
    assert.ok([401, 403, 404, 409].includes(await status(String(address.split("?")[0]))));
    const eve = await taught.stranger();
    const statuses = await Promise.all(["", eve, ada.token].map(async (token) => (await playlist(playback.camera, token)).status));
    assert.deepEqual(statuses, [401, 403, 200]);
  });
});
