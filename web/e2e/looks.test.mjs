/**
 * What the apps look like and whether everybody can use them: every state that needs no media server, on phone and desktop,
 * light and dark; axe-core finds nothing serious, nothing violates the policy. Screenshots go to `screenshots/`.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPanel, press } from "./lib/classroom-page.mjs";
import { launchChromium, openPage } from "./lib/browser.mjs";
import { waitForFrames } from "./lib/frames.mjs";
import { look, wanted, WINDOWS } from "./lib/look.mjs";
import { startApp } from "./lib/processes.mjs";
import { standIn } from "./lib/stand-in.mjs";
import { CHAT, LEADERS, PEOPLE, playRoom, POLL, QUIZ } from "./lib/stand-in-room.mjs";
import { unsignedToken } from "./lib/tokens.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ student: string, tutor: string }} */
let at;
/** @type {(() => Promise<void>)[]} */
const stops = [];

before(async () => {
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
 * @property {import("./lib/stand-in.mjs").Room} [room] what is published
 * @property {import("./lib/stand-in-room.mjs").RoomScene} [scene] what happens in the room
 * @property {{ status: number, code: string }} [refusal] what the server says instead
 * @property {(page: Page) => Promise<unknown>} show brings the page into the state
 */

const text = (/** @type {string} */ words) => (/** @type {Page} */ page) => page.getByText(words).first().waitFor();

/** The tutor's page, live. @param {Page} page */
async function goLive(page) {
  await waitForFrames(page, "video", 5);
  await page.getByRole("button", { name: "Go live" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
}

const { ben, chen, layla, emil, ada } = PEOPLE;
const LESSON = { camera: true, screen: true, speaker: "camera" };
const TALK = { chat: CHAT, chat_more: true, pinned: CHAT.slice(0, 1) };
const HANDS = [layla, emil].map((person, index) => ({ person, at_ms: Date.UTC(2026, 8, 14, 8, 38 + index) }));
const PLACES = [ben, chen].map((person, index) => ({ place: index + 1, person }));
const RESULT = { poll: POLL, closed_at_ms: 1, tally: { votes: [9, 71, 4, 12], voters: 96 } };
const QUIZ_RESULT = { poll: QUIZ, closed_at_ms: 1, tally: { votes: [64, 21, 11], voters: 96 }, correct: [0], leaders: LEADERS };
const shown = (/** @type {string} */ slot, count = 3) => (/** @type {Page} */ page) => waitForFrames(page, `[data-slot="${slot}"] video`, count);

/** @type {Record<string, State>} */
const ROOM_STATES = {
  "room-chat": { app: "student", room: LESSON, scene: { snapshot: TALK, present: 1043 }, show: async (page) => {
    await shown("screen")(page);
    await openPanel(page, "Chat");
    await page.getByText("now I get it").waitFor();
  } },
  "room-chat-empty": { app: "student", room: LESSON, scene: {}, show: async (page) => {
    await shown("screen")(page);
    await openPanel(page, "Chat");
    await page.getByText("Say hello").waitFor();
  } },
  "room-chat-menu": { app: "student", room: LESSON, scene: { snapshot: TALK }, show: async (page) => {
    await openPanel(page, "Chat");
    await page.locator("[data-message='23']").hover();
    await page.locator("[data-message='23']").getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("button", { name: "Reply" }).waitFor();
  } },
  "room-chat-mention": { app: "student", room: LESSON, scene: { snapshot: { ...TALK, settings: { slow_mode_s: 10, chat_locked: false, locked: false, waiting_room: false } } }, show: async (page) => {
    await openPanel(page, "Chat");
    await page.getByRole("textbox").fill("Thank you @");
    await page.getByRole("option").first().waitFor();
  } },
  "room-chat-locked": { app: "student", room: LESSON, scene: { snapshot: { ...TALK, settings: { slow_mode_s: 0, chat_locked: true, locked: false, waiting_room: false } }, away: true }, show: async (page) => {
    await openPanel(page, "Chat");
    await page.getByText("has closed the chat").waitFor();
  } },
  "room-poll-popup": { app: "student", room: LESSON, scene: { snapshot: { poll: { poll: POLL } } }, show: async (page) => {
    await shown("screen")(page);
    await page.getByRole("radio", { name: "Downwards" }).waitFor();
  } },
  "room-poll-voted": { app: "student", room: LESSON, scene: { snapshot: { poll: { poll: POLL, mine: [1], tally: { votes: [9, 52, 4, 12], voters: 77 } } } }, show: async (page) => {
    await openPanel(page, "Polls");
    await page.getByText("77 votes").first().waitFor();
  } },
  "room-quiz": { app: "student", room: LESSON, scene: { snapshot: { poll: { poll: QUIZ } } }, show: async (page) => {
    await openPanel(page, "Polls");
    await page.getByRole("button", { name: "Answer", exact: true }).waitFor();
  } },
  "room-quiz-result": { app: "student", room: LESSON, scene: { snapshot: { outcome: QUIZ_RESULT }, score: { type: "quiz_score", poll: QUIZ.id, correct: true, points: 870, total: LEADERS[1] } }, show: async (page) => {
    await openPanel(page, "Polls");
    await page.getByText("Leaderboard").waitFor();
  } },
  "room-stage": { app: "student", room: { ...LESSON, stage: 2, speaker: "stage/1" }, scene: { snapshot: { stage: PLACES, muted: [chen.id], hand: true } }, show: shown("stage/2") },
  "room-invited": { app: "student", room: LESSON, scene: { snapshot: { invited: true } }, show: async (page) => {
    await page.getByRole("heading", { name: "Come on stage?" }).waitFor();
    await waitForFrames(page, "[role=dialog] video", 3);
  } },
  "room-on-stage": { app: "student", room: { ...LESSON, stage: 1 }, scene: { snapshot: { stage: [{ place: 1, person: ben }, { place: 2, person: ada }] } }, show: shown("stage/2") },
  "room-reactions": { app: "student", room: LESSON, scene: { reactions: { "👏": 14, "❤️": 3 } }, show: async (page) => {
    await shown("screen")(page);
    await page.getByRole("button", { name: "React" }).click();
    await page.getByRole("button", { name: "Send applause" }).waitFor();
    await page.locator("[data-reactions] .rise").first().waitFor();
  } },
  "room-people": { app: "student", room: LESSON, scene: { snapshot: { stage: PLACES } , present: 1043 }, show: async (page) => {
    await openPanel(page, "People");
    await page.getByText("1,043 people", { exact: true }).waitFor();
  } },
  "room-offline": { app: "student", room: LESSON, scene: { door: "silent" }, show: async (page) => {
    await shown("screen")(page);
    await page.getByText("are not connected").waitFor({ timeout: 20_000 });
  } },
  "room-waiting": { app: "student", scene: { door: "waiting" }, show: text("You are in the waiting room") },
  "room-ended": { app: "student", scene: { goodbye: "room_ended" }, show: text("The class is over") },
  "room-removed": { app: "student", scene: { goodbye: "removed" }, show: text("You were removed") },
  "room-banned": { app: "student", scene: { goodbye: "banned" }, show: text("You were excluded") },
  "room-locked": { app: "student", scene: { goodbye: "room_locked" }, show: text("The class is locked") },
  "room-replaced": { app: "student", scene: { goodbye: "replaced" }, show: text("open in another window") },
  "desk-chat": { app: "tutor", room: { stage: 2, speaker: "stage/1" }, scene: { snapshot: { ...TALK, hands: HANDS, stage: PLACES, muted: [chen.id] }, present: 1043 }, show: async (page) => {
    await goLive(page);
    await shown("stage/2")(page);
    await page.getByText("now I get it").waitFor();
  } },
  "desk-people": { app: "tutor", room: { stage: 2 }, scene: { snapshot: { ...TALK, hands: HANDS, stage: PLACES, muted: [chen.id], invitations: [emil] }, present: 1043, waiting: 2 }, show: async (page) => {
    await goLive(page);
    await openPanel(page, "People");
    await page.getByText("Noor Jansen").waitFor();
    await page.getByText("1,043 people", { exact: true }).waitFor();
  } },
  "desk-person": { app: "tutor", room: { stage: 2 }, scene: { snapshot: { stage: PLACES } }, show: async (page) => {
    await goLive(page);
    await openPanel(page, "People");
    await page.getByRole("tabpanel").getByRole("button", { name: "Actions for Ben Sørensen" }).first().click();
    await page.getByRole("menuitem", { name: "Ban from class" }).waitFor();
  } },
  "desk-poll": { app: "tutor", room: {}, scene: { snapshot: { poll: { poll: { ...POLL, anonymous: false }, tally: { votes: [9, 52, 4, 12], voters: 77 } } } }, show: async (page) => {
    await goLive(page);
    await openPanel(page, "Polls");
    await page.getByRole("button", { name: "Close the poll" }).waitFor();
  } },
  "desk-poll-new": { app: "tutor", room: {}, scene: { snapshot: { outcome: RESULT } }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await openPanel(page, "Polls");
    await page.getByRole("button", { name: "New poll" }).click();
    await page.getByRole("textbox", { name: "Question" }).fill("Ready for the next chapter?");
    await page.getByRole("textbox", { name: "Answer 1" }).fill("Yes");
    await page.getByRole("textbox", { name: "Answer 2" }).fill("One more example, please");
  } },
  "desk-quiz-new": { app: "tutor", room: {}, scene: { snapshot: { outcome: QUIZ_RESULT } }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await openPanel(page, "Polls");
    await page.getByRole("button", { name: "Quiz question" }).click();
    await page.getByRole("textbox", { name: "Answer 1" }).fill("(1, 4)");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("Write a question.").waitFor();
  } },
  "desk-settings": { app: "tutor", room: {}, scene: { snapshot: { settings: { slow_mode_s: 10, chat_locked: false, locked: true, waiting_room: false } } }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await press(page, "Class settings");
    await page.getByText("Nobody new comes in.").waitFor();
  } },
};

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
    await press(page, "Audio only");
    await page.getByRole("heading", { name: "You are listening" }).waitFor();
  } },
  "student-quality": { app: "student", room: { camera: true }, show: async (page) => {
    await waitForFrames(page, "[data-slot=camera] video", 2);
    await press(page, "Picture quality");
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
  "tutor-live": { app: "tutor", room: { viewers: 342 }, scene: { present: 342 }, show: async (page) => {
    await goLive(page);
    await page.getByText("342", { exact: true }).waitFor();
  } },
  "tutor-sharing": { app: "tutor", room: { viewers: 342 }, scene: { present: 342 }, show: async (page) => {
    await goLive(page);
    await press(page, "Share screen");
    await page.getByLabel("Your screen").waitFor();
    await page.waitForTimeout(1000);
  } },
  "tutor-end": { app: "tutor", room: {}, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await press(page, "End class");
    await page.getByText("End the class?").waitFor();
  } },
  ...ROOM_STATES,
  "tutor-refused": { app: "tutor", refusal: { status: 403, code: "forbidden" }, show: async (page) => {
    await waitForFrames(page, "video", 5);
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("does not allow this").waitFor();
  } },
};

