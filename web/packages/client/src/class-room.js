import { retryDelayMs, sleep } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { Outbox } from "./outbox.js";
import { asLecternError, LecternError } from "./problem.js";
import { currentToken } from "./resource.js";
import { DEFAULT_PATIENCE, Farewell, RoomConnection } from "./room-connection.js";
import { roomUrl } from "./room.js";
import { hasGap, stateFrom, withEvent, withHistory, withNotice, withReaction, withVote } from "./room-state.js";
/** A connection that lasted this long was sound: the next loss starts the backoff anew. */
const STEADY_MS = 5_000;
/** A store that is away is asked again after this, if it does not say when. */
const OUTBOX_RETRY_MS = 1_000;
/** Joins a room: chat, polls, hands, stage and who is there. */
export function joinRoom(options) {
    const room = new ClassRoom(options);
    room.start();
    return room;
}
/** A room as this person has it; see {@link joinRoom}. Comes back by itself and misses nothing. */
export class ClassRoom extends Emitter {
    #options;
    #abort = new AbortController();
    #signal;
    #outbox = new Outbox();
    #connection;
    #state;
    #link = { name: "connecting" };
    #clockOffsetMs = 0;
    #hurry;
    #sending = false;
    constructor(options) {
        super();
        this.#options = options;
        this.#signal = options.signal === undefined ? this.#abort.signal : AbortSignal.any([options.signal, this.#abort.signal]);
    }
    /** Begins; called by {@link joinRoom}, once. */
    start() {
        void this.#run();
        // Absent outside of browsers.
        const target = globalThis;
        const wake = () => {
            this.#hurry?.();
            this.#connection?.probe();
        };
        target.addEventListener?.("online", wake, { signal: this.#signal });
        target.addEventListener?.("pageshow", wake, { signal: this.#signal });
    }
    get link() {
        return this.#link;
    }
    /** Undefined until the server has let the person in. */
    get state() {
        return this.#state;
    }
    get outbox() {
        return this.#outbox.messages;
    }
    /** The server's clock, milliseconds since 1970. */
    nowMs() {
        return Date.now() + this.#clockOffsetMs;
    }
    /** Asks for something; rejects with the refusal's code, or `offline`, `network`, `timeout`. */
    async request(action) {
        const connection = this.#connection;
        if (connection === undefined || this.#link.name !== "live")
            throw new LecternError("offline", "There is no connection to the class.");
        const reply = await connection.request(action);
        this.#settled(action, reply);
        return reply;
    }
    /** Writes a message. Goes out as soon as it can, once; see `outbox`. Throws `outbox_full`. */
    say(text, more = {}) {
        const { to = { kind: "everyone" }, replyTo, mentions = [] } = more;
        this.#outbox.add({ key: crypto.randomUUID(), text, to, replyTo, mentions, atMs: Date.now() });
        this.#outboxChanged();
        void this.#flush();
    }
    /** Sends a failed message after all. */
    retry(key) {
        this.#outbox.retry(key, Date.now());
        this.#outboxChanged();
        void this.#flush();
    }
    /** Forgets a message that is not posted yet. */
    discard(key) {
        this.#outbox.discard(key);
        this.#outboxChanged();
    }
    /** Brings older messages into the state. */
    async loadOlder(limit = 50) {
        const before = this.#state?.chat[0]?.id;
        await this.request({ type: "chat_history", limit, ...(before === undefined ? {} : { before }) });
    }
    /** Leaves. */
    close() {
        this.#abort.abort(new DOMException("closed", "AbortError"));
    }
    on(name, listener, signal) {
        return super.on(name, listener, signal);
    }
    async #run() {
        let attempt = 0;
        while (!this.#signal.aborted) {
            const startedMs = performance.now();
            const cause = await this.#stay();
            if (this.#signal.aborted)
                break;
            if (cause instanceof Farewell && cause.retryAfterMs === undefined) {
                this.#enter({ name: "over", cause });
                return;
            }
            if (performance.now() - startedMs > STEADY_MS)
                attempt = 0;
            const retryInMs = retryDelayMs(attempt, cause.retryAfterMs, this.#options.random);
            attempt += 1;
            this.#enter({ name: "reconnecting", attempt, retryInMs, cause });
            await this.#pause(retryInMs, cause.retryAfterMs === undefined);
        }
        this.#enter({ name: "closed" });
    }
    /** Waits; the network's return ends it early, unless the server asked for the wait. */
    async #pause(ms, mayHurry) {
        const early = new AbortController();
        this.#hurry = mayHurry ? () => early.abort() : undefined;
        await sleep(ms, AbortSignal.any([this.#signal, early.signal])).catch(() => undefined);
        this.#hurry = undefined;
    }
    /** One connection; resolves with why it ended. */
    async #stay() {
        const { openSocket = openWebSocket, patience = DEFAULT_PATIENCE } = this.#options;
        let token;
        try {
            token = await currentToken(this.#options.token);
        }
        catch (thrown) {
            return asLecternError(thrown);
        }
        const resume = this.#state === undefined ? {} : { resume: { epoch: this.#state.epoch, seq: this.#state.seq } };
        const cause = await new Promise((onClose) => {
            const connection = new RoomConnection({
                url: roomUrl(this.#options, "ws").replace(/^http/, "ws"),
                join: { type: "join", token, ...resume },
                open: openSocket,
                patience,
                listener: { onMessage: (message) => this.#receive(message), onClose },
            });
            this.#connection = connection;
            this.#signal.addEventListener("abort", () => connection.close(new LecternError("closed", "The person left.")), { once: true });
        });
        this.#connection = undefined;
        return cause;
    }
    #receive(message) {
        switch (message.type) {
            case "welcome":
                this.#clockOffsetMs = message.now_ms - Date.now();
                this.#change(stateFrom(message));
                this.#live();
                break;
            case "resumed":
                this.#clockOffsetMs = message.now_ms - Date.now();
                if (this.#state !== undefined)
                    this.#change(message.notices.reduce(withNotice, { ...this.#state, you: message.you }));
                this.#live();
                break;
            case "waiting":
                this.#enter({ name: "waiting", sinceMs: message.since_ms });
                break;
            case "event":
                this.#happened(message);
                break;
            case "notice":
                this.#noticed(message.notice);
                break;
            case "goodbye":
                break;
        }
    }
    #live() {
        this.#enter({ name: "live" });
        for (const { id } of this.#state?.chat ?? [])
            this.#outbox.seen(id);
        this.#outboxChanged();
        void this.#flush();
    }
    #happened(message) {
        const before = this.#state;
        if (before === undefined || message.seq <= before.seq)
            return;
        if (hasGap(before, message)) {
            // Something was lost on the way. What was missed comes again by `resume`.
            this.#connection?.close(new LecternError("gap", "Something was missed."));
            return;
        }
        if (message.event.type === "chat_posted") {
            this.#outbox.seen(message.event.message.id);
            this.#outboxChanged();
        }
        this.#change(withEvent(before, message));
        this.emit(message.event.type, message);
    }
    #noticed(notice) {
        if (this.#state !== undefined)
            this.#change(withNotice(this.#state, notice));
        this.emit(notice.type, notice);
        if (notice.type === "service" && notice.available)
            void this.#flush();
    }
    /** What the server does not tell the one who did it. */
    #settled(action, reply) {
        if (this.#state === undefined)
            return;
        if (action.type === "poll_vote")
            this.#change(withVote(this.#state, action.poll, action.options));
        if (action.type === "chat_react")
            this.#change(withReaction(this.#state, action.message, action.emoji, action.on));
        if (action.type === "chat_history" && reply?.type === "chat")
            this.#change(withHistory(this.#state, reply));
    }
    /** Sends what waits, one after the other, so that the order stays. */
    async #flush() {
        if (this.#sending)
            return;
        this.#sending = true;
        const connection = this.#connection;
        while (this.#link.name === "live" && connection?.closed === false) {
            const message = this.#outbox.next(Date.now());
            this.#outboxChanged();
            if (message === undefined)
                break;
            const { key, text, to, replyTo, mentions } = message;
            try {
                const made = await this.request({ type: "chat_send", key, text, to, mentions: [...mentions], ...(replyTo === undefined ? {} : { reply_to: replyTo }) });
                this.#outbox.posted(key, made.seq);
                if (this.#state?.chat.some(({ id }) => id === made.seq) === true)
                    this.#outbox.seen(made.seq);
            }
            catch (thrown) {
                const verdict = this.#outbox.refused(key, asLecternError(thrown));
                if (verdict.again && !connection.closed)
                    await sleep(Math.max(verdict.afterMs, OUTBOX_RETRY_MS), this.#signal).catch(() => undefined);
            }
            this.#outboxChanged();
        }
        this.#sending = false;
        // Another connection may have come meanwhile.
        if (connection !== this.#connection)
            void this.#flush();
    }
    #outboxShown = [];
    #outboxChanged() {
        if (this.#outbox.messages === this.#outboxShown)
            return;
        this.#outboxShown = this.#outbox.messages;
        this.emit("outbox", this.#outbox.messages);
    }
    #change(state) {
        if (state === this.#state)
            return;
        this.#state = state;
        this.emit("state", state);
    }
    #enter(link) {
        this.#link = link;
        this.emit("link", link);
    }
}
function openWebSocket(url, subprotocol) {
    return new WebSocket(url, subprotocol);
}
