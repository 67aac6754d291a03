/** The states of the player and of the pages of recordings that are looked at. */

import { press } from "./press.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./school-states.mjs").State} State */

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const heading = (/** @type {string | RegExp} */ name) => (/** @type {Page} */ page) => page.getByRole("heading", { name }).first().waitFor();
const text = (/** @type {string | RegExp} */ words) => (/** @type {Page} */ page) => page.getByText(words).filter({ visible: true }).first().waitFor();

/** Changes what the API answers to the page. @param {string} path a glob @param {(body: any) => any} change */
const changing = (path, change) => (/** @type {Page} */ page) =>
  page.route(path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  });

/** Lets the API refuse. @param {string} path a glob @param {number} status @param {string} code */
const refusing = (path, status, code) => (/** @type {Page} */ page) =>
  page.route(path, (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ code, title: code, status }) }));

const PLAYBACK = "**/v1/recordings/*/playback";

/** Waits until there is something to see. @param {Page} page */
async function opened(page) {
  await page.getByRole("group", { name: "Playback" }).waitFor();
  await page.waitForFunction(() => Array.from(document.querySelectorAll("video")).every((video) => video.className.includes("hidden") || video.readyState >= 2));
}

/** Goes somewhere, so that the pictures are seen and not the poster. @param {Page} page */
async function inside(page) {
  await opened(page);
  await page.keyboard.press("8");
  await opened(page);
}

/** @param {Page} page @param {string} arrangement */
async function arrange(page, arrangement) {
  await press(page, "Arrangement");
  await page.getByRole("menuitemradio", { name: arrangement }).click();
  await opened(page);
}

/** @param {{ recording: string, course: string, lesson: string }} world @returns {Record<string, State>} */
export function studentReplayStates({ recording, course, lesson }) {
  const path = `/recordings/${recording}`;
  /** @type {(show: State["show"], more?: Partial<State>) => State} */
  const replay = (show, more) => ({ as: "student", path, show, ...more });
  return {
    "replay-list": { as: "student", path: `/courses/${course}`, show: heading("Recordings") },
    "replay-lesson": { as: "student", path: `/lessons/${lesson}`, show: opened },
    "replay-poster": replay(opened),
    "replay-beside": replay(async (page) => {
      await arrange(page, "Side by side");
      await inside(page);
    }),
    "replay-corner": replay(async (page) => {
      await inside(page);
      await arrange(page, "Picture in picture");
    }),
    "replay-screen": replay(async (page) => {
      await inside(page);
      await arrange(page, "Only the screen");
    }),
    "replay-camera": replay(async (page) => {
      await inside(page);
      await arrange(page, "Only the camera");
    }),
    "replay-again-beside": replay(async (page) => {
      await inside(page);
      await arrange(page, "Side by side");
    }),
    "replay-captions": replay(async (page) => {
      await inside(page);
      await page.keyboard.press("c");
      await text("An arrow & its length")(page);
    }),
    "replay-preview": replay(async (page) => {
      await inside(page);
      await page.getByRole("button", { name: "Play", exact: true }).focus();
      await page.keyboard.press("Shift+Tab");
      await page.locator(".seek-preview").waitFor();
    }),
    "replay-chapters": replay(async (page) => {
      await inside(page);
      await press(page, "Chapters");
      await page.getByRole("menu").waitFor();
    }),
    "replay-keys": replay(async (page) => {
      await inside(page);
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    }),
    "replay-no-panel": replay(async (page) => {
      await inside(page);
      await page.keyboard.press("t");
    }),
    "replay-panel-again": replay(async (page) => {
      await inside(page);
      await page.keyboard.press("t");
      await text("Which way does it point?")(page);
    }),
    "replay-sound-only": replay(async (page) => {
      await page.getByRole("group", { name: "Playback" }).waitFor();
      await text("There is only sound")(page);
    }, { before: changing(PLAYBACK, (body) => ({ ...body, camera: null, screen: null, poster: null, storyboard: null, chat: "/nothing.vtt", chapters: "/nothing.vtt" })) }),
    "replay-one-picture": replay(inside, { before: changing(PLAYBACK, (body) => ({ ...body, screen: null, storyboard: null, captions: [] })) }),
    "replay-not-ready": replay(text("There is nothing to play yet"), { before: refusing(PLAYBACK, 409, "recording_not_ready") }),
    "replay-ticket-invalid": replay(text("Somebody else is logged in"), { before: refusing(PLAYBACK, 403, "ticket_invalid") }),
    "replay-store-away": replay(text("cannot be reached at the moment"), { before: refusing("**/v1/blobs/**", 503, "blobs_unavailable") }),
    "replay-school-away": replay(text("not reachable"), { before: refusing(PLAYBACK, 503, "database_unavailable") }),
  };
}

/** @param {{ course: string }} world @returns {Record<string, State>} */
export function tutorReplayStates({ course }) {
  const path = `/tutor/courses/${course}/recordings`;
  const list = "**/v1/courses/*/recordings*";
  const each = (/** @type {any} */ item, /** @type {object[]} */ changes) => changes.map((change, index) => ({ ...item, ...change, id: `${item.id.slice(0, -2)}${10 + index}` }));
  const reasons = ["disk_full", "nothing_recorded", "room_unreachable", "store_unreachable", "internal", "abandoned"];
  return {
    "recordings-tutor": { as: "tutor", path, show: heading("Recordings") },
    "recordings-tutor-states": {
      as: "tutor", path, show: text("Not begun"),
      before: changing(list, ({ items: [item] }) => ({
        next: null,
        items: each(item, [
          { state: "waiting", title: LONG, duration_s: 0, is_playable: false }, { state: "recording", is_playable: true }, { state: "ready" },
          ...reasons.map((reason) => ({ state: "failed", reason, is_playable: reason === "store_unreachable" })),
        ]),
      })),
    },
    "recordings-tutor-playing": {
      as: "tutor", path, show: async (page) => {
        await page.getByRole("link", { name: /^Watch/ }).click();
        await inside(page);
      },
    },
    "recordings-tutor-gone": { as: "tutor", path: `${path}?play=00000000-0000-7000-8000-000000000000`, show: text("There is nothing here") },
    "recordings-tutor-none": { as: "tutor", path, show: text("No class has been recorded"), before: changing(list, () => ({ next: null, items: [] })) },
    "recordings-tutor-captions": {
      as: "tutor", path, show: async (page) => {
        await press(page, /^Captions/);
        await text("English")(page);
        await press(page, "Attach captions");
        await text("One field needs another look")(page);
      },
    },
    "recordings-tutor-delete": {
      as: "tutor", path, show: async (page) => {
        await press(page, /^Delete/);
        await page.getByRole("alertdialog").waitFor();
      },
    },
  };
}
