/**
 * The other side of a room's WebSocket, for tests of what the apps look like: it says what a test wants to see and answers
 * every request. What the room's server must do is not tested with this.
 */

/** @typedef {import("@lectern/client").Snapshot} Snapshot */
/** @typedef {import("@lectern/client").ServerMessage} ServerMessage */
/** @typedef {import("@lectern/client").RosterEntry} RosterEntry */
/** @typedef {import("@lectern/client").ActionName} ActionName */

/**
 * @typedef {object} RoomScene
 * @property {Partial<Snapshot>} [snapshot]
 * @property {number} [present]
 * @property {number} [waiting] how many are in the waiting room
 * @property {Record<string, number>} [reactions] that rise
 * @property {Extract<ServerMessage, { type: "goodbye" }>["code"]} [goodbye] instead of a welcome
 * @property {"waiting" | "silent"} [door] the person waits, or nothing is answered
 * @property {Extract<import("@lectern/client").Notice, { type: "quiz_score" }>} [score]
 * @property {boolean} [away] the store is away
 */

/** When the class of the pictures takes place: the same minute in every run. */
const NOW_MS = Date.UTC(2026, 8, 14, 8, 42);

/** @param {string} id @param {string} name @param {import("@lectern/client").Role} [role] @returns {import("@lectern/client").Person} */
const person = (id, name, role = "student") => ({ id, name, role });

export const PEOPLE = {
  ada: person("p1", "Ada Okafor"),
  tutor: person("t1", "Miriam Keller", "tutor"),
  ben: person("p2", "Ben Sørensen"),
  chen: person("p3", "陈思远"),
  layla: person("p4", "ليلى حداد"),
  dario: person("p5", "Dario De Luca", "co_tutor"),
  emil: person("p6", "Emil"),
};
const { ada, tutor, ben, chen, layla, dario, emil } = PEOPLE;

/** @param {number} id @param {import("@lectern/client").Person} from @param {string} text @param {Partial<import("@lectern/client").ChatMessage>} [more] @returns {import("@lectern/client").ChatMessage} */
const message = (id, from, text, more = {}) => ({ id, from, to: { kind: "everyone" }, text, at_ms: NOW_MS - (60 - id) * 21_000, ...more });

/** A conversation with everything in it. */
export const CHAT = [
  message(2, tutor, "Welcome! Today: parabolas. Slides are at https://school.example/slides/7b?week=3", { pinned: true, reactions: { "👍": 12 } }),
  message(4, ben, "Good morning everyone 👋"),
  message(5, ben, "Is the homework due today?"),
  message(8, layla, "صباح الخير! عندي سؤال عن التمرين الثالث"),
  message(11, tutor, "On Friday, Ben.", { reply_to: 5, reactions: { "🎉": 3, "❤️": 1 }, mine: ["🎉"] }),
  message(15, chen, "Why does the vertex move when a changes sign? I thought only the opening turns around.", { reactions: { "🤔": 2 } }),
  message(19, dario, "@Ada Okafor you had that on your sheet, do you want to explain?", { mentions: ["p1"] }),
  message(23, ada, "Sure: the vertex stays, <b>only</b> the sign of a decides up or down.", { edited_at_ms: NOW_MS - 1000, reactions: { "👏": 7 } }),
  message(26, emil, "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaah, now I get it"),
  message(29, emil, "", { deleted: true }),
];

/** @type {import("@lectern/client").Poll} */
export const POLL = {
  id: 31, question: "Which way does y = −2x² + 3 open?", options: ["Upwards", "Downwards", "To the side", "It depends on x"], multiple: false, anonymous: true, results: "live", quiz: false, opened_at_ms: NOW_MS,
};
/** @type {import("@lectern/client").Poll} */
export const QUIZ = {
  id: 33, question: "Where is the vertex of y = (x − 1)² + 4?", options: ["(1, 4)", "(−1, 4)", "(4, 1)"], multiple: false, anonymous: false, results: "closed", quiz: true, opened_at_ms: NOW_MS, closes_at_ms: NOW_MS + 24_000,
};
export const LEADERS = [chen, ada, layla, ben].map((who, index) => ({ rank: index + 1, person: who, points: [2840, 2615, 2190, 940][index] ?? 0 }));

