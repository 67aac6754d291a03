/**
 * A whole class for real: a tutor and students in two browsers, on the pages as built, through `lectern dev`. They write to
 * each other, vote, raise hands, come on stage and are seen and heard there, are moderated, and all come back.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { launchChromium, openPage } from "./lib/browser.mjs";
import { heard, hears, message, observeConnections, onMessage, onPerson, openPanel, press, say } from "./lib/classroom-page.mjs";
import { cuttable } from "./lib/cuttable.mjs";
import { slotVideo, waitForFrames } from "./lib/frames.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { pause, until } from "./lib/until.mjs";
import { fakeVoice } from "./lib/voice.mjs";

const PATIENCE_MS = 60_000;
const ROOM = "algebra";
/** What turns text around, hides it or would be markup. */
const HOSTILE_NAME = "<img src=x onerror=hacked()>\u202Eemos\u200B";
const HOSTILE_TEXT = "<script>hacked()</script>\u202E txet \u2067 hidden\u200B\u200D <b onclick=hacked()>bold</b> " + "W".repeat(400);
/** A person on stage is gone from everybody's page within this; a second, and what a busy machine takes to draw. */
const GONE_MS_MAX = 3_000;
const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;

/** Few pictures a second, so that all these pages get by with two processors. */
const FLAGS = ["--use-fake-device-for-media-stream=fps=5", "--autoplay-policy=no-user-gesture-required"];

/** @typedef {import("playwright-core").Page} Page */

