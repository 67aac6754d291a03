import type { ChatMessage, Person, ServerMessage } from "./room-protocol.gen.js";

/** The reader of the tests. */
export const ADA: Person = { id: "ada", name: "Ada", role: "student" };
export const BEN: Person = { id: "ben", name: "Ben", role: "student" };
export const TUTOR: Person = { id: "eve", name: "Eve", role: "tutor" };

/** A message of Ben's. */
export function message(id: number, more: Partial<ChatMessage> = {}): ChatMessage {
  return { id, from: BEN, to: { kind: "everyone" }, text: `message ${id}`, at_ms: id, ...more };
}

/** What Ada gets when she comes into an empty room. */
export function welcome(more: { seq?: number; chat?: ChatMessage[]; now_ms?: number } = {}): Extract<ServerMessage, { type: "welcome" }> {
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
