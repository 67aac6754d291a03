/** What people do in the pages of the school, by what they see there. */

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ name: string, mimeType: string, buffer: Buffer }} File */

/**
 * Logs in by the login page, and goes on at `path`.
 * @param {Page} page
 * @param {string} origin
 * @param {{ email: string, password: string }} person
 */
export async function logIn(page, origin, { email, password }, path = "/me") {
  await page.goto(`${origin}/login?return_to=${encodeURIComponent(path)}`);
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => url.pathname === path);
}

/** Makes a course and opens it. @param {Page} page @param {string} title */
export async function makeCourse(page, title) {
  await page.getByRole("button", { name: "New course" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Make the course" }).click();
  await page.getByRole("heading", { name: title, level: 1 }).waitFor();
}

/** Adds lessons to the open course. @param {Page} page @param {string[]} titles */
export async function addLessons(page, titles) {
  for (const title of titles) {
    await page.getByLabel("Title of the new lesson").fill(title);
    await page.getByRole("button", { name: "Add a lesson" }).click();
    await page.getByRole("link", { name: new RegExp(title) }).waitFor();
  }
}

/** Goes to a part of the open course: "Lessons", "Overview", "People", … @param {Page} page @param {string} part */
export async function openPart(page, part) {
  await page.getByRole("navigation", { name: "Parts of the course" }).getByRole("link", { name: part, exact: true }).click();
  await page.locator("[aria-current=page]", { hasText: part }).waitFor();
}

/** Sends files by the button that asks for them. @param {Page} page @param {string} button @param {File[]} files */
export async function sendFiles(page, button, files) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: button }).click()]);
  await chooser.setFiles(files);
}

/** Saves what the open lesson says. @param {Page} page */
export async function saveLesson(page) {
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.url().includes("/v1/lessons/"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await saved;
  // What said so of the lesson before may still be there.
  await page.getByText("Saved.").last().waitFor();
}

/**
 * Makes a quiz of the open lesson, with a number and a choice to be answered, and shows it to students.
 * @param {Page} page
 * @param {string} title
 */
export async function makeQuiz(page, title) {
  await page.getByLabel("Title of the new quiz").fill(title);
  await page.getByRole("button", { name: "Add a quiz" }).click();
  await page.getByRole("button", { name: "Add a question" }).click();
  await page.getByRole("textbox", { name: "Question" }).fill("Where does (1, 0) point?");
  await page.getByRole("textbox", { name: "Answer 1" }).fill("Up");
  await page.getByRole("textbox", { name: "Answer 2" }).fill("To the right");
  await page.getByRole("radio", { name: "Answer 2 is right" }).check();
  await page.getByRole("button", { name: "Add a question" }).click();
  const second = page.getByRole("group", { name: "Question 2" });
  await second.getByRole("textbox", { name: "Question" }).fill("How long is (3, 4)?");
  await second.getByRole("button", { name: /Kind of answer/ }).click();
  await page.getByRole("option", { name: "A number" }).click();
  await second.getByRole("textbox", { name: "The right number" }).fill("5");
  await second.getByRole("textbox", { name: "Points" }).fill("2");
  await page.getByRole("button", { name: "Save questions" }).click();
  await page.getByText("2 questions, 3 points").waitFor();
  await page.getByRole("textbox", { name: "Attempts for each student" }).fill("2");
  await page.getByRole("checkbox", { name: "Students see this quiz" }).check({ force: true });
  await page.getByRole("button", { name: "Save rules" }).click();
  await page.getByText("Published", { exact: true }).waitFor();
}

/** Remembers something that is forgotten when the page is made anew. @param {Page} page */
export const mark = (page) => page.evaluate(() => void Object.assign(window, { same: true }));

/** Whether the page is still the one that was marked. @param {Page} page */
export const isMarked = (page) => page.evaluate(() => "same" in window);
