/** The reader of the tests. */
export const ADA = { id: "ada", name: "Ada", role: "student" };
export const BEN = { id: "ben", name: "Ben", role: "student" };
export const TUTOR = { id: "eve", name: "Eve", role: "tutor" };
/** A message of Ben's. */
export function message(id, more = {}) {
    return { id, from: BEN, to: { kind: "everyone" }, text: `message ${id}`, at_ms: id, ...more };
}
/** What Ada gets when she comes into an empty room. */
export function welcome(more = {}) {
    return {
        type: "welcome",
        epoch: "e1",
        seq: more.seq ?? 10,
        now_ms: more.now_ms ?? 0,
        you: { person: ADA, rights: ["ping", "chat_send", "chat_react", "poll_vote", "hand_raise"] },
        room: {
            settings: { slow_mode_s: 0, chat_locked: false, locked: false, waiting_room: false },
            stage: [], stage_places: 4, muted: [], co_tutors: [], pinned: [], chat: more.chat ?? [], chat_more: false, hand: false, invited: false, notices: [],
        },
    };
}
