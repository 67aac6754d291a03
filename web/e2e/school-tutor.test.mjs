/**
 * The tutor's half of a term, through the pages: a course with lessons and a quiz is made, published and taken, and its
 * results are there. On a desktop and by a phone's width, with axe-core on the way.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { firstAdmin, startLectern } from "./lib/processes.mjs";

const PASSWORD = "a sentence that is easy to keep";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLectern>>} */
let lectern;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let tutor;

/** @param {string} path @param {object} body @param {string} [token] @param {string} [method] */
async function api(path, body, token, method = "POST") {
  const headers = { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(lectern.origin + path, { method, headers, body: JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${response.ok ? "" : await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

before(async () => {
  browser = await launchChromium();
  lectern = await startLectern();
  tutor = await openPage(browser, { viewport: PHONE });
});

after(async () => {
  await tutor?.context.close();
  await browser?.close();
  await lectern?.stop();
});

async function sound() {
  assert.deepEqual(await seriousViolations(tutor.page), []);
  assert.deepEqual(tutor.faults, []);
}

describe("a tutor", { concurrency: false }, () => {
  it("who is not signed in goes to log in, and comes back", async () => {
    const response = await fetch(`${lectern.origin}/tutor/login?return_to=%2Ftutor`, { redirect: "manual" });
    assert.deepEqual([response.status, response.headers.get("location")], [307, "/login?return_to=%2Ftutor"]);
  });

  it("makes a course with lessons, and orders them", async () => {
    const { page, context } = tutor;
    const signedIn = await context.request.post(`${lectern.origin}/v1/session`, { data: { ...(await firstAdmin(lectern)), cookies: true } });
    assert.ok(signedIn.ok(), await signedIn.text());
    await page.goto(`${lectern.origin}/tutor`);
    await page.getByRole("button", { name: "New course" }).click();
    await page.getByRole("button", { name: "Make the course" }).click();
    await page.getByText("One field needs another look").waitFor();
    await page.getByLabel("Title").fill("Algebra");
    await page.getByRole("button", { name: "Make the course" }).click();
    await page.getByRole("heading", { name: "Algebra", level: 1 }).waitFor();
    for (const title of ["Equations", "Variables"]) {
      await page.getByLabel("Title of the new lesson").fill(title);
      await page.getByRole("button", { name: "Add a lesson" }).click();
      await page.getByRole("link", { name: new RegExp(title) }).waitFor();
    }
    await page.getByRole("button", { name: "Actions for “Variables”" }).click();
    await page.getByRole("menuitem", { name: "Move up" }).click();
    await page.getByRole("link", { name: "1. Variables" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "1. Variables" }).waitFor();
    await sound();
  });

  it("writes a quiz, whose errors stand at their fields", async () => {
    const { page } = tutor;
    await page.getByRole("link", { name: "1. Variables" }).click();
    await page.getByRole("checkbox", { name: "Students see this lesson" }).check({ force: true });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByLabel("Title of the new quiz").fill("What stuck?");
    await page.getByRole("button", { name: "Add a quiz" }).click();
    await page.getByRole("button", { name: "Add a question" }).click();
    await page.getByRole("button", { name: "Save questions" }).click();
    await page.getByText("4 fields need another look").waitFor();
    await sound();
    await page.getByRole("textbox", { name: "Question" }).fill("What is x, if x + 1 = 2?");
    await page.getByRole("textbox", { name: "Answer 1" }).fill("1");
    await page.getByRole("textbox", { name: "Answer 2" }).fill("2");
    await page.getByRole("radio", { name: "Answer 1 is right" }).check();
    await page.getByRole("button", { name: "Save questions" }).click();
    await page.getByText("1 question, 1 point").waitFor();
    await page.getByRole("checkbox", { name: "Students see this quiz" }).check({ force: true });
    await page.getByRole("button", { name: "Save rules" }).click();
    await page.getByText("Published", { exact: true }).waitFor();
  });

  it("publishes the course, and sees what a student got", async () => {
    const { page } = tutor;
    const quiz = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await page.getByRole("link", { name: "Details" }).click();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByText("Everybody finds it in the catalogue").waitFor();
    const course = new URL(page.url()).pathname.split("/").at(-2) ?? "";
    const { access_token: ben } = await api("/v1/people", { name: "Ben Sørensen", email: "ben@school.example", password: PASSWORD });
    await page.getByRole("link", { name: "People" }).click();
    await page.getByLabel("Email addresses").fill("ben@school.example, nobody@school.example");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("Nobody signed up with one address").waitFor();
    await page.getByRole("rowheader", { name: "Ben Sørensen" }).waitFor();
    await sound();
    const attempt = await api(`/v1/quizzes/${quiz}/attempts`, {}, ben);
    await api(`/v1/attempts/${attempt.id}/answers`, { counter: 1, answers: [{ question: attempt.questions[0].id, answer: { kind: "single", option: 0 } }] }, ben, "PUT");
    await api(`/v1/attempts/${attempt.id}/submit`, {}, ben);
    await page.goto(`${lectern.origin}/tutor/courses/${course}/quizzes/${quiz}/results`);
    await page.getByText("1 of 1", { exact: true }).waitFor();
    await sound();
  });
});
