/**
 * A school as an admin sees it, played by a server of fixed answers, for tests of what the pages look like in states that a
 * real one is seldom in. What a school must do is not tested with this.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const CONTROL_API = join(ROOT, "control-api", "src");

const id = (/** @type {number} */ n) => `01a217f8-e56e-7764-9f6b-${String(n).padStart(12, "0")}`;
const at = (/** @type {number} */ minute) => new Date(Date.UTC(2026, 8, 14, 8, minute)).toISOString();
const person = (/** @type {number} */ n, /** @type {string} */ name, /** @type {string} */ role, /** @type {string | null} */ suspended_at = null) =>
  ({ id: id(n), name, email: `${name.split(" ")[0]?.toLowerCase() ?? ""}@school.example`, role, suspended_at, created_at: at(n) });

export const ADMIN = person(1, "Ada Lovelace", "admin");
export const STUDENT = person(2, "Ben Sørensen", "student");
const PEOPLE = [ADMIN, STUDENT, person(3, "Grace Hopper", "tutor"), person(4, "Chen Wei", "student", at(59)),
  person(5, "Maximiliane-Charlotte von der Hohenlohe-Langenburg", "student"), person(6, "Layla Haddad", "tutor"), person(7, "Emil Novák", "student")];

const course = (/** @type {number} */ n, /** @type {string} */ title, /** @type {string} */ state, /** @type {string[]} */ tutors, /** @type {number} */ students) =>
  ({ id: id(100 + n), title, summary: "Vectors, from the first one.", state, enrolment: "open", lessons: 12, published_at: state === "draft" ? null : at(n), tutors, students });
const COURSES = [course(1, "Arrows in space", "published", ["Grace Hopper", "Layla Haddad"], 1_204), course(2, "Baking without numbers", "archived", ["Layla Haddad"], 31),
  course(3, "A history of the equals sign, told by those who had to do without it", "draft", ["Grace Hopper"], 0)];

const record = (/** @type {number} */ n, /** @type {string} */ kind, /** @type {object} */ more) => ({ id: id(200 + n), at: at(n), kind, actor: null, subject: null, course: null, room: null, address: "192.0.2.7", detail: {}, ...more });
const RECORDS = [
  record(9, "admin.person_changed", { actor: id(1), subject: id(4), detail: { suspended: true } }),
  record(8, "account.login_failed", { subject: id(4) }),
  record(7, "admin.webhook_created", { actor: id(1), detail: { url: "https://hooks.school.example/lectern" } }),
  record(6, "moderation.mute", { actor: id(3), subject: id(2), room: id(300), detail: { on: true } }),
  record(5, "course.archived", { actor: id(6), course: id(102) }),
  record(4, "account.login", { actor: id(1), subject: id(1) }),
];

const webhook = (/** @type {number} */ n, /** @type {object} */ more) =>
  ({ id: id(400 + n), url: "https://hooks.school.example/lectern", kinds: [], enabled: true, disabled_reason: null, failing_since: null, created_at: at(n), ...more });
export const WEBHOOKS = [
  webhook(1, {}),
  webhook(2, { url: "https://crm.school.example/in?tenant=7b", kinds: ["enrolment.started", "enrolment.ended"], failing_since: at(20) }),
  webhook(3, { url: "https://old.school.example/hook", enabled: false, disabled_reason: "failing" }),
  webhook(4, { url: "https://reports.school.example/lectern", kinds: ["quiz.scored"], enabled: false, disabled_reason: "admin" }),
];
const delivery = (/** @type {number} */ n, /** @type {object} */ more) =>
  ({ id: id(500 + n), kind: "quiz.scored", state: "delivered", attempts: 1, status: 204, error: null, created_at: at(n), next_at: null, ...more });
const DELIVERIES = [
  delivery(5, { kind: "webhook.test", state: "pending", attempts: 0, status: null, next_at: "2099-09-14T09:00:00Z" }),
  delivery(4, { state: "pending", attempts: 4, status: 503, error: "refused", next_at: "2099-09-14T09:00:00Z" }),
  delivery(3, { state: "pending", attempts: 7, status: null, error: "no connection, or to no address of the public internet", next_at: "2099-09-14T11:00:00Z" }),
  delivery(2, {}),
  delivery(1, { kind: "enrolment.started", state: "failed", attempts: 12, status: 404, error: "refused" }),
];

