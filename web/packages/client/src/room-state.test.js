import { describe, expect, it } from "vitest";
import { CHAT_KEPT_MAX, hasGap, may, ownPlace, withEvent, withHistory, withNotice, withReaction, withVote } from "./room-state.js";
import { ADA, BEN, message, TUTOR, welcome } from "./room.fixture.js";
import { stateFrom } from "./room-state.js";
const START = stateFrom(welcome());
const POLL = { id: 20, question: "2 + 2?", options: ["3", "4"], multiple: false, anonymous: false, results: "live", quiz: false, opened_at_ms: 1 };
/** The state after some events, numbered from 11 on. */
const after = (state, ...events) => events.reduce((now, event) => withEvent(now, { type: "event", seq: now.seq + 1, prev: now.seq, at_ms: 99, event }), state);
const posted = (id, more = {}) => ({ type: "chat_posted", message: message(id, more) });
describe("numbers", () => {
    it("an event that is in the state already changes nothing", () => {
        const event = { type: "event", seq: 10, prev: 9, at_ms: 1, event: posted(10) };
        expect(withEvent(START, event)).toBe(START);
    });
    it("a gap is told by the event before, not by the number: private ones leave holes", () => {
        const next = { type: "event", seq: 17, at_ms: 1, event: posted(17) };
        expect(hasGap(START, { ...next, prev: 10 })).toBe(false);
        expect(hasGap(START, { ...next, prev: 9 })).toBe(false);
        expect(hasGap(START, { ...next, prev: 11 })).toBe(true);
        expect(withEvent(START, { ...next, prev: 10 }).seq).toBe(17);
    });
});
describe("chat", () => {
    it("is posted, changed and deleted, in the list and among the pinned", () => {
        const pinned = after(START, posted(11), posted(12), { type: "chat_pinned", message: message(11, { pinned: true }) });
        expect(pinned.pinned.map(({ id }) => id)).toEqual([11]);
        const edited = after(pinned, { type: "chat_edited", message: 11, text: "new" });
        expect([edited.chat[0]?.text, edited.pinned[0]?.text, edited.chat[0]?.edited_at_ms]).toEqual(["new", "new", 99]);
        const deleted = after(edited, { type: "chat_deleted", message: 11, by: TUTOR.id });
        expect([deleted.chat[0]?.deleted, deleted.chat[0]?.text, deleted.pinned.length, deleted.chat.length]).toEqual([true, "", 0, 2]);
    });
    it("a pinned message that is not in the list is pinned all the same, and unpinned", () => {
        const pinned = after(START, { type: "chat_pinned", message: message(3, { pinned: true }) }, { type: "chat_pinned", message: message(2, { pinned: true }) });
        expect(pinned.pinned.map(({ id }) => id)).toEqual([2, 3]);
        expect(after(pinned, { type: "chat_pinned", message: message(3) }).pinned.map(({ id }) => id)).toEqual([2]);
    });
    it("one's own reaction survives what was made for everybody", () => {
        const mine = withReaction(after(START, posted(11)), 11, "👍", true);
        expect(mine.chat[0]?.mine).toEqual(["👍"]);
        const counted = withNotice(mine, { type: "chat_reactions", messages: { "11": { "👍": 4 } } });
        expect([counted.chat[0]?.reactions, counted.chat[0]?.mine]).toEqual([{ "👍": 4 }, ["👍"]]);
        const pinned = after(counted, { type: "chat_pinned", message: message(11, { pinned: true, reactions: { "👍": 4 } }) });
        expect([pinned.chat[0]?.mine, pinned.pinned[0]?.mine]).toEqual([["👍"], ["👍"]]);
        expect(withReaction(pinned, 11, "👍", false).chat[0]?.mine).toEqual([]);
    });
    it("grows backwards by pages, without doubles", () => {
        const state = withHistory(after(START, posted(11)), { messages: [message(4), message(5), message(11)], more: true });
        expect([state.chat.map(({ id }) => id), state.chatMore]).toEqual([[4, 5, 11], true]);
    });
    it("does not grow for ever", () => {
        const full = { ...START, chat: Array.from({ length: CHAT_KEPT_MAX }, (_, id) => message(id - CHAT_KEPT_MAX)), chatMore: false };
        const state = after(full, posted(11));
        expect([state.chat.length, state.chat.at(-1)?.id, state.chatMore]).toEqual([CHAT_KEPT_MAX, 11, true]);
    });
});
describe("polls", () => {
    it("are opened, counted and closed, and remember one's own choice", () => {
        const open = withVote(after(START, { type: "poll_opened", poll: POLL }), 20, [1]);
        const counted = withNotice(open, { type: "poll_tally", poll: 20, tally: { votes: [1, 4], voters: 5 } });
        expect([counted.poll?.mine, counted.poll?.tally]).toEqual([[1], { votes: [1, 4], voters: 5 }]);
        const closed = after(counted, { type: "poll_closed", outcome: { poll: POLL, closed_at_ms: 9, tally: { votes: [1, 4], voters: 5 } } });
        expect([closed.poll, closed.outcome?.mine, closed.outcome?.tally?.voters]).toEqual([undefined, [1], 5]);
    });
    it("a late tally or vote of another poll changes nothing", () => {
        const open = after(START, { type: "poll_opened", poll: POLL });
        expect(withNotice(open, { type: "poll_tally", poll: 7, tally: { votes: [9, 9], voters: 18 } })).toBe(open);
        expect(withVote(open, 7, [0])).toBe(open);
    });
    it("a new quiz forgets the points", () => {
        const leader = { rank: 1, person: ADA, points: 900 };
        const scored = withNotice(after(START, { type: "poll_closed", outcome: { poll: POLL, closed_at_ms: 9, correct: [1], leaders: [leader] } }), { type: "quiz_score", poll: 20, correct: true, points: 900, total: leader });
        expect(scored.score?.points).toBe(900);
        const anew = after(scored, { type: "quiz_reset" });
        expect([anew.score, anew.outcome?.leaders]).toEqual([undefined, []]);
    });
});
describe("hands and stage", () => {
    it("hands keep their order and tell whether one's own is up", () => {
        const up = after(START, { type: "hand_raised", hand: { person: BEN, at_ms: 1 } }, { type: "hand_raised", hand: { person: ADA, at_ms: 2 } });
        expect([up.hands.map(({ person }) => person.name), up.hand]).toEqual([["Ben", "Ada"], true]);
        const down = after(up, { type: "hand_lowered", person: ADA.id });
        expect([down.hands.length, down.hand]).toEqual([1, false]);
    });
    it("an invitation is accepted, declined or taken back", () => {
        const called = after(START, { type: "stage_invited", person: ADA });
        expect([called.invited, called.invitations.length]).toEqual([true, 1]);
        expect(after(called, { type: "stage_declined", person: ADA.id })).toMatchObject({ invited: false, invitations: [] });
        const there = after(called, { type: "stage_joined", place: { place: 2, person: ADA } });
        expect([there.invited, ownPlace(there)?.place]).toEqual([false, 2]);
        expect(after(there, { type: "stage_left", place: { place: 2, person: ADA } }).stage).toEqual([]);
    });
    it("who took a place is not put off it by who left it before", () => {
        const there = after(START, { type: "stage_joined", place: { place: 1, person: BEN } });
        expect(after(there, { type: "stage_left", place: { place: 1, person: ADA } }).stage).toHaveLength(1);
    });
});
describe("moderation and notices", () => {
    it("keeps who is muted and who helps", () => {
        const state = after(START, { type: "muted", person: BEN.id, on: true }, { type: "co_tutor_changed", person: BEN, on: true });
        expect([state.muted, state.coTutors]).toEqual([[BEN.id], [BEN.id]]);
        expect(after(state, { type: "muted", person: BEN.id, on: false }).muted).toEqual([]);
    });
    it("counts who is here and who waits", () => {
        const state = withNotice(START, { type: "presence", present: 1043, waiting: 7 });
        expect([state.present, state.waiting]).toEqual([1043, 7]);
        expect(withNotice(state, { type: "presence", present: 1044 }).waiting).toBe(7);
    });
    it("rights are those that the server gave", () => {
        expect([may(START, "chat_send"), may(START, "ban"), may(undefined, "chat_send")]).toEqual([true, false, false]);
    });
    it("survives what only a newer server says", () => {
        const event = { type: "event", seq: 11, prev: 10, at_ms: 1, event: { type: "confetti" } };
        expect(withEvent(START, event).seq).toBe(11);
        expect(withNotice(START, { type: "confetti" })).toMatchObject({ seq: 10 });
    });
});
