/**
 * A class that is recorded while it runs, and replayed: camera, screen and chat of real browsers, by a school that is all
 * there. Who comes late watches from the beginning; when it is over, everybody does.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { LECTERN_BIN } from "./lib/processes.mjs";
import { openRecordedClass, PICTURES } from "./lib/recorded-class.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const QUESTION = "Which way does it point?";

describe("a recorded class", { skip, timeout: 500_000 }, () => {
  /** @type {Awaited<ReturnType<typeof openRecordedClass>>} */
  let taught;
  let live = "";
  before(async () => {
    taught = await openRecordedClass();
    live = await taught.begin("Arrows, live");
  });
  after(() => taught?.close());

  it("is recorded while it runs, and who comes late sees its beginning", async () => {
    const { lectern, course, student } = taught;
    await taught.broadcast(live);
    await taught.sayAndGoOn(live, QUESTION, 12);
    await student.page.goto(`${lectern.origin}/courses/${course}`);
    await student.page.getByRole("link", { name: /^Watch from the beginning/ }).click();
    await taught.play();
    assert.deepEqual(student.faults, []);
  });

  it("is ready when it is over, with both pictures, what was said, and what it showed", async () => {
    const { lectern, student, tutor } = taught;
    const there = student.page;
    const { id, state, duration_s: length } = await taught.end(live);
    assert.equal(state, "ready");
    await there.goto(`${lectern.origin}/recordings/${id}`);
    await taught.play();
    assert.deepEqual(await seriousViolations(there), []);
    const position = there.getByRole("slider", { name: "Position" });
    await position.press("End");
    await there.getByText(QUESTION).waitFor();
    await position.press("Home");
    await there.getByText(QUESTION).waitFor({ state: "detached" });
    await taught.play();
    const apart = () => there.evaluate(({ camera, screen }) => {
      const [first, second] = [camera, screen].map((selector) => /** @type {HTMLVideoElement} */ (document.querySelector(selector)).currentTime);
      return [Number(first), Number(second)];
    }, PICTURES);
    assert.ok((await apart()).every((seconds) => seconds > 0 && seconds < length + 1), String(await apart()));
    assert.deepEqual([...student.faults, ...tutor.faults], []);
  });

  it("is not played by who is not in the course, nor with another's ticket", async () => {
    const { ada, lectern } = taught;
    const { id } = await taught.recorded(live, "a recording", () => true);
    const { camera } = await ada.ask("POST", `/v1/recordings/${id}/playback`, {});
    const eve = await taught.stranger();
    const as = (/** @type {string} */ token) => fetch(lectern.origin + camera, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
    assert.deepEqual([(await as("")).status, (await as(eve)).status], [401, 403]);
    const refused = await fetch(`${lectern.origin}/v1/recordings/${id}/playback`, { method: "POST", headers: { authorization: `Bearer ${eve}`, "content-type": "application/json" }, body: "{}" });
    assert.ok(refused.status === 403 || refused.status === 404, String(refused.status));
  });
});