describe("a whole class", { skip, timeout: 900_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {Awaited<ReturnType<typeof cuttable>>} */
  let network;
  /** The tutor's, and that of the students, who have a voice. @type {import("playwright-core").Browser[]} */
  const browsers = [];
  /** @type {Awaited<ReturnType<typeof fakeVoice>>} */
  let voice;
  /** @type {Page} */
  let tutor;
  /** @type {Page} */
  let ada;
  /** @type {Page} */
  let ben;
  /** @type {string[][]} */
  const faults = [];

  /** @param {number} browser @param {"tutor" | "student"} role @param {{ name: string, from?: string }} who */
  async function enter(browser, role, who) {
    const opened = await openPage(/** @type {import("playwright-core").Browser} */ (browsers[browser]));
    opened.context.setDefaultTimeout(PATIENCE_MS);
    faults.push(opened.faults);
    await observeConnections(opened.page);
    await opened.page.goto(await lectern.link(ROOM, role, who));
    return opened.page;
  }

  before(async () => {
    voice = await fakeVoice();
    [lectern] = await Promise.all([startLectern(), (async () => {
      browsers.push(await launchChromium({ flags: FLAGS }));
      browsers.push(await launchChromium({ flags: [...FLAGS, voice.flag] }));
    })()]);
    network = await cuttable(lectern.origin);
    tutor = await enter(0, "tutor", { name: "Miriam" });
    await tutor.getByRole("button", { name: "Go live" }).click();
    await tutor.getByText("Live", { exact: true }).waitFor();
    // Whatever is heard from now on is a student.
    await press(tutor, "Mute microphone");
    ada = await enter(1, "student", { name: "Ada", from: network.origin });
    ben = await enter(1, "student", { name: "Ben" });
  });

  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await network?.stop();
    await lectern?.stop();
    await voice?.remove();
  });

  it("counts who is here", async () => {
    for (const page of [tutor, ada, ben]) await page.getByText("3 people here").waitFor();
  });

  it("chats in all directions", async () => {
    await say(ada, "Good morning");
    await message(tutor, "Good morning").waitFor();
    await onMessage(tutor, "Good morning", "Reply");
    await say(tutor, "And to you, @Ada");
    // The panel of this student is closed: the number tells.
    await ben.getByRole("button", { name: "Chat, 2 unread messages" }).waitFor();
    await openPanel(ben, "Chat");
    await message(ben, "And to you").getByText("Good morning").waitFor();
    await onMessage(ben, "And to you", "React with 👍");
    await message(tutor, "And to you").getByRole("button", { name: "👍 1" }).waitFor();
    await onMessage(ada, "Good morning", "Edit");
    await ada.getByRole("textbox", { name: /^Message/ }).fill("Good morning, all");
    await ada.getByRole("button", { name: "Save" }).click();
    await message(ben, "Good morning, all").getByText("(edited)").waitFor();
    await onMessage(tutor, "And to you", "Pin");
    await ada.getByRole("region", { name: "Pinned" }).getByText("And to you").waitFor();
    await say(ben, "Never mind this");
    await message(tutor, "Never mind this").waitFor();
    await onMessage(tutor, "Never mind this", "Delete");
    await ada.getByText("This message was deleted.").waitFor();
    assert.equal(await message(ada, "Never mind this").count(), 0);
  });

  it("keeps a private question between a student and the tutor", async () => {
    await ada.getByRole("button", { name: "Ask the tutor privately" }).click();
    await say(ada, "I am lost");
    await ada.getByRole("button", { name: "Ask the tutor privately" }).click();
    await message(tutor, "I am lost").getByText("Private question").waitFor();
    await say(tutor, "After that, everybody");
    await message(ben, "After that, everybody").waitFor();
    assert.equal(await message(ben, "I am lost").count(), 0);
  });

  it("shows names and messages as the text that they are", async () => {
    const mallory = await enter(1, "student", { name: HOSTILE_NAME });
    for (const page of [tutor, ada, mallory]) await page.evaluate(() => Object.assign(window, { hacked: () => { document.title = "hacked"; } }));
    await say(mallory, HOSTILE_TEXT);
    for (const page of [tutor, ada, mallory]) {
      const posted = message(page, "hacked()</script>");
      await posted.waitFor();
      const shown = await posted.evaluate((element) => ({
        text: element.textContent ?? "",
        elements: [...element.querySelectorAll("script, img, b[onclick]")].length,
        wider: Math.max(...[element, ...element.querySelectorAll("*")].map((each) => each.getBoundingClientRect().right)) - (element.closest("aside")?.getBoundingClientRect().right ?? 0),
      }));
      assert.match(shown.text, /<img src=x onerror=hacked\(\)>/);
      assert.doesNotMatch(shown.text, /[\u202A-\u202E\u2066-\u2069]/);
      assert.equal(shown.elements, 0);
      assert.ok(shown.wider <= 0, `${shown.wider} px wider than the panel`);
      assert.notEqual(await page.title(), "hacked");
    }
    await mallory.context().close();
  });

  it("votes, and sees how it stands", async () => {
    await openPanel(tutor, "Polls");
    await tutor.getByRole("button", { name: "New poll" }).click();
    await tutor.getByRole("textbox", { name: "Question" }).fill("Which way does it open?");
    await tutor.getByRole("textbox", { name: "Answer 1" }).fill("Up");
    await tutor.getByRole("textbox", { name: "Answer 2" }).fill("Down");
    await tutor.getByRole("button", { name: "Start" }).click();
    await openPanel(ada, "Polls");
    await openPanel(ben, "Polls");
    await ada.getByRole("radio", { name: "Down" }).click();
    await ben.getByRole("radio", { name: "Up" }).click();
    await tutor.locator("[data-option='0'][data-votes='1']").waitFor();
    await tutor.locator("[data-option='1'][data-votes='1']").waitFor();
    await ben.getByRole("radio", { name: "Down" }).click();
    await tutor.locator("[data-option='1'][data-votes='2']").waitFor();
    await ada.getByText("100 %").waitFor();
    await tutor.getByRole("button", { name: "Close the poll" }).click();
    for (const page of [ada, ben]) await page.getByRole("tabpanel").getByText("Closed").waitFor();
    assert.equal(await ada.locator("[data-option='1']").getAttribute("data-votes"), "2");
    await tutor.getByRole("button", { name: "Who chose what" }).click();
    await tutor.getByRole("tabpanel").getByText("Ben").waitFor();
  });

  it("plays a question of a quiz, with points for who is right", async () => {
    await tutor.getByRole("button", { name: "Quiz question" }).click();
    await tutor.getByRole("textbox", { name: "Question" }).fill("2 + 2?");
    await tutor.getByRole("textbox", { name: "Answer 1" }).fill("4");
    await tutor.getByRole("textbox", { name: "Answer 2" }).fill("5");
    await tutor.getByRole("checkbox", { name: "Answer 1 is right" }).check();
    await tutor.getByRole("combobox", { name: "Time" }).selectOption("300");
    await tutor.getByRole("button", { name: "Start" }).click();
    await ada.getByRole("radio", { name: "4" }).click();
    await ada.getByRole("button", { name: "Answer", exact: true }).click();
    await ben.getByRole("radio", { name: "5" }).click();
    await ben.getByRole("button", { name: "Answer", exact: true }).click();
    await tutor.locator("[data-voters='2']").waitFor();
    assert.equal(await ada.locator("[data-votes]").count(), 0, "the tally shows while the question is open");
    await tutor.getByRole("button", { name: "Close the question" }).click();
    await ada.getByText(/^Right! [\d,]+ points/).waitFor();
    await ben.getByText("Not right this time").waitFor();
    await ben.getByRole("heading", { name: "Leaderboard" }).waitFor();
    const leaders = await ben.getByRole("listitem").filter({ hasText: "Rank 1" }).textContent();
    assert.match(leaders ?? "", /Ada/);
  });

  it("raises hands, which stand in their order before the tutor", async () => {
    await press(ben, "Raise hand");
    await ben.getByRole("button", { name: "Lower hand" }).waitFor();
    await press(ada, "Raise hand");
    await openPanel(tutor, "People");
    const hands = tutor.getByRole("region", { name: "Raised hands" });
    await hands.getByRole("listitem").nth(1).waitFor();
    assert.deepEqual(await hands.getByRole("listitem").evaluateAll((items) => items.map((item) => /Ada|Ben/.exec(item.textContent ?? "")?.[0])), ["Ben", "Ada"]);
    await hands.getByRole("button", { name: "Lower the hand of Ben" }).click();
    await ben.getByRole("button", { name: "Raise hand" }).waitFor();
  });

  it("calls a student on stage, who is seen and heard by the tutor and by the others", async () => {
    await tutor.getByRole("button", { name: "Invite: Ada" }).click();
    await ada.getByRole("heading", { name: "Come on stage?" }).waitFor();
    await ada.getByRole("button", { name: "Go on stage" }).click();
    await ada.locator('[data-slot="stage/1"][data-self="yes"] video').waitFor();
    await Promise.all([tutor, ben].map((page) => waitForFrames(page, slotVideo("stage/1"), 5, PATIENCE_MS)));
    await Promise.all([tutor, ben].map((page) => hears(page, PATIENCE_MS)));
    await tutor.getByRole("region", { name: "On stage" }).getByText("Ada").waitFor();
  });

  it("mutes a student: nothing of the voice arrives any more", async () => {
    await onPerson(tutor, "Ada", "Mute");
    await ada.getByText("The tutor muted you").first().waitFor();
    await pause(1_000);
    const first = await heard(tutor);
    await pause(1_500);
    assert.equal((await heard(tutor)).packets, first.packets);
    await onPerson(tutor, "Ada", "Unmute");
    await hears(tutor, PATIENCE_MS);
  });

  it("takes a student off the stage at once", async (t) => {
    await onPerson(tutor, "Ada", "Take off the stage");
    const asked = performance.now();
    await Promise.all([tutor, ben, ada].map((page) => page.locator('[data-slot="stage/1"]').waitFor({ state: "detached" })));
    const took = performance.now() - asked;
    t.diagnostic(`gone after ${Math.round(took)} ms`);
    assert.ok(took < GONE_MS_MAX, `${took} ms`);
    const sending = () => ada.evaluate(() => /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connections).some((pc) => pc.connectionState === "connected" && pc.getSenders().some(({ track }) => track !== null)));
    await until("the student's page to stop sending", async () => !(await sending()), { timeoutMs: 5_000 });
  });

  it("leads a second tutor into the class and onto its stage, and does not take it over by a slip of the hand", async () => {
    const second = await enter(0, "tutor", { name: "Noor" });
    await second.getByText("Another tutor teaches this class now.").waitFor();
    await second.getByRole("button", { name: "Go live" }).click();
    await second.getByRole("alertdialog", { name: "Take the class over?" }).getByRole("button", { name: "Not now" }).click();
    await second.getByRole("button", { name: "Join the class" }).click();
    await waitForFrames(second, slotVideo("camera"), 3, PATIENCE_MS);
    await onPerson(tutor, "Noor", "Invite on stage");
    await second.getByRole("button", { name: "Go on stage" }).click();
    await Promise.all([tutor, ben].map((page) => waitForFrames(page, slotVideo("stage/1"), 3, PATIENCE_MS)));
    await second.context().close();
    // Who is gone does not keep their place.
    await tutor.locator('[data-slot="stage/1"]').waitFor({ state: "detached" });
  });

  it("comes back after the network was away, and misses and repeats nothing", async () => {
    await openPanel(ada, "Chat");
    network.cut();
    await say(tutor, "While Ada is away");
    await ada.getByText("are not connected").waitFor();
    await say(ada, "Written without a network");
    await ada.getByText("Goes out when the connection is back").waitFor();
    await waitForFrames(ada, slotVideo("camera"), 3, PATIENCE_MS);
    network.mend();
    await message(ada, "While Ada is away").waitFor();
    await message(tutor, "Written without a network").waitFor();
    await message(ada, "Written without a network").waitFor();
    await pause(1_000);
    for (const text of ["While Ada is away", "Written without a network", "After that, everybody"]) assert.equal(await message(ada, text).count(), 1, text);
    assert.equal(await message(tutor, "Written without a network").count(), 1);
  });

  it("lets nobody new into a locked class, and asks the tutor when there is a waiting room", async () => {
    await press(tutor, "Class settings");
    await tutor.getByRole("switch", { name: /^Lock the class/ }).click({ force: true });
    await tutor.getByTitle("Locked").waitFor({ state: "attached" });
    const late = await enter(1, "student", { name: "Late" });
    await late.getByRole("heading", { name: "The class is locked" }).waitFor();
    await tutor.getByRole("switch", { name: /^Lock the class/ }).click({ force: true });
    await tutor.getByRole("switch", { name: /^Waiting room/ }).click({ force: true });
    await tutor.getByTitle("Locked").waitFor({ state: "detached" });
    await tutor.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();
    await late.getByRole("button", { name: "Try again" }).click();
    await late.getByRole("heading", { name: "You are in the waiting room" }).waitFor();
    await openPanel(tutor, "People");
    await tutor.getByRole("button", { name: "Admit: Late" }).click();
    await waitForFrames(late, slotVideo("camera"), 3, PATIENCE_MS);
    // Who was inside before need not wait.
    await ben.reload();
    await waitForFrames(ben, slotVideo("camera"), 3, PATIENCE_MS);
    await late.context().close();
  });

  it("removes a student, who cannot come back with the same link", async () => {
    await onPerson(tutor, "Ben", "Remove from class");
    await tutor.getByRole("alertdialog").getByRole("button", { name: "Remove from class" }).click();
    await ben.getByRole("heading", { name: "You were removed" }).waitFor();
    await ben.reload();
    await ben.getByRole("heading", { name: "You were removed" }).waitFor();
    assert.equal(await ben.locator("video").count(), 0);
  });

  it("goes on after the server was started anew", async () => {
    await openPanel(tutor, "Chat");
    await lectern.restart();
    await say(ada, "Still here?");
    await message(tutor, "Still here?").waitFor();
    await waitForFrames(ada, slotVideo("camera"), 3, PATIENCE_MS);
  });

  it("ends for everybody", async () => {
    await press(tutor, "End class");
    await tutor.getByRole("alertdialog").getByRole("button", { name: "End for everyone" }).click();
    await ada.getByRole("heading", { name: "The class is over" }).waitFor();
    await tutor.getByRole("heading", { name: "The class is over" }).waitFor();
    assert.equal(await ada.locator("video").count(), 0);
  });

  it("goes on when its tutor starts it again", async () => {
    await tutor.getByRole("button", { name: "Open the class again" }).click();
    await tutor.getByRole("button", { name: "Go live" }).click();
    await tutor.getByText("Live", { exact: true }).waitFor();
    await ada.reload();
    await waitForFrames(ada, slotVideo("camera"), 3, PATIENCE_MS);
    await openPanel(ada, "Chat");
    await message(ada, "Still here?").waitFor();
  });

  it("had no fault in any page", () => {
    assert.deepEqual(faults.flat(), []);
  });
});
