/**
 * A term in two browsers, through pages alone: a tutor makes a course with a video, a file and a quiz; a student signs up,
 * comes in, watches, reads and answers, and both see it as it happens; then they meet in a live class. Nothing is reloaded
 * to be seen.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { recordFilm } from "./lib/film.mjs";
import { slotVideo, waitForFrames } from "./lib/frames.mjs";
import { firstAdmin, LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { PASSWORD } from "./lib/school.mjs";
import { addLessons, isMarked, logIn, makeCourse, makeQuiz, mark, openPart, saveLesson, sendFiles } from "./lib/school-pages.mjs";
import { until } from "./lib/until.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const FILM_S = 14;
/** Two pages that encode and decode on a machine that does other things. */
const PATIENCE_MS = 60_000;
const WORKSHEET = { name: "Arbeitsblatt 1 – Pfeile.txt", mimeType: "text/plain", buffer: Buffer.from("Draw (3, 4). ✏️\n".repeat(500)) };

describe("a term at school", { skip, timeout: 400_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser[]} */
  let browsers = [];
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let student;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let tutor;
  /** @type {Buffer} */
  let film;
  let broken = false;
  /** The tutor's second page, which shows how the course goes, and the student's, which shows how they go. */
  /** @type {import("playwright-core").Page} */
  let overview;
  /** @type {import("playwright-core").Page} */
  let portfolio;

  before(async () => {
    browsers = await Promise.all([launchChromium(), launchChromium()]);
    const [first, second] = /** @type {[import("playwright-core").Browser, import("playwright-core").Browser]} */ (browsers);
    [lectern, film, student, tutor] = await Promise.all([startLectern(), recordFilm(first, FILM_S), openPage(first, { viewport: PHONE }), openPage(second, { viewport: DESKTOP })]);
    for (const { context } of [student, tutor]) context.setDefaultTimeout(PATIENCE_MS);
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await lectern?.stop();
  });
  /** A step of the story; what came before it is what it stands on. @param {string} name @param {() => Promise<void>} act */
  const step = (name, act) => it(name, async (t) => {
    if (broken) return t.skip("an earlier step failed");
    broken = true;
    await act();
    broken = false;
  });
  const sound = () => assert.deepEqual([...student.faults, ...tutor.faults], []);

  step("a tutor makes a course with a video, a file and a quiz, and publishes it", async () => {
    const { page } = tutor;
    // Whoever looks before it is published sees it as soon as it is.
    for (const query of ["", "?q=arrows"]) {
      await student.page.goto(`${lectern.origin}/${query}`);
      await student.page.getByText(query === "" ? "There is no course yet" : "No course has these words").waitFor();
    }
    await logIn(page, lectern.origin, await firstAdmin(lectern), "/tutor");
    await makeCourse(page, "Arrows in space");
    await addLessons(page, ["What an arrow is", "How long it is"]);
    await page.getByRole("link", { name: "1. What an arrow is" }).click();
    await sendFiles(page, "Choose a video", [{ name: "arrows.webm", mimeType: "video/webm", buffer: film }]);
    await page.getByLabel("The video as students see it").waitFor();
    await sendFiles(page, "Add files", [WORKSHEET]);
    await page.getByRole("button", { name: `Download ${WORKSHEET.name}` }).waitFor();
    await page.getByRole("radio", { name: /When the video is watched/ }).check({ force: true });
    await page.getByRole("textbox", { name: /How much of the video/ }).fill("60");
    await page.getByRole("checkbox", { name: "Students see this lesson" }).check({ force: true });
    await saveLesson(page);
    await openPart(page, "Lessons");
    await page.getByText("Complete when 60 % of the video is watched").waitFor();
    await page.getByRole("link", { name: "2. How long it is" }).click();
    await page.getByRole("radio", { name: /When its quiz is passed/ }).check({ force: true });
    await page.getByRole("checkbox", { name: "What an arrow is" }).check({ force: true });
    await page.getByRole("checkbox", { name: "Students see this lesson" }).check({ force: true });
    await saveLesson(page);
    await makeQuiz(page, "Lengths");
    await openPart(page, "Details");
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByText("Everybody finds it in the catalogue").waitFor();
    overview = await tutor.context.newPage();
    await overview.goto(`${page.url().replace("/details", "")}/overview`);
    await overview.getByText("Nothing has happened yet").waitFor();
    await mark(overview);
    sound();
  });

  step("a student finds it, signs up and comes in; the tutor sees them come", async () => {
    const { page, context } = student;
    await page.goto(lectern.origin);
    await page.getByRole("link", { name: "Arrows in space" }).waitFor();
    await page.goto(`${lectern.origin}/?q=arrows`);
    await page.getByRole("link", { name: "Arrows in space" }).click();
    await page.getByRole("link", { name: "Log in to take part" }).click();
    await page.getByRole("link", { name: "Sign up" }).click();
    await page.getByLabel("Name").fill("Grace Hopper");
    await page.getByLabel("Email address").fill("grace@school.example");
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.getByRole("button", { name: "Sign up" }).click();
    const summary = page.getByRole("alert").filter({ hasText: "One field" });
    await summary.getByRole("button", { name: /^Password/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "password", "the summary leads to the field");
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("button", { name: "Take part" }).click();
    await page.getByText("0 of 2 lessons").waitFor();
    const course = page.url().split("/").at(-1);
    const second = await page.evaluate(async (id) => {
      const outline = /** @type {{ items: { id: string }[] }} */ (await (await fetch(`/v1/courses/${id}/lessons`)).json());
      return outline.items[1]?.id;
    }, course);
    await page.goto(`${lectern.origin}/lessons/${second}`);
    await page.getByRole("heading", { name: "This lesson is still locked" }).waitFor();
    await page.getByRole("list", { name: "To be completed first" }).getByRole("link", { name: "What an arrow is" }).waitFor();
    await page.getByRole("link", { name: "Back to Arrows in space" }).click();
    await page.getByText("0 of 2 lessons").waitFor();
    await overview.getByRole("rowheader", { name: "Grace Hopper" }).waitFor();
    portfolio = await context.newPage();
    await portfolio.goto(`${lectern.origin}/me`);
    await portfolio.getByRole("progressbar", { name: "Progress in Arrows in space" }).waitFor();
    await mark(portfolio);
  });

  step("watching moves the lesson, and goes on after a reload where it was", async () => {
    const { page } = student;
    await page.getByRole("link", { name: "What an arrow is" }).click();
    const video = page.getByLabel("Video: What an arrow is");
    const at = () => video.evaluate((element) => /** @type {HTMLVideoElement} */ (element).currentTime);
    const watched = page.getByRole("progressbar", { name: "Watched" });
    await video.focus();
    await page.keyboard.press("Space");
    await until("some seconds of it", async () => (await at()) >= 5, { timeoutMs: PATIENCE_MS });
    await page.keyboard.press("Space");
    await until("what was watched", async () => Number(await watched.getAttribute("aria-valuenow")) >= 30, { timeoutMs: PATIENCE_MS });
    const stopped = await at();
    await page.reload();
    await page.getByText(/You go on at 0:0\d/).waitFor({ state: "attached" });
    await until("the place", async () => Math.abs((await at()) - stopped) < 1.5, { timeoutMs: PATIENCE_MS });
    await video.focus();
    await page.keyboard.press("Space");
    await page.getByText("You completed this lesson").waitFor();
    await portfolio.locator("[role=progressbar][aria-valuenow='50']").waitFor();
    await overview.getByRole("progressbar", { name: "1 of 2" }).waitFor();
    sound();
  });

  step("a file arrives under its name, byte by byte", async () => {
    const { page } = student;
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Download/ }).click()]);
    assert.equal(download.suggestedFilename(), WORKSHEET.name);
    assert.deepEqual(await readFile(await download.path()), WORKSHEET.buffer);
  });

  step("answers move the student's other page, the tutor's, and the leaderboard", async () => {
    const { page } = student;
    await page.getByRole("link", { name: "Next lesson" }).click();
    await page.getByRole("link", { name: "Lengths" }).click();
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByLabel("Your number").fill("5");
    await page.getByText("To the right", { exact: true }).click();
    await page.getByText("All answers are saved").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Submit" }).click();
    await page.getByText("3 of 3 points").waitFor();
    await portfolio.locator("[role=progressbar][aria-valuenow='100']").waitFor();
    await portfolio.getByText("3 of 3 points").waitFor();
    await overview.getByRole("progressbar", { name: "2 of 2" }).waitFor();
    await overview.getByRole("row", { name: /Lengths/ }).getByText("100 %").waitFor();
    assert.deepEqual([await isMarked(portfolio), await isMarked(overview)], [true, true], "nothing was reloaded");
    await page.getByRole("button", { name: "Back to the quiz" }).click();
    await page.getByText("You are number 1 of 1, with 3 points.").waitFor();
    sound();
  });

  step("an attempt keeps its answers over a reload", async () => {
    const { page } = student;
    await page.getByRole("button", { name: "Start another attempt" }).click();
    await page.getByLabel("Your number").fill("7.5");
    await page.getByText("All answers are saved").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Go on with your attempt" }).click();
    assert.equal(await page.getByLabel("Your number").inputValue(), "7.5");
    await page.getByText("1 of 2 answered").waitFor();
  });

  step("a class is scheduled and started, and the student is there at once", async () => {
    const [{ page }, there] = [tutor, student.page];
    await portfolio.goto(`${lectern.origin}/calendar`);
    await portfolio.getByText("No live class is planned").waitFor();
    await openPart(page, "Live classes");
    await page.getByRole("button", { name: "Schedule a class" }).click();
    await page.getByRole("dialog").getByLabel("Title").fill("Arrows, live");
    await page.getByRole("dialog").getByRole("button", { name: "Schedule a class" }).click();
    await portfolio.getByRole("heading", { name: "Arrows, live" }).waitFor();
    const card = portfolio.getByRole("listitem").filter({ hasText: "Arrows, live" });
    assert.equal(await card.getByRole("link", { name: "Join" }).count(), 0, "it has not begun");
    await page.getByRole("button", { name: "Start now" }).click();
    const join = card.getByRole("link", { name: "Join" });
    await join.waitFor();
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await there.goto(new URL(await join.getAttribute("href") ?? "", lectern.origin).href);
    await waitForFrames(there, slotVideo("camera"), 10, PATIENCE_MS);
    await page.getByText("2 people here").waitFor();
    // One's courses lead there as well.
    await portfolio.goto(`${lectern.origin}/me`);
    await portfolio.getByRole("link", { name: /^Join.*Arrows, live/ }).waitFor();
  });

  step("who came is seen while it goes on; its end is seen at once, and there is a way back", async () => {
    const [{ page }, there] = [tutor, student.page];
    await overview.getByRole("link", { name: "Live classes" }).click();
    await overview.getByRole("link", { name: "Who came" }).click();
    const row = overview.getByRole("row", { name: /Grace Hopper/ });
    await row.getByText("still there").waitFor();
    await page.getByRole("button", { name: "End class" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "End for everyone" }).click();
    await there.getByRole("heading", { name: "The class is over" }).waitFor();
    await row.getByText("still there").waitFor({ state: "detached" });
    await portfolio.getByRole("link", { name: /^Join.*Arrows, live/ }).waitFor({ state: "detached" });
    await there.getByRole("link", { name: "To the course" }).click();
    await there.getByRole("heading", { name: "Arrows in space", level: 1 }).waitFor();
    sound();
  });
});
