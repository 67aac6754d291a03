/** A school to look at: the seeded one, and in it what a seed does not have. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { recordFilm } from "./film.mjs";
import { LECTERN_BIN } from "./processes.mjs";
import { api } from "./school.mjs";

/** What everybody of a seeded school logs in with. */
const PASSWORD = "lectern-demo";
const TUTOR = "ruth.okafor@tutors.localhost";
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/**
 * Plants it, and says where what is.
 * @param {{ origin: string, data: string }} lectern
 * @param {import("playwright-core").Browser} browser
 */
export async function plantWorld({ origin, data }, browser) {
  await promisify(execFile)(LECTERN_BIN, ["seed", "--data", data, "--students", "40"]);
  const film = recordFilm(browser, 4);
  const ask = await as(origin, TUTOR);
  const { items: courses } = await ask("GET", "/v1/me/teaching");
  const course = courses.find((/** @type {any} */ each) => each.title.startsWith("Algebra")).id;
  const { items: lessons } = await ask("GET", `/v1/courses/${course}/lessons`);
  const at = (/** @type {string} */ title) => lessons.find((/** @type {any} */ lesson) => lesson.title.startsWith(title)).id;
  const [video, withQuiz] = [at("What a letter"), at("Solving")];
  const { items: [quiz] } = await ask("GET", `/v1/lessons/${withQuiz}/quizzes`);
  const { items: [past] } = await ask("GET", `/v1/courses/${course}/live?when=past`);
  const { items: [soon] } = await ask("GET", `/v1/courses/${course}/live?when=upcoming`);
  /** @param {string} path @param {object} about @param {Buffer} file */
  const send = async (path, about, file) => {
    const { id, upload } = await ask("POST", path, { ...about, bytes: file.length });
    const response = await fetch(new URL(upload.url, origin), { method: "PUT", headers: upload.headers, body: new Uint8Array(file) });
    if (!response.ok) throw new Error(`PUT: ${response.status} ${await response.text()}`);
    await ask("POST", path.endsWith("/video") ? `${path}/confirm` : `/v1/materials/${id}/confirm`);
  };
  await send(`/v1/lessons/${video}/video`, { content_type: "video/webm", video_s: 4 }, await film);
  for (const name of ["Worksheet 1.pdf", `${LONG}.pdf`]) await send(`/v1/lessons/${video}/materials`, { name, content_type: "application/pdf" }, Buffer.alloc(123_456, "Arrows. "));
  const { person, email: student } = await farStudent(ask, course);
  const on = await live(ask, course, "Questions before the test");
  await ask("POST", `/v1/live/${on}/start`);
  const off = await live(ask, course, "A class that does not take place");
  await ask("DELETE", `/v1/live/${off}`);
  const fresh = "fresh@school.example";
  await api(origin, "")("POST", "/v1/people", { email: fresh, name: `Frieda ${LONG.slice(0, 60)}`, password: PASSWORD });
  const newcomer = await as(origin, fresh);
  const long = await longCourse(ask);
  await newcomer("POST", `/v1/courses/${long.course}/enrolment`, {});
  const { items: all } = await ask("GET", "/v1/courses?limit=100");
  const others = (/** @type {string} */ title) => all.find((/** @type {any} */ each) => each.title.startsWith(title)).id;
  return {
    people: { student, tutor: TUTOR, fresh }, password: PASSWORD,
    course, video, withQuiz, quiz: quiz.id, past: past.id, soon: soon.id, on, off, person, long, code: others("Writing"), list: others("Europe"), open: others("How cells"),
  };
}

/** @typedef {Awaited<ReturnType<typeof plantWorld>>} World */

/** A student who took quizzes of a course and is far in it, if not through. @param {ReturnType<typeof api>} ask @param {string} course */
async function farStudent(ask, course) {
  const { items: standings } = await ask("GET", `/v1/courses/${course}/progress?limit=100`);
  const { items: students } = await ask("GET", `/v1/courses/${course}/enrolments?limit=100`);
  const scored = standings.filter((/** @type {any} */ standing) => standing.score_percent != null);
  const { person } = scored.sort((/** @type {any} */ a, /** @type {any} */ b) => (b.percent % 100) - (a.percent % 100))[0];
  return { person, email: students.find((/** @type {any} */ each) => each.id === person).email };
}

/** @param {string} origin @param {string} email */
async function as(origin, email) {
  const { access_token: token } = await api(origin, "")("POST", "/v1/session", { email, password: PASSWORD });
  return api(origin, token);
}

/** @param {ReturnType<typeof api>} ask @param {string} course @param {string} title */
async function live(ask, course, title) {
  const at = (/** @type {number} */ hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  return (await ask("POST", `/v1/courses/${course}/live`, { title, starts_at: at(0.1), ends_at: at(1) })).id;
}

/** A course all of whose names are as long as words get. @param {ReturnType<typeof api>} ask */
async function longCourse(ask) {
  const course = await ask("POST", "/v1/courses", { title: `${LONG} und anderes`, summary: `${LONG}. `.repeat(3), description: `# ${LONG}\n\n${LONG}`, enrolment: "open" });
  const lesson = await ask("POST", `/v1/courses/${course.id}/lessons`, { title: `Zur ${LONG}`, body: LONG, completion: "marked", published: true });
  const quiz = await ask("POST", `/v1/lessons/${lesson.id}/quizzes`, { title: LONG });
  await ask("PUT", `/v1/quizzes/${quiz.id}/questions`, { questions: [{ prompt: `${LONG}?`, points: 1, task: { kind: "single", options: [LONG, `Keine ${LONG}`] }, key: { kind: "single", right: 0 } }] });
  await ask("PUT", `/v1/quizzes/${quiz.id}`, { title: LONG, published: true });
  await ask("PATCH", `/v1/courses/${course.id}`, { state: "published" });
  return { course: course.id, lesson: lesson.id, quiz: quiz.id };
}
