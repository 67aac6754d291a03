/** The states of the school's pages that are looked at: whose they are, where, and how one gets there. */

import { press } from "./press.mjs";
import { until } from "./until.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {"visitor" | "student" | "fresh" | "tutor"} Who */
/**
 * @typedef {object} State
 * @property {Who} as
 * @property {string} path
 * @property {(page: Page) => Promise<unknown>} show waits for it, or brings the page into it
 * @property {(page: Page) => Promise<unknown>} [before] is done before the page is opened
 */

const text = (/** @type {string | RegExp} */ words) => (/** @type {Page} */ page) => page.getByText(words).filter({ visible: true }).first().waitFor();
const heading = (/** @type {string | RegExp} */ name) => (/** @type {Page} */ page) => page.getByRole("heading", { name }).first().waitFor();

/** Lets the API answer the page's own requests so. @param {string} path a glob @param {number} status @param {string} code */
const refusing = (path, status, code) => (/** @type {Page} */ page) =>
  page.route(path, (route) => route.fulfill({ status, contentType: "application/problem+json", headers: { "retry-after": "20" }, body: JSON.stringify({ code, title: code, status }) }));

/** @param {import("./school-world.mjs").World} world @returns {Record<string, State>} */
export function visitorStates({ course, code }) {
  /** @type {(path: string, show: State["show"], more?: Partial<State>) => State} */
  const visitor = (path, show, more) => ({ as: "visitor", path, show, ...more });
  return {
    // What the pages were asked for before the school had courses is kept for half a minute.
    "school-catalogue": visitor("/", (page) => until("the courses", async () => {
      await page.reload();
      return page.getByRole("link", { name: "How cells work" }).isVisible();
    }, { timeoutMs: 60_000, everyMs: 2_000 })),
    "school-catalogue-nothing": visitor("/?q=astrology", text("No course has these words")),
    "school-course-visitor": visitor(`/courses/${course}`, text("Log in to take part")),
    "school-course-code-visitor": visitor(`/courses/${code}`, text("Log in to take part")),
    "school-login": visitor("/login", heading("Log in")),
    "school-login-ended": visitor("/login?return_to=%2Fme&ended", text("You were logged out")),
    "school-login-refused": visitor("/login", async (page) => {
      await page.getByLabel("Email address").fill("nobody@school.example");
      await page.getByRole("textbox", { name: "Password" }).fill("not the password");
      await press(page, "Log in");
      await text("The address or the password is wrong")(page);
    }),
    "school-login-too-often": visitor("/login", async (page) => {
      await page.getByLabel("Email address").fill("nobody@school.example");
      await page.getByRole("textbox", { name: "Password" }).fill("not the password");
      await press(page, "Log in");
      await text("Try again in 20 seconds")(page);
    }, { before: refusing("**/v1/session", 429, "rate_exceeded") }),
    "school-signup-errors": visitor("/signup", async (page) => {
      await page.getByLabel("Email address").fill("no address");
      await press(page, "Sign up");
      await text("fields need another look")(page);
    }),
    "school-forgot": visitor("/forgot", heading("Set a new password")),
    "school-forgot-sent": visitor("/forgot", async (page) => {
      await page.getByLabel("Email address").fill("somebody.with.a.very.long.address.indeed@mail.school.example");
      await press(page, "Send the link");
      await heading("Look into your mailbox")(page);
    }),
    "school-reset": visitor("/reset#token=looks", heading("Choose a new password")),
    "school-reset-not-whole": visitor("/reset", heading("This link is not whole")),
    "school-not-found": visitor("/courses/0190c0de-0000-7000-8000-000000000000", heading("There is nothing here")),
  };
}

