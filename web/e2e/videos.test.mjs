/**
 * A lesson's video on its way to a student: uploaded through the tutor's page, packaged by the recorder, streamed. One that cannot
 * be packaged says why, and is played as it was uploaded.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { waitForFrames } from "./lib/frames.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { api, makeCourse, PASSWORD, tutorOf } from "./lib/school.mjs";
import { logIn, sendFiles } from "./lib/school-pages.mjs";
import { until } from "./lib/until.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const PATIENCE_MS = 90_000;
const FILM_S = 20;
const TITLE = "What an arrow is";

/** A film by ffmpeg. @param {string} name @param {string} codecs separated by spaces */
async function film(name, codecs) {
  const folder = await mkdtemp(join(tmpdir(), "lectern-film-"));
  try {
    const source = ["-f", "lavfi", "-i", `testsrc2=size=320x180:rate=10:duration=${FILM_S}`, "-f", "lavfi", "-i", `sine=duration=${FILM_S}`];
    await promisify(execFile)("ffmpeg", ["-nostdin", "-v", "error", ...source, ...codecs.split(" "), join(folder, name)]);
    return await readFile(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("an uploaded video", { skip, timeout: 400_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let tutor;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let student;
  let [course, lesson] = ["", ""];

  before(async () => {
    browser = await launchChromium();
    [lectern, tutor, student] = await Promise.all([startLectern(), openPage(browser, { viewport: DESKTOP }), openPage(browser, { viewport: PHONE })]);
    for (const { context } of [tutor, student]) context.setDefaultTimeout(PATIENCE_MS);
    const ada = await tutorOf(lectern);
    ({ course, first: lesson } = await makeCourse(ada.ask));
    const grace = { email: "grace@school.example", password: PASSWORD };
    await api(lectern.origin, "")("POST", "/v1/people", { ...grace, name: "Grace Hopper" });
    const { access_token } = await api(lectern.origin, "")("POST", "/v1/session", grace);
    await api(lectern.origin, access_token)("POST", `/v1/courses/${course}/enrolment`, {});
    await logIn(tutor.page, lectern.origin, { email: ada.email, password: PASSWORD }, "/tutor");
    await logIn(student.page, lectern.origin, grace);
  });
  after(async () => {
    await browser?.close();
    await lectern?.stop();
  });
  const sound = () => assert.deepEqual([...student.faults, ...tutor.faults], []);

  it("is prepared for streaming while the tutor looks on", async () => {
    const { page } = tutor;
    await page.goto(`${lectern.origin}/tutor/courses/${course}/lessons/${lesson}`);
    const buffer = await film("arrows.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 20 -c:a aac");
    await sendFiles(page, "Choose a video", [{ name: "arrows.mp4", mimeType: "video/mp4", buffer }]);
    await page.getByText("Ready for streaming.").first().waitFor({ state: "attached" });
    assert.deepEqual(await seriousViolations(page), []);
    sound();
  });

  it("is streamed to a student, whose progress it moves", async () => {
    const { page } = student;
    await page.goto(`${lectern.origin}/lessons/${lesson}`);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await waitForFrames(page, 'video[aria-label="Tutor"]', 20, PATIENCE_MS);
    assert.equal(await page.locator("video[controls]").count(), 0, "not as it was uploaded");
    const watched = page.getByRole("progressbar", { name: "Watched" });
    await until("what was watched", async () => Number(await watched.getAttribute("aria-valuenow")) >= 25, { timeoutMs: PATIENCE_MS });
    assert.deepEqual(await seriousViolations(page), []);
    sound();
  });

  it("that cannot be packaged says why, and is played as it was uploaded", async () => {
    const [{ page }, there] = [tutor, student.page];
    const buffer = await film("arrows.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus");
    await sendFiles(page, "Replace the video", [{ name: "arrows.webm", mimeType: "video/webm", buffer }]);
    await page.getByText("VP8 is not supported: export the video as MP4").waitFor();
    await page.getByText("This video cannot be streamed").first().waitFor({ state: "attached" });
    assert.deepEqual(await seriousViolations(page), []);
    await there.goto(`${lectern.origin}/lessons/${lesson}`);
    const video = there.getByLabel(`Video: ${TITLE}`);
    await video.focus();
    await there.keyboard.press("Space");
    await waitForFrames(there, `video[aria-label="Video: ${TITLE}"]`, 10, PATIENCE_MS);
    sound();
  });
});
