/** A school to test with: people by the API, as a program has them, and a course with a lesson and a quiz. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export const PASSWORD = "correct horse battery";

/**
 * Asks the API; what is no success throws.
 * @param {string} origin
 * @param {string} token empty for nobody's
 * @returns {(method: string, path: string, body?: unknown) => Promise<any>}
 */
export function api(origin, token) {
  return async (method, path, body) => {
    const response = await fetch(origin + path, {
      method,
      headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
}

/**
 * Makes somebody a tutor, in the private Postgres of `lectern dev`: the first of a school has nobody to ask.
 * @param {string} data the data folder
 * @param {string} email
 */
async function promote(data, email) {
  const folder = join(data, "postgres");
  const password = (await readFile(join(folder, "password"), "utf8")).trim();
  const port = (await readFile(join(folder, "data", "postmaster.pid"), "utf8")).split("\n")[3] ?? "";
  const args = ["-h", "127.0.0.1", "-p", port, "-U", "lectern", "-d", "school", "-v", "ON_ERROR_STOP=1", "-c", `UPDATE people SET role = 'tutor' WHERE email = '${email}'`];
  await promisify(execFile)("psql", args, { env: { ...process.env, PGPASSWORD: password } });
}

/**
 * A tutor, and how they ask.
 * @param {{ origin: string, data: string }} lectern
 */
export async function tutorOf({ origin, data }) {
  const email = "ada@school.example";
  await api(origin, "")("POST", "/v1/people", { email, name: "Ada Lovelace", password: PASSWORD });
  await promote(data, email);
  const { access_token } = await api(origin, "")("POST", "/v1/session", { email, password: PASSWORD });
  return { email, token: access_token, ask: api(origin, access_token) };
}

/**
 * A published course: a lesson that is marked as done, then one with a quiz of two questions that has to be passed.
 * @param {ReturnType<typeof api>} ask a tutor's
 */
export async function makeCourse(ask) {
  const course = await ask("POST", "/v1/courses", { title: "Arrows in space", summary: "Vectors, from the first one.", description: "# What you learn\n\n- to **draw** an arrow", enrolment: "open" });
  const lesson = { published: true, body: "An arrow has a *length* and a direction." };
  const first = await ask("POST", `/v1/courses/${course.id}/lessons`, { ...lesson, title: "What an arrow is", completion: "marked" });
  const second = await ask("POST", `/v1/courses/${course.id}/lessons`, { ...lesson, title: "How long it is", completion: "quiz", requires: [first.id] });
  const settings = { title: "Lengths", attempts_max: 2, time_limit_s: 600, keys_shown: "never" };
  const quiz = await ask("POST", `/v1/lessons/${second.id}/quizzes`, settings);
  await ask("PUT", `/v1/quizzes/${quiz.id}/questions`, { questions: [
    { prompt: "How long is (3, 4)?", points: 2, task: { kind: "numeric" }, key: { kind: "numeric", value: 5 } },
    { prompt: "Where does (1, 0) point?", points: 1, task: { kind: "single", options: ["Up", "To the right"] }, key: { kind: "single", right: 1 } },
  ] });
  await ask("PUT", `/v1/quizzes/${quiz.id}`, { ...settings, published: true });
  await ask("PATCH", `/v1/courses/${course.id}`, { state: "published" });
  return { course: course.id, first: first.id, second: second.id, quiz: quiz.id };
}