/** @param {import("./school-world.mjs").World} world @returns {Record<string, State>} */
export function studentStates({ course, code, list, open, video, withQuiz, quiz, soon, past, off, long }) {
  /** @type {(path: string, show: State["show"], more?: Partial<State>) => State} */
  const student = (path, show, more) => ({ as: "student", path, show, ...more });
  /** @type {typeof student} */
  const fresh = (path, show, more) => ({ as: "fresh", path, show, ...more });
  return {
    "student-portfolio": student("/me", heading(/^Hello/)),
    "student-portfolio-menu": student("/me", async (page) => {
      await press(page, /^Account of/);
      await page.getByRole("menuitem", { name: "Log out" }).waitFor();
    }),
    "student-portfolio-offline": student("/me", async (page) => {
      await heading(/^Hello/)(page);
      await page.context().setOffline(true);
      await text("You are offline")(page);
    }),
    "student-portfolio-long": fresh("/me", heading(/^Hello/)),
    "student-course": student(`/courses/${course}`, async (page) => {
      await heading("Leaderboard")(page);
      await heading("Live classes")(page);
    }),
    "student-course-open": fresh(`/courses/${open}`, text("Take part")),
    "student-course-code-wrong": fresh(`/courses/${code}`, async (page) => {
      await page.getByLabel("Course code").fill("WRONG");
      await press(page, "Take part");
      await text("Please use the code of this course")(page);
    }),
    "student-course-list": fresh(`/courses/${list}`, text("Who is in this course is decided")),
    "student-course-long": fresh(`/courses/${long.course}`, heading("Lessons")),
    "student-course-leave": student(`/courses/${course}`, async (page) => {
      await press(page, "Leave the course");
      await text("Leave this course?")(page);
    }),
    "student-lesson-video": student(`/lessons/${video}`, heading("Materials")),
    "student-lesson-video-broken": student(`/lessons/${video}`, text("The video does not play"), { before: (page) => page.route("**/v1/blobs/**", (route) => route.abort()) }),
    "student-lesson-quiz": student(`/lessons/${withQuiz}`, heading("Quizzes")),
    "student-lesson-long": fresh(`/lessons/${long.lesson}`, text("I am done with this lesson")),
    "student-lesson-closed": fresh(`/lessons/${video}`, heading("This lesson is for those who are in the course")),
    "student-quiz": student(`/quizzes/${quiz}`, heading("Leaderboard")),
    "student-quiz-result": student(`/quizzes/${quiz}`, async (page) => {
      await press(page, /^Result of attempt/);
      await text("Your answer")(page);
    }),
    "student-quiz-taking": fresh(`/quizzes/${long.quiz}`, async (page) => {
      await press(page, /^(Start|Go on)/);
      await page.getByRole("radio").first().check({ force: true });
      await text("All answers are saved")(page);
    }),
    "student-quiz-submit": fresh(`/quizzes/${long.quiz}`, async (page) => {
      await press(page, /^(Start|Go on)/);
      await press(page, "Submit");
      await text("Submit your answers?")(page);
    }),
    "student-quiz-unsaved": fresh(`/quizzes/${long.quiz}`, async (page) => {
      await press(page, /^(Start|Go on)/);
      await page.getByRole("radio").last().check({ force: true });
      await text("Not saved yet")(page);
    }, { before: refusing("**/v1/attempts/*/answers", 503, "database_unavailable") }),
    "student-calendar": student("/calendar", async (page) => {
      await text("Questions before the test")(page);
      await press(page, "Make an address");
      await press(page, "Make it");
      await text("It is shown only now")(page);
    }),
    "student-calendar-unreachable": student("/calendar", async (page) => {
      await press(page, "Make an address");
      await press(page, "Make it");
      await text("The school is not reachable")(page);
    }, { before: refusing("**/v1/me/calendar_address", 503, "database_unavailable") }),
    "student-door-soon": student(`/class/${soon}`, heading("This class has not begun")),
    "student-door-over": student(`/class/${past}`, heading("This class is over")),
    "student-door-cancelled": student(`/class/${off}`, heading("This class was cancelled")),
    "student-account": student("/account", text("This one")),
    "student-account-errors": student("/account", async (page) => {
      await press(page, "Change password");
      await text("2 fields need another look")(page);
    }),
    "student-calendar-empty": fresh("/calendar", text("No live class is planned")),
  };
}