/** @param {string} name @param {State} state @param {keyof typeof WINDOWS} size */
async function lookAt(name, state, size) {
  const { page, context, faults } = await openPage(browser, { viewport: WINDOWS[size], allowDevices: state.allowDevices ?? true });
  /** @type {import("playwright-core").BrowserContext | undefined} */
  let peer;
  try {
    if (state.room !== undefined) peer = await standIn(browser, page, state.room);
    if (state.ticket !== false) await playRoom(page, state.app, state.scene ?? {});
    const { refusal } = state;
    if (refusal !== undefined) {
      await page.route("**/v1/**", (route) => route.fulfill({ status: refusal.status, contentType: "application/problem+json", body: JSON.stringify(refusal), headers: { "retry-after": "8" } }));
    }
    const token = unsignedToken("algebra-7b", { role: state.app });
    // Without a room in its address an app shows the courses of the school.
    const landing = state.app === "tutor" ? `${at.tutor}?room=algebra-7b` : `${at.student}/class`;
    const response = await page.goto(state.ticket === false ? landing : `${at[state.app]}?room=algebra-7b#token=${token}`);
    assert.match(response?.headers()["content-security-policy"] ?? "", /default-src 'none'; script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic'; style-src 'self' 'nonce-/);
    await state.show(page);
    await look(page, `${name}-${size}`);
    assert.deepEqual(faults, []);
    assert.ok(!page.url().includes("token="), "the token stays in the address");
  } finally {
    await peer?.close();
    await context.close();
  }
}

for (const [name, state] of wanted(STATES)) {
  // Both windows side by side: most of the time is waiting for pictures.
  describe(name, { concurrency: true }, () => {
    for (const size of /** @type {const} */ (["desktop", "phone"])) it(`${size}, light and dark`, () => lookAt(name, state, size));
  });
}
