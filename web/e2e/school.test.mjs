/**
 * A term: a tutor has a course with lessons and a quiz; a student signs up, comes in, learns and answers; what they have open
 * elsewhere, and what the tutor hears, moves with it. Nothing is reloaded.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { makeCourse, PASSWORD, tutorOf } from "./lib/school.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;

describe("a term at school", { skip, timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser[]} */
  let browsers = [];
  /** @type {Awaited<ReturnType<typeof makeCourse>>} */
  let made;
  /** @type {Awaited<ReturnType<typeof tutorOf>>} */
  let tutor;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let student;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let teacher;

  before(async () => {
    [lectern, ...browsers] = await Promise.all([startLectern(), launchChromium(), launchChromium()]);
    tutor = await tutorOf(lectern);
    made = await makeCourse(tutor.ask);
    [student, teacher] = await Promise.all([openPage(/** @type {any} */ (browsers[0]), { viewport: PHONE }), openPage(/** @type {any} */ (browsers[1]), { viewport: DESKTOP })]);
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await lectern?.stop();
  });

  it("shows the course to everybody, and what signing up needs", async () => {
    const { page } = student;
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
  });

  it("moves the student's other page and the tutor's stream as the student learns", async () => {
    const { page, context } = student;
    const portfolio = await context.newPage();
    await portfolio.goto(`${lectern.origin}/me`);
    await portfolio.getByRole("progressbar", { name: "Progress in Arrows in space" }).waitFor();
    // One that would be reloaded would forget this.
    await portfolio.evaluate(() => Object.assign(window, { same: true }));
    await hearAsTutor();

    await page.getByRole("link", { name: "What an arrow is" }).click();
    await page.getByRole("button", { name: "I am done with this lesson" }).click();
    await page.getByText("You completed this lesson").waitFor();
    await portfolio.locator("[role=progressbar][aria-valuenow='50']").waitFor();

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
    assert.equal(await portfolio.evaluate(() => "same" in window), true, "the portfolio was not reloaded");
    await teacher.page.waitForFunction(() => {
      const heard = /** @type {any[]} */ (/** @type {any} */ (window).heard);
      return heard.some((event) => event.kind === "lesson.completed") && heard.some((event) => event.kind === "quiz.scored" && event.passed);
    });
    assert.deepEqual([...student.faults, ...teacher.faults], []);
  });

  it("keeps answers over a reload, and the attempt goes on", async () => {
    const { page } = student;
    await page.goto(`${lectern.origin}/quizzes/${made.quiz}`);
    await page.getByRole("button", { name: "Start another attempt" }).click();
    await page.getByLabel("Your number").fill("7.5");
    await page.getByText("All answers are saved").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Go on with your attempt" }).click();
    assert.equal(await page.getByLabel("Your number").inputValue(), "7.5");
    await page.getByText("1 of 2 answered").waitFor();
  });

  /** The tutor logs in, and keeps what they are told. */
  async function hearAsTutor() {
    const { page } = teacher;
    await page.goto(`${lectern.origin}/login?return_to=/me`);
    await page.getByLabel("Email address").fill(tutor.email);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL((url) => url.pathname === "/me");
    await page.evaluate(() => new Promise((resolve, reject) => {
      /** @type {any[]} */
      const heard = [];
      Object.assign(window, { heard });
      const stream = new EventSource("/v1/events");
      for (const kind of ["lesson.completed", "quiz.scored"]) stream.addEventListener(kind, (event) => heard.push(JSON.parse(event.data)));
      stream.onopen = () => resolve(undefined);
      stream.onerror = () => reject(new Error("no stream"));
    }));
  }
});