const STUDENT = /** @type {ActionName[]} */ (["ping", "chat_send", "chat_edit", "chat_delete", "chat_react", "chat_history", "poll_vote", "leaderboard", "hand_raise", "hand_lower", "stage_accept", "stage_decline", "stage_leave", "react", "roster"]);
const TUTOR = /** @type {ActionName[]} */ (["ping", "chat_send", "chat_edit", "chat_delete", "chat_react", "chat_pin", "chat_history", "settings_change", "poll_open", "poll_close", "poll_voters", "leaderboard", "quiz_reset", "hand_dismiss",
  "stage_invite", "stage_accept", "stage_decline", "stage_leave", "stage_remove", "mute", "remove", "ban", "unban", "co_tutor", "admit", "admit_all", "end", "react", "roster"]);

/** @type {RosterEntry[]} */
const ROSTER = [
  { person: tutor, since_ms: NOW_MS }, { person: dario, since_ms: NOW_MS }, { person: ada, since_ms: NOW_MS }, { person: ben, since_ms: NOW_MS, place: 1 }, { person: emil, since_ms: NOW_MS, hand: true },
  { person: layla, since_ms: NOW_MS, hand: true }, { person: chen, since_ms: NOW_MS, place: 2, muted: true },
];

/**
 * Plays the room for a page.
 * @param {import("playwright-core").Page} page
 * @param {"student" | "tutor"} role
 * @param {RoomScene} scene
 */
export async function playRoom(page, role, scene) {
  await page.routeWebSocket(/\/v1\/rooms\/[^/]+\/ws$/, (socket) => {
    const say = (/** @type {ServerMessage} */ message) => socket.send(JSON.stringify(message));
    socket.onMessage((data) => {
      const message = JSON.parse(String(data));
      if (scene.door === "silent") return;
      if (message.type !== "join") return say({ type: "ok", id: message.id, ...replyTo(message, scene) });
      if (scene.door === "waiting") return say({ type: "waiting", since_ms: NOW_MS });
      if (scene.goodbye !== undefined) return say({ type: "goodbye", code: scene.goodbye, message: "" });
      say(welcome(role, scene));
      const { reactions } = scene;
      if (reactions !== undefined) setInterval(() => say({ type: "notice", notice: { type: "reactions", counts: reactions } }), 1200).unref();
    });
  });
}

/** @param {any} request @param {RoomScene} scene @returns {{ reply?: import("@lectern/client").Reply }} */
function replyTo(request, scene) {
  if (request.type === "roster") {
    const entries = request.filter === "waiting" ? [person("w1", "Noor Jansen"), person("w2", "Tomás Rey")].map((who) => ({ person: who, since_ms: NOW_MS })) : ROSTER;
    return { reply: { type: "roster", entries, total: request.filter === "waiting" ? (scene.waiting ?? 0) : (scene.present ?? entries.length) } };
  }
  if (request.type === "chat_send" || request.type === "poll_open") return { reply: { type: "made", seq: 90 } };
  return {};
}

/** @param {"student" | "tutor"} role @param {RoomScene} scene @returns {ServerMessage} */
function welcome(role, { snapshot = {}, present = 128, waiting = 0, score, away = false }) {
  return {
    type: "welcome", epoch: "e1", seq: 40, now_ms: NOW_MS,
    you: { person: role === "tutor" ? tutor : ada, rights: role === "tutor" ? TUTOR : STUDENT },
    room: {
      settings: { slow_mode_s: 0, chat_locked: false, locked: false, waiting_room: false },
      stage: [], stage_places: 6, muted: [], co_tutors: [], pinned: [], chat: [], chat_more: false, hand: false, invited: false,
      ...snapshot,
      notices: [
        { type: "presence", present, ...(role === "tutor" ? { waiting } : {}) },
        ...(score === undefined ? [] : [score]),
        ...(away ? [{ type: /** @type {const} */ ("service"), available: false }] : []),
      ],
    },
  };
}
