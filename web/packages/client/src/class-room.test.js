import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClassRoom, joinRoom } from "./class-room.js";
import { message, welcome } from "./room.fixture.js";
/** The server's end of a WebSocket that is none. */
class FakeSocket {
    url;
    subprotocol;
    readyState = 0;
    sent = [];
    #listeners = new Map();
    constructor(url, subprotocol) {
        this.url = url;
        this.subprotocol = subprotocol;
    }
    addEventListener(type, listener) {
        this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    }
    send(data) {
        this.sent.push(JSON.parse(data));
    }
    close() {
        this.drop();
    }
    open() {
        this.readyState = 1;
        this.#tell("open", undefined);
    }
    drop() {
        if (this.readyState === 3)
            return;
        this.readyState = 3;
        this.#tell("close", undefined);
    }
    say(...messages) {
        for (const each of messages)
            this.#tell("message", JSON.stringify(each));
    }
    raw(data) {
        this.#tell("message", data);
    }
    /** The last request of a type. */
    asked(type) {
        const found = this.sent.findLast((each) => each["type"] === type);
        if (found === undefined)
            throw new Error(`no ${type} among ${JSON.stringify(this.sent)}`);
        return found;
    }
    #tell(type, data) {
        for (const listener of this.#listeners.get(type) ?? [])
            listener({ data });
    }
}
const sockets = [];
const last = () => sockets.at(-1);
const settle = () => vi.advanceTimersByTimeAsync(0);
let room;
const links = [];
async function join(token = "t0ken") {
    room = joinRoom({
        room: "algebra", baseUrl: "https://class.example", token, random: () => 1,
        openSocket: (url, subprotocol) => {
            sockets.push(new FakeSocket(url, subprotocol));
            return last();
        },
    });
    room.on("link", ({ name }) => links.push(name));
    await settle();
    last().open();
}
async function joined() {
    await join();
    last().say(welcome());
    await settle();
}
const event = (seq, prev) => ({ type: "event", seq, prev, at_ms: 1, event: { type: "chat_posted", message: message(seq) } });
beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    sockets.length = 0;
    links.length = 0;
});
afterEach(() => {
    room.close();
    vi.useRealTimers();
});
describe("joining", () => {
    it("says the token in the first message and nowhere else", async () => {
        await join();
        expect([last().url, last().subprotocol]).toEqual(["wss://class.example/v1/rooms/algebra/ws", "lectern.v1"]);
        expect(last().sent).toEqual([{ type: "join", token: "t0ken" }]);
    });
    it("is live with the snapshot, and knows the server's clock", async () => {
        await join();
        last().say(welcome({ now_ms: 1_005_000, chat: [message(9)] }));
        expect([room.link.name, room.state?.chat.length, room.nowMs()]).toEqual(["live", 1, 1_005_000]);
    });
    it("waits until somebody lets it in", async () => {
        await join();
        last().say({ type: "waiting", since_ms: 5 });
        expect(room.link).toEqual({ name: "waiting", sinceMs: 5 });
        last().say(welcome());
        expect(room.link.name).toBe("live");
    });
    it("survives what is no message", async () => {
        await joined();
        for (const data of ["", "{", "[]", "null", "7", '"x"', '{"type":"confetti"}', new ArrayBuffer(3)])
            last().raw(data);
        last().say(event(11, 10));
        expect(room.state?.seq).toBe(11);
    });
});
describe("requests", () => {
    it("resolve with their own answer", async () => {
        await joined();
        const first = room.request({ type: "roster", limit: 10 });
        const second = room.request({ type: "leaderboard", limit: 10 });
        const [{ id: a }, { id: b }] = [last().asked("roster"), last().asked("leaderboard")];
        last().say({ type: "ok", id: b, reply: { type: "leaders", leaders: [] } }, { type: "ok", id: a, reply: { type: "roster", entries: [], total: 3 } });
        expect((await first).total).toBe(3);
        expect((await second).leaders).toEqual([]);
    });
    it("reject with the refusal's code", async () => {
        await joined();
        const asked = expect(room.request({ type: "hand_raise" })).rejects.toMatchObject({ code: "hands_full", retryAfterMs: 50 });
        last().say({ type: "refused", id: last().asked("hand_raise").id, code: "hands_full", message: "full", retry_after_ms: 50 });
        await asked;
    });
    it("reject when the connection breaks, and at once when there is none", async () => {
        await joined();
        const asked = expect(room.request({ type: "hand_raise" })).rejects.toMatchObject({ code: "network" });
        last().drop();
        await asked;
        await expect(room.request({ type: "hand_raise" })).rejects.toMatchObject({ code: "offline" });
    });
    it("keep what the server does not repeat: one's own vote", async () => {
        await joined();
        last().say({ type: "event", seq: 11, prev: 10, at_ms: 1, event: { type: "poll_opened", poll: { id: 11, question: "?", options: ["a", "b"], multiple: false, anonymous: false, results: "live", quiz: false, opened_at_ms: 1 } } });
        const voted = room.request({ type: "poll_vote", poll: 11, options: [1] });
        last().say({ type: "ok", id: last().asked("poll_vote").id });
        await voted;
        expect(room.state?.poll?.mine).toEqual([1]);
    });
});
describe("coming back", () => {
    it("resumes where it was, after a wait that is spread from the first time on", async () => {
        await joined();
        last().say(event(14, 10));
        last().drop();
        await settle();
        expect(room.link).toMatchObject({ name: "reconnecting", attempt: 1, retryInMs: 500 });
        await vi.advanceTimersByTimeAsync(500);
        last().open();
        expect(last().sent).toEqual([{ type: "join", token: "t0ken", resume: { epoch: "e1", seq: 14 } }]);
        last().say({ type: "resumed", seq: 15, you: welcome().you, notices: [{ type: "presence", present: 3 }], now_ms: 1 }, event(15, 14));
        expect([room.link.name, room.state?.seq, room.state?.present, room.state?.chat.length]).toEqual(["live", 15, 3, 2]);
    });
    it("heals a gap by the same way", async () => {
        await joined();
        last().say(event(13, 12));
        expect(room.state?.seq).toBe(10);
        await vi.advanceTimersByTimeAsync(500);
        last().open();
        expect(last().asked("join")["resume"]).toEqual({ epoch: "e1", seq: 10 });
    });
    it("takes a snapshot when the server has forgotten what was missed", async () => {
        await joined();
        last().drop();
        await vi.advanceTimersByTimeAsync(500);
        last().open();
        last().say({ ...welcome({ seq: 900, chat: [message(899)] }), epoch: "e2" });
        expect([room.state?.epoch, room.state?.seq, room.state?.chat.map(({ id }) => id)]).toEqual(["e2", 900, [899]]);
    });
    it("asks for a fresh token each time", async () => {
        let n = 0;
        await join(() => `t${(n += 1)}`);
        last().drop();
        await vi.advanceTimersByTimeAsync(500);
        last().open();
        expect(last().asked("join")["token"]).toBe("t2");
    });
    it("stays away as long as the server asks, and for ever when it says so", async () => {
        await joined();
        last().say({ type: "goodbye", code: "draining", message: "", retry_after_ms: 4_000 });
        await vi.advanceTimersByTimeAsync(3_999);
        expect(sockets).toHaveLength(1);
        await vi.advanceTimersByTimeAsync(2_001);
        expect(sockets).toHaveLength(2);
        last().open();
        last().say({ type: "goodbye", code: "banned", message: "You were excluded from this class." });
        await vi.advanceTimersByTimeAsync(600_000);
        expect(sockets).toHaveLength(2);
        expect(room.link).toMatchObject({ name: "over", cause: { code: "banned" } });
    });
    it("gives up a connection that fell silent", async () => {
        await joined();
        await vi.advanceTimersByTimeAsync(10_000);
        const { id } = last().asked("ping");
        last().say({ type: "ok", id });
        await vi.advanceTimersByTimeAsync(10_000);
        expect(last().sent.filter(({ type }) => type === "ping")).toHaveLength(2);
        await vi.advanceTimersByTimeAsync(4_999);
        expect(room.link.name).toBe("live");
        await vi.advanceTimersByTimeAsync(1);
        expect(room.link.name).toBe("reconnecting");
    });
    it("gives up a server that takes the connection and says nothing", async () => {
        await join();
        await vi.advanceTimersByTimeAsync(10_000);
        expect(room.link).toMatchObject({ name: "reconnecting", cause: { code: "timeout" } });
    });
    it("leaves when it is told to", async () => {
        await joined();
        room.close();
        await settle();
        expect([last().readyState, room.link.name]).toEqual([3, "closed"]);
        await vi.advanceTimersByTimeAsync(60_000);
        expect(sockets).toHaveLength(1);
    });
});
describe("messages on their way", () => {
    it("are sent once, and stay in sight until their event has come", async () => {
        await joined();
        room.say("hello");
        await settle();
        const sent = last().asked("chat_send");
        last().say({ type: "ok", id: sent.id, reply: { type: "made", seq: 11 } });
        await settle();
        expect(room.outbox.map(({ state }) => state)).toEqual(["posted"]);
        last().say(event(11, 10));
        expect(room.outbox).toEqual([]);
    });
    it("wait for a connection, keep their order and their keys", async () => {
        await joined();
        room.say("one");
        await settle();
        const { key } = last().asked("chat_send");
        last().drop();
        room.say("two");
        await vi.advanceTimersByTimeAsync(500);
        last().open();
        last().say({ type: "resumed", seq: 10, you: welcome().you, notices: [], now_ms: 1 });
        await settle();
        const again = last().asked("chat_send");
        expect([again["text"], again["key"]]).toEqual(["one", key]);
        last().say({ type: "ok", id: again.id, reply: { type: "made", seq: 11 } }, event(11, 10));
        await settle();
        expect(last().asked("chat_send")["text"]).toBe("two");
    });
    it("wait while the store is away, and go out when it is back", async () => {
        await joined();
        last().say({ type: "notice", notice: { type: "service", available: false } });
        expect(room.state?.available).toBe(false);
        room.say("hello");
        await settle();
        last().say({ type: "refused", id: last().asked("chat_send").id, code: "unavailable", message: "", retry_after_ms: 2_000 });
        await settle();
        expect(room.outbox[0]?.state).toBe("pending");
        await vi.advanceTimersByTimeAsync(2_000);
        expect(last().sent.filter(({ type }) => type === "chat_send")).toHaveLength(2);
    });
    it("fail when they would be refused again, until their writer tries", async () => {
        await joined();
        room.say("hello");
        await settle();
        last().say({ type: "refused", id: last().asked("chat_send").id, code: "chat_locked", message: "closed" });
        await settle();
        expect(room.outbox[0]).toMatchObject({ state: "failed", error: { code: "chat_locked" } });
        room.retry(room.outbox[0]?.key ?? "");
        await settle();
        expect(last().sent.filter(({ type }) => type === "chat_send")).toHaveLength(2);
    });
});
