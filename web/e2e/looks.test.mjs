/**
 * What the apps look like and whether everybody can use them: every state that needs no media server, on phone and desktop,
 * light and dark; axe-core finds nothing serious, nothing violates the policy. Screenshots go to `screenshots/`.
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { waitForFrames } from "./lib/frames.mjs";
import { startApp } from "./lib/processes.mjs";
import { standIn } from "./lib/stand-in.mjs";
import { unsignedToken } from "./lib/tokens.mjs";

const SHOTS = join(import.meta.dirname, "screenshots");
const WINDOWS = { desktop: DESKTOP, phone: PHONE };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ student: string, tutor: string }} */
let at;
/** @type {(() => Promise<void>)[]} */
const stops = [];

before(async () => {
  await mkdir(SHOTS, { recursive: true });
  browser = await launchChromium();
  const [student, tutor] = await Promise.all([startApp("student"), startApp("tutor")]);
  stops.push(() => browser.close(), student.stop, tutor.stop);
  at = { student: student.origin, tutor: `${tutor.origin}/tutor` };
});

after(() => Promise.all(stops.map((stop) => stop())));

/** @typedef {import("playwright-core").Page} Page */
/**
 * @typedef {object} State
 * @property {"student" | "tutor"} app
 * @property {boolean} [ticket] whether the person has a link (default: yes)
 * @property {boolean} [allowDevices]
 * @property {import("./lib/stand-in.mjs").Room} [room]
 * @property {{ status: number, code: string }} [refusal] what the server says instead
 * @property {(page: Page) => Promise<unknown>} show brings the page into the state
 */

const text = (/** @type {string} */ words) => (/** @type {Page} */ page) => page.getByText(words).first().waitFor();

/** @type {Record<string, State>} */
const STATES = {
  "student-landing": { app: "student", ticket: false, show: text("Join your class") },
  "student-landing-wrong": { app: "student", ticket: false, show: async (page) => {
    await page.getByRole("textbox").fill("not a link");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("neither a class link").waitFor();
  } },
  "student-waiting": { app: "student", room: {}, show: text("has not started yet") },
  "student-full": { app: "student", refusal: { status: 503, code: "room_full" }, show: text("full right now") },
  "student-expired": { app: "student", refusal: { status: 401, code: "token_expired" }, show: text("Your link has expired") },
  "student-camera": { app: "student", room: { camera: true, speaker: "camera" }, show: (page) => waitForFrames(page, "[data-slot=camera] video", 5) },
  "student-screen": { app: "student", room: { camera: true, screen: true, speaker: "camera", viewers: 1043 }, show: (page) => waitForFrames(page, "[data-slot=screen] video", 5) },
  "student-stage": { app: "student", room: { camera: true, screen: true, stage: 2, speaker: "stage/1" }, show: (page) => waitForFrames(page, '[data-slot="stage/2"] video', 5) },
  "student-audio-only": { app: "student", room: { camera: true }, show: async (page) => {
    await waitForFrames(page, "[data-slot=camera] video", 2);
    await page.getByRole("button", { name: "Audio only" }).click();
    await page.getByRole("heading", { name: "You are listening" }).waitFor();
  } },
  "student-quality": { app: "student", room: { camera: true }, show: async (page) => {
    await waitForFrames(page, "[data-slot=camera] video", 2);
    await page.getByRole("button", { name: "Picture quality" }).click();
    await page.getByText("As good as your connection allows").waitFor();
  } },
  "student-statistics": { app: "student", room: { camera: true, screen: true }, show: async (page) => {
    await waitForFrames(page, "[data-slot=screen] video", 40);
    await page.keyboard.press("s");
    await page.getByRole("columnheader", { name: "Codec" }).waitFor();
  } },
  "tutor-landing": { app: "tutor", ticket: false, show: text("Open your studio") },
  "tutor-allow": { app: "tutor", allowDevices: false, show: text("Use camera and microphone") },
  "tutor-preview": { app: "tutor", show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).waitFor();
  } },
  "tutor-muted": { app: "tutor", show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Mute microphone" }).click();
    await page.getByRole("button", { name: "Turn camera off" }).click();
    await page.getByText("Your camera is off").waitFor();
  } },
  "tutor-live": { app: "tutor", room: { viewers: 342 }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("341", { exact: true }).waitFor();
  } },
  "tutor-sharing": { app: "tutor", room: { viewers: 342 }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Share screen" }).click();
    await page.getByLabel("Your screen").waitFor();
    await page.waitForTimeout(1000);
  } },
  "tutor-end": { app: "tutor", room: {}, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByRole("button", { name: "End class" }).click();
    await page.getByText("End the class?").waitFor();
  } },
  "tutor-refused": { app: "tutor", refusal: { status: 403, code: "forbidden" }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("does not allow this").waitFor();
  } },
};

/** @param {string} name @param {State} state @param {keyof typeof WINDOWS} size */
async function look(name, state, size) {
  const { page, context, faults } = await openPage(browser, { viewport: WINDOWS[size], allowDevices: state.allowDevices ?? true });
  /** @type {import("playwright-core").BrowserContext | undefined} */
  let peer;
  try {
    if (state.room !== undefined) peer = await standIn(browser, page, state.room);
    const { refusal } = state;
    if (refusal !== undefined) {
      await page.route("**/v1/**", (route) => route.fulfill({ status: refusal.status, contentType: "application/problem+json", body: JSON.stringify(refusal), headers: { "retry-after": "8" } }));
    }
    const token = unsignedToken("algebra-7b", { role: state.app });
    const response = await page.goto(state.ticket === false ? at[state.app] : `${at[state.app]}?room=algebra-7b#token=${token}`);
    assert.match(response?.headers()["content-security-policy"] ?? "", /default-src 'none'; script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic'; style-src 'self' 'nonce-/);
    await state.show(page);
    await page.mouse.move(0, 0);
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      // Colours fade.
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(SHOTS, `${name}-${size}-${colorScheme}.png`) });
      assert.deepEqual(await seriousViolations(page), [], colorScheme);
    }
    assert.deepEqual(faults, []);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `the page is ${wider} px wider than the window`);
    assert.ok(!page.url().includes("token="), "the token stays in the address");
  } finally {
    await peer?.close();
    await context.close();
  }
}

// `LECTERN_LOOKS=tutor` looks at a part.
const only = process.env.LECTERN_LOOKS ?? "";
for (const [name, state] of Object.entries(STATES).filter(([each]) => each.includes(only))) {
  describe(name, () => {
    for (const size of /** @type {const} */ (["desktop", "phone"])) it(`${size}, light and dark`, () => look(name, state, size));
  });
}