const part = (/** @type {string} */ name, /** @type {string} */ state, /** @type {string} */ detail, /** @type {object} */ figures = {}) => ({ name, state, detail, figures });
const WELL = [
  part("postgres", "ok", "answers", { answer_ms: 1, busy: 2, busy_max: 16 }),
  part("replica", "ok", "follows the primary", { behind_ms: 21 }),
  part("bus", "ok", "answers"),
  part("cache", "ok", "answers"),
  part("blobs", "ok", "Azure Blob Storage: takes files", { answer_ms: 9 }),
  part("audit", "ok", "Azure Tables: can be searched", { lost: 0, spool_bytes: 4_812, spool_bytes_max: 1_073_741_824, spool_oldest_s: 1 }),
  part("mail", "off", "`mail.smtp_url` is not set: mail goes to the log"),
  part("outbox", "ok", "what happens is handed on", { waiting: 0, oldest_s: 0 }),
  part("webhooks", "ok", "what is sent arrives", { enabled: 2, failing: 0, given_up: 0, waiting: 3, overdue_s: 0 }),
  part("streams", "ok", "pages hear at once what happens", { open: 1_043, open_max: 8_000 }),
  part("breaker azure_blobs", "ok", "closed: calls are made"),
  part("breaker azure_tables", "ok", "closed: calls are made"),
];
const ILL = WELL.map((each) => ({ ...each, ...({
  replica: part("replica", "degraded", "more than a second behind the primary", { behind_bytes: 48_213_991 }),
  mail: part("mail", "down", "SMTP: the server does not answer, or refuses; the log says how"),
  audit: part("audit", "degraded", "Azure Tables: cannot be searched; what happens waits on this node’s disk", { lost: 0, spool_bytes: 61_381_120, spool_bytes_max: 1_073_741_824, spool_oldest_s: 4_210 }),
  webhooks: part("webhooks", "degraded", "one was disabled, because nothing arrived there", { enabled: 2, failing: 1, given_up: 1, waiting: 212, overdue_s: 0 }),
  "breaker azure_tables": part("breaker azure_tables", "down", "open: it failed lately, calls are refused"),
}[each.name] ?? {}) }));

/** What a school may be asked to be like. @typedef {{ viewer?: "admin" | "student", isEmpty?: boolean, isIll?: boolean }} Scene */

/** @param {Scene} scene @returns {(path: string, query: URLSearchParams) => unknown} the answer to a `GET`; `undefined` if there is none */
function answers({ viewer = "admin", isEmpty = false, isIll = false }) {
  const page = (/** @type {readonly unknown[]} */ items) => ({ items: isEmpty ? [] : items, next: isEmpty ? null : "more" });
  const one = (/** @type {readonly { id: string }[]} */ all, /** @type {string} */ path) => all.find((each) => path.endsWith(each.id));
  return (path, query) => {
    const found = COURSES.find((each) => path.includes(each.id));
    if (path === "/v1/me") return viewer === "admin" ? ADMIN : STUDENT;
    if (path === "/v1/people") return page(PEOPLE.filter(({ name }) => name.toLowerCase().includes(query.get("q") ?? "")));
    if (path.startsWith("/v1/people/")) return one(PEOPLE, path);
    if (path === "/v1/me/teaching") return page(COURSES);
    if (path.endsWith("/tutors")) return { items: [PEOPLE[2], PEOPLE[5]] };
    if (path.endsWith("/enrolments")) return page([PEOPLE[1], PEOPLE[4], PEOPLE[6]].map((each) => ({ ...each, source: "open", enrolled_at: at(30) })));
    if (found !== undefined) return { ...found, description: "", may_change: true, enrolled: false, created_at: at(1), updated_at: at(2) };
    if (path === "/v1/audit") return page(RECORDS);
    if (path === "/v1/webhooks") return { items: isEmpty ? [] : WEBHOOKS };
    if (path.endsWith("/deliveries")) return page(DELIVERIES);
    if (path.startsWith("/v1/webhooks/")) return one(WEBHOOKS, path);
    if (path === "/v1/system") return { parts: isIll ? ILL : WELL };
    return undefined;
  };
}

/** The policy of the page that browses the document, as the school sends it. */
async function documentPolicy() {
  const source = await readFile(join(CONTROL_API, "document.rs"), "utf8");
  const policy = /PAGE_POLICY: &str = "([^"]+)"/.exec(source)?.[1] ?? "";
  return policy.replace(/\\\n\s*/g, "");
}

/** @type {Readonly<Record<string, readonly [string, string]>>} the files of that page, and what they are */
const DOCUMENT = {
  "/v1/docs": ["text/html; charset=utf-8", join(CONTROL_API, "document", "page.html")],
  "/v1/docs/page.js": ["text/javascript; charset=utf-8", join(CONTROL_API, "document", "page.js")],
  "/v1/docs/page.css": ["text/css; charset=utf-8", join(CONTROL_API, "document", "page.css")],
  "/openapi.json": ["application/json", join(ROOT, "web", "packages", "client", "openapi.json")],
};

/** Starts it. `play` decides what it is like from then on. */
export async function startStandInSchool() {
  let answer = answers({});
  const policy = await documentPolicy();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://here");
    const file = DOCUMENT[pathname];
    if (file !== undefined) {
      void readFile(file[1]).then((bytes) => response.writeHead(200, { "content-type": file[0], "content-security-policy": policy }).end(bytes));
      return;
    }
    const body = request.method === "GET" ? answer(pathname, searchParams) : undefined;
    if (body === undefined) response.writeHead(404, { "content-type": "application/problem+json" }).end(JSON.stringify({ status: 404, code: "not_found", title: "There is nothing here" }));
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = () => {
    server.closeAllConnections();
    return /** @type {Promise<void>} */ (new Promise((resolve) => server.close(() => resolve())));
  };
  return { origin: `http://127.0.0.1:${port}`, play: (/** @type {Scene} */ scene) => void (answer = answers(scene)), stop };
}
