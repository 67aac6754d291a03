/** A class that is recorded: a school that is all there, a tutor and a student in browsers of their own, and what they do. */
import { DESKTOP, launchChromium, openPage, PHONE } from "./browser.mjs";
import { say } from "./classroom-page.mjs";
import { slotVideo, waitForFrames } from "./frames.mjs";
import { startLectern } from "./processes.mjs";
import { api, makeCourse, PASSWORD, tutorOf } from "./school.mjs";
import { logIn } from "./school-pages.mjs";
import { until } from "./until.mjs";

/** Pages that encode and decode on a machine that does other things. */
export const PATIENCE_MS = 90_000;
/** The elements that play a recording. */
export const PICTURES = { camera: 'video[aria-label="Tutor"]', screen: 'video[aria-label="Screen"]' };
/** What the student logs in with. */
export const STUDENT = { email: "grace@school.example", password: PASSWORD };

/** Where the player is, seconds. @param {import("playwright-core").Page} page */
export const position = (page) => page.getByRole("slider", { name: "Position" }).evaluate((slider) => Number(/** @type {HTMLInputElement} */ (slider).value));

/** Plays what the page shows, and sees both pictures move. @param {import("playwright-core").Page} page */
export async function play(page) {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  for (const picture of Object.values(PICTURES)) await waitForFrames(page, picture, 20, PATIENCE_MS);
}

/**
 * Opens a school with a course, its tutor Ada and its student Grace, who are logged in.
 * @param {Parameters<typeof startLectern>[0]} [options]
 */
export async function openRecordedClass(options) {
  const browsers = await Promise.all([launchChromium(), launchChromium()]);
  const lectern = await startLectern(options);
  const [tutor, student] = await Promise.all([openPage(browsers[0], { viewport: DESKTOP }), openPage(browsers[1], { viewport: PHONE })]);
  for (const { context } of [tutor, student]) context.setDefaultTimeout(PATIENCE_MS);
  const ada = await tutorOf(lectern);
  const { course } = await makeCourse(ada.ask);
  await api(lectern.origin, "")("POST", "/v1/people", { ...STUDENT, name: "Grace Hopper" });
  const { access_token } = await api(lectern.origin, "")("POST", "/v1/session", STUDENT);
  await api(lectern.origin, access_token)("POST", `/v1/courses/${course}/enrolment`, {});
  await logIn(tutor.page, lectern.origin, { email: ada.email, password: PASSWORD }, "/tutor");
  await logIn(student.page, lectern.origin, STUDENT);
  return {
    lectern,
    /** Another browser for pages of the student's. */
    browser: browsers[1],
    tutor,
    student,
    ada,
    course,
    /** Makes a class, of a lesson if it is about one, and starts it. Gives its id. @param {string} title @param {string} [lesson] @returns {Promise<string>} */
    begin: async (title, lesson) => {
      const [now, hour] = [Date.now(), 3_600_000];
      const times = { starts_at: new Date(now).toISOString(), ends_at: new Date(now + hour).toISOString() };
      const { id } = await ada.ask("POST", `/v1/courses/${course}/live`, { title, ...times, ...(lesson === undefined ? {} : { lesson }) });
      await ada.ask("POST", `/v1/live/${id}/start`, {});
      return id;
    },
    /** The tutor sends camera and screen, which the student sees. @param {string} live @param {string} [query] such as `?codec=VP9` */
    broadcast: async (live, query = "") => {
      const { page } = tutor;
      await page.goto(`${lectern.origin}/tutor/live/${live}${query}`);
      await page.getByRole("button", { name: "Go live" }).click();
      await page.getByText("Live", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Share screen" }).click();
      await student.page.goto(`${lectern.origin}/class/${live}`);
      await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
    },
    /** The student says something in the class, which then goes on for so many seconds. @param {string} live @param {string} text @param {number} seconds */
    sayAndGoOn: async (live, text, seconds) => {
      await recorded(live, "something to play", ({ is_playable: isPlayable }) => isPlayable);
      await say(student.page, text);
      const { duration_s: before } = await recorded(live, "a recording", () => true);
      await recorded(live, `${seconds} seconds more`, ({ duration_s: now }) => now > before + seconds);
    },
    recorded,
    /** The tutor ends the class: gives its recording when it has ended, too. @param {string} live */
    end: async (live) => {
      const { page } = tutor;
      await page.getByRole("button", { name: "End class" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "End for everyone" }).click();
      return recorded(live, "it has ended", ({ state }) => state !== "recording" && state !== "waiting");
    },
    /** Plays what the student's page shows, and sees both pictures move. */
    play: () => play(student.page),
    /** A lesson without a video: the recording of a class about it becomes its video. Gives its id. @param {string} title @returns {Promise<string>} */
    lesson: async (title) => (await ada.ask("POST", `/v1/courses/${course}/lessons`, { title, body: "", completion: "marked", published: true })).id,
    /** Somebody of the school who is not in the course: their token. @returns {Promise<string>} */
    stranger: async () => {
      const eve = { email: "eve@school.example", password: PASSWORD };
      await api(lectern.origin, "")("POST", "/v1/people", { ...eve, name: "Eve" });
      return (await api(lectern.origin, "")("POST", "/v1/session", eve)).access_token;
    },
    close: async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
      await lectern.stop();
    },
  };

  /** A class's recording, once it is so. @param {string} live @param {string} what @param {(recording: any) => boolean} isSo */
  function recorded(live, what, isSo) {
    return until(what, async () => {
      const { items } = await ada.ask("GET", `/v1/courses/${course}/recordings`);
      const recording = items.find((/** @type {any} */ item) => item.live === live);
      return recording !== undefined && isSo(recording) ? recording : undefined;
    }, { timeoutMs: PATIENCE_MS });
  }
}