/** @param {import("./school-world.mjs").World} world @returns {Record<string, State>} */
export function tutorStates({ course, video, withQuiz, quiz, past, soon, person, long }) {
  /** @type {(path: string, show: State["show"], more?: Partial<State>) => State} */
  const tutor = (path, show, more) => ({ as: "tutor", path: `/tutor${path}`, show, ...more });
  const at = `/courses/${course}`;
  return {
    "teach-courses": tutor("", heading("Algebra")),
    "teach-courses-new": tutor("", async (page) => {
      await press(page, "New course");
      await press(page, "Make the course");
      await text("One field needs another look")(page);
    }),
    "teach-courses-unreachable": tutor("", text("could not be loaded"), { before: refusing("**/v1/me/teaching*", 503, "database_unavailable") }),
    "teach-lessons": tutor(at, text("1. What a letter")),
    "teach-lessons-menu": tutor(at, async (page) => {
      await press(page, /^Actions for/);
      await page.getByRole("menuitem", { name: "Delete" }).waitFor();
    }),
    "teach-lessons-long": tutor(`/courses/${long.course}`, heading("Lessons")),
    "teach-lesson": tutor(`${at}/lessons/${video}`, async (page) => {
      await page.getByLabel("The video as students see it").waitFor();
      await text("Worksheet 1.pdf")(page);
    }),
    "teach-lesson-upload-refused": tutor(`${at}/lessons/${withQuiz}`, async (page) => {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press(page, "Add files")]);
      await chooser.setFiles([{ name: "page.html", mimeType: "text/html", buffer: Buffer.from("<p>") }]);
      await text("Files of this kind are not taken")(page);
    }),
    "teach-quiz": tutor(`${at}/quizzes/${quiz}`, text("Students have taken this quiz")),
    "teach-quiz-long": tutor(`/courses/${long.course}/quizzes/${long.quiz}`, heading("Questions")),
    "teach-results": tutor(`${at}/quizzes/${quiz}/results`, async (page) => {
      await page.getByRole("rowheader").first().waitFor();
      await text("of the points")(page);
      await heading("Extra time")(page);
    }),
    "teach-results-none": tutor(`/courses/${long.course}/quizzes/${long.quiz}/results`, text("There is something to see as soon as")),
    "teach-overview": tutor(`${at}/overview`, async (page) => {
      await page.getByRole("rowheader").first().waitFor();
      await heading("Quizzes")(page);
    }),
    "teach-overview-long": tutor(`/courses/${long.course}/overview`, async (page) => void await page.getByRole("rowheader", { name: /^Frieda/ }).waitFor()),
    "teach-people": tutor(`${at}/people`, async (page) => void await page.getByRole("rowheader").first().waitFor()),
    "teach-people-unknown": tutor(`${at}/people`, async (page) => {
      await page.getByLabel("Email addresses").fill("nobody@school.example");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await text("Nobody signed up with one address")(page);
    }),
    "teach-student": tutor(`${at}/people/${person}`, heading("Lesson by lesson")),
    "teach-live": tutor(`${at}/live`, async (page) => {
      await text("Open the studio")(page);
      await text("Over")(page);
    }),
    "teach-live-new": tutor(`${at}/live`, async (page) => {
      await press(page, "Schedule a class");
      await page.getByRole("dialog").getByRole("button", { name: "Schedule a class" }).click();
      await text("One field needs another look")(page);
    }),
    "teach-attendance": tutor(`${at}/live/${past}`, async (page) => void await page.getByRole("rowheader").first().waitFor()),
    "teach-live-not-started": tutor(`/live/${soon}`, text("Your students can come in as soon as")),
    "teach-details": tutor(`${at}/details`, heading("Tutors")),
    "teach-gone": tutor("/courses/0190c0de-0000-7000-8000-000000000000", heading(/.*/)),
    "teach-not-a-tutor": { as: "fresh", path: "/tutor", show: heading("These pages are for tutors") },
  };
}
