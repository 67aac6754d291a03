/**
 * A class that is recorded while it runs, and replayed: camera, screen and chat of real browsers, by a school that is all
 * there. Who comes late watches from the beginning; when it is over, everybody does.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { say } from "./lib/classroom-page.mjs";
import { slotVideo, waitForFrames } from "./lib/frames.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { api, makeCourse, PASSWORD, tutorOf } from "./lib/school.mjs";
import { logIn } from "./lib/school-pages.mjs";
import { until } from "./lib/until.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
/** Pages that encode and decode on a machine that does other things. */
const PATIENCE_MS = 90_000;
const QUESTION = "Which way does it point?";
const PICTURES = { camera: 'video[aria-label="Tutor"]', screen: 'video[aria-label="Screen"]' };

describe("a recorded class", { skip, timeout: 500_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser[]} */
  let browsers = [];
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let tutor;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let student;
  /** @type {Awaited<ReturnType<typeof tutorOf>>} */
  let ada;
  let [course, live] = ["", ""];

  before(async () => {
    browsers = await Promise.all([launchChromium(), launchChromium()]);
    const [first, second] = /** @type {[import("playwright-core").Browser, import("playwright-core").Browser]} */ (browsers);
    [lectern, tutor, student] = await Promise.all([startLectern(), openPage(first, { viewport: DESKTOP }), openPage(second, { viewport: PHONE })]);
    for (const { context } of [tutor, student]) context.setDefaultTimeout(PATIENCE_MS);
    ada = await tutorOf(lectern);
    ({ course } = await makeCourse(ada.ask));
    const [now, hour] = [Date.now(), 3_600_000];
    ({ id: live } = await ada.ask("POST", `/v1/courses/${course}/live`, { title: "Arrows, live", starts_at: new Date(now).toISOString(), ends_at: new Date(now + hour).toISOString() }));
    await ada.ask("POST", `/v1/live/${live}/start`, {});
    const grace = { email: "grace@school.example", password: PASSWORD };
    await api(lectern.origin, "")("POST", "/v1/people", { ...grace, name: "Grace Hopper" });
    const { access_token } = await api(lectern.origin, "")("POST", "/v1/session", grace);
    await api(lectern.origin, access_token)("POST", `/v1/courses/${course}/enrolment`, {});
    await logIn(tutor.page, lectern.origin, { email: ada.email, password: PASSWORD }, "/tutor");
    await logIn(student.page, lectern.origin, grace);
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await lectern?.stop();
  });

  /** The class's recording, once it is so. @param {string} what @param {(recording: any) => boolean} isSo */
  const recorded = (what, isSo) => until(what, async () => {
    const { items: [recording] } = await ada.ask("GET", `/v1/courses/${course}/recordings`);
    return recording !== undefined && isSo(recording) ? recording : undefined;
  }, { timeoutMs: PATIENCE_MS });

  /** Plays what the page shows, and sees both pictures move. */
  async function play() {
    const { page } = student;
    await page.getByRole("button", { name: "Play", exact: true }).click();
    for (const picture of Object.values(PICTURES)) await waitForFrames(page, picture, 20, PATIENCE_MS);
  }

  it("is recorded while it runs, and who comes late sees its beginning", async () => {
    const [{ page }, there] = [tutor, student.page];
    await page.goto(`${lectern.origin}/tutor/live/${live}`);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Share screen" }).click();
    await there.goto(`${lectern.origin}/class/${live}`);
    await waitForFrames(there, slotVideo("camera"), 10, PATIENCE_MS);
    await recorded("something to play", ({ is_playable: isPlayable }) => isPlayable);
    await say(there, QUESTION);
    const { duration_s: before } = await recorded("a recording", () => true);
    await recorded("twelve seconds more", ({ duration_s: now }) => now > before + 12);
    await there.goto(`${lectern.origin}/courses/${course}`);
    await there.getByRole("link", { name: /^Watch from the beginning/ }).click();
    await play();
    assert.deepEqual(student.faults, []);
  });

  it("is ready when it is over, with both pictures, what was said, and what it showed", async () => {
    const [{ page }, there] = [tutor, student.page];
    await page.getByRole("button", { name: "End class" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "End for everyone" }).click();
    const { id, state, duration_s: length } = await recorded("it has ended", ({ state: now }) => now !== "recording" && now !== "waiting");
    assert.equal(state, "ready");
    await there.goto(`${lectern.origin}/recordings/${id}`);
    await play();
    assert.deepEqual(await seriousViolations(there), []);
    const position = there.getByRole("slider", { name: "Position" });
    await position.press("End");
    await there.getByText(QUESTION).waitFor();
    await position.press("Home");
    await there.getByText(QUESTION).waitFor({ state: "detached" });
    await play();
    const apart = () => there.evaluate(({ camera, screen }) => {
      const [first, second] = [camera, screen].map((selector) => /** @type {HTMLVideoElement} */ (document.querySelector(selector)).currentTime);
      return [Number(first), Number(second)];
    }, PICTURES);
    assert.ok((await apart()).every((seconds) => seconds > 0 && seconds < length + 1), String(await apart()));
    assert.deepEqual([...student.faults, ...tutor.faults], []);
  });

  it("is not played by who is not in the course, nor with another's ticket", async () => {
    const { items: [{ id }] } = await ada.ask("GET", `/v1/courses/${course}/recordings`);
    const { camera } = await ada.ask("POST", `/v1/recordings/${id}/playback`, {});
    const stranger = { email: "eve@school.example", password: PASSWORD };
    await api(lectern.origin, "")("POST", "/v1/people", { ...stranger, name: "Eve" });
    const { access_token: eve } = await api(lectern.origin, "")("POST", "/v1/session", stranger);
    const as = (/** @type {string} */ token) => fetch(lectern.origin + camera, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
    assert.deepEqual([(await as("")).status, (await as(eve)).status], [401, 403]);
    const refused = await fetch(`${lectern.origin}/v1/recordings/${id}/playback`, { method: "POST", headers: { authorization: `Bearer ${eve}`, "content-type": "application/json" }, body: "{}" });
    assert.ok(refused.status === 403 || refused.status === 404, String(refused.status));
  });
});
