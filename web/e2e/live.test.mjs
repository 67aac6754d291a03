/**
 * A class for real: the tutor's page publishes through `lectern dev`, the student's page watches it, both as built.
 * Pictures must move, and nothing that the tutor does may cost the student a negotiation.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { launchChromium, openPage } from "./lib/browser.mjs";
import { shownFrames, slotVideo, waitForFrames } from "./lib/frames.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { pause, until } from "./lib/until.mjs";
import { fakeVoice } from "./lib/voice.mjs";

const PATIENCE_MS = 60_000;
const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;

describe("a class", { skip, timeout: 600_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let tutor;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let student;
  /** @type {Awaited<ReturnType<typeof fakeVoice>>} */
  let voice;
  /** The tutor's link. */
  let studio = "";
  /** Requests by which the student's page negotiated. */
  let joins = 0;

  before(async () => {
    voice = await fakeVoice();
    [lectern, browser] = await Promise.all([startLectern(), launchChromium({ flags: [voice.flag] })]);
    [tutor, student] = await Promise.all([openPage(browser), openPage(browser)]);
    // Two pages encode and decode on what may be a busy machine.
    for (const { context } of [tutor, student]) context.setDefaultTimeout(PATIENCE_MS);
    student.page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/whep")) joins += 1;
    });
  });

  after(async () => {
    await browser?.close();
    await lectern?.stop();
    await voice?.remove();
  });

  it("waits for its tutor", async () => {
    await student.page.goto(await lectern.link("algebra", "student"));
    await student.page.getByRole("heading", { name: "has not started yet" }).waitFor();
  });

  it("shows the camera when the tutor goes live", async () => {
    studio = await lectern.link("algebra", "tutor");
    await tutor.page.goto(studio);
    await tutor.page.getByRole("button", { name: "Go live" }).click();
    await tutor.page.getByText("Live", { exact: true }).waitFor();
    await waitForFrames(student.page, slotVideo("camera"), 30, PATIENCE_MS);
    await student.page.getByText("Tutor is speaking").waitFor();
  });

  it("tells tutor and student how many are here", async () => {
    for (const { page } of [tutor, student]) await page.getByText("2 people here").waitFor();
  });

  it("shows the screen beside the camera, and neither starts nor stops it with a negotiation", async () => {
    await tutor.page.getByRole("button", { name: "Share screen" }).click();
    await waitForFrames(student.page, slotVideo("screen"), 5, PATIENCE_MS);
    await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
    await tutor.page.getByRole("button", { name: "Stop sharing" }).click();
    await student.page.locator(slotVideo("screen")).waitFor({ state: "detached" });
    await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
    assert.equal(joins, 1);
  });

  it("lowers and raises the picture on request while it moves", async () => {
    const choose = async (/** @type {string} */ quality) => {
      await student.page.getByRole("button", { name: "Picture quality" }).click();
      await student.page.getByRole("radio", { name: new RegExp(`^${quality}`) }).check({ force: true });
      await student.page.getByRole("button", { name: "Close" }).click();
    };
    const width = async () => (await shownFrames(student.page, slotVideo("camera"))).width;
    const full = await until("the full picture", async () => ((await width()) >= 640 ? width() : undefined), { timeoutMs: PATIENCE_MS });
    await choose("Low");
    await until("a smaller picture", async () => (await width()) < full, { timeoutMs: PATIENCE_MS });
    await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
    await choose("High");
    await until("the full picture again", async () => (await width()) === full, { timeoutMs: PATIENCE_MS });
  });

  it("goes on with sound alone, and back", async () => {
    await student.page.getByRole("button", { name: "Audio only" }).click();
    await student.page.getByRole("heading", { name: "You are listening" }).waitFor();
    await student.page.getByRole("button", { name: "Show pictures" }).click();
    await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
  });

  it("survives a reload of the tutor's page without a negotiation by the student", async () => {
    tutor.page.once("dialog", (dialog) => void dialog.accept());
    await tutor.page.reload();
    await tutor.page.getByRole("button", { name: "Go live" }).click();
    await tutor.page.getByText("Live", { exact: true }).waitFor();
    await waitForFrames(student.page, slotVideo("camera"), 20, PATIENCE_MS);
    assert.equal(joins, 1);
  });

  it("stays with the last of two windows that go live", async () => {
    const second = await openPage(browser);
    second.context.setDefaultTimeout(PATIENCE_MS);
    await second.page.goto(studio);
    await second.page.getByRole("button", { name: "Go live" }).click();
    await second.page.getByText("Live", { exact: true }).waitFor();
    await tutor.page.getByText("You went live somewhere else").waitFor();
    await pause(2000);
    assert.ok(await second.page.getByText("Live", { exact: true }).isVisible(), "the second window was thrown out");
    await waitForFrames(student.page, slotVideo("camera"), 10, PATIENCE_MS);
    await second.page.getByRole("button", { name: "End class" }).click();
    await second.page.getByRole("alertdialog").getByRole("button", { name: "Stop broadcasting" }).click();
    await student.page.getByRole("heading", { name: "has not started yet" }).waitFor();
    await second.context.close();
  });

  it("had no fault in any page", () => {
    assert.deepEqual([...tutor.faults, ...student.faults], []);
  });
});
