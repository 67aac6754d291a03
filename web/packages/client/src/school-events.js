import { retryDelayMs, sleep } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { EventStreamParser } from "./event-stream.js";
import { asLecternError } from "./problem.js";
/** A stream that lasted this long was a success: the backoff starts again. */
const STEADY_MS = 10_000;
/** The server says something every 15 s at least; after this long a connection is dead. */
const SILENCE_MAX_MS = 40_000;
/** A page that nobody sees holds a connection so long; what happens then is read when it is seen again. */
const HIDDEN_MS = 60_000;
/** Ids remembered, to know an event that comes twice. */
const SEEN_MAX = 512;
/**
 * Listens to the events of who is signed in, until closed. An interruption is healed by `Last-Event-ID`, waiting with jitter
 * from the first time on; what comes twice is told once. A page that nobody sees lets go of its connection.
 */
export function schoolEvents(school, random = Math.random) {
    return new Feed(school, random);
}
class Feed {
    #school;
    #random;
    #emitter = new Emitter();
    #closing = new AbortController();
    #seen = new Set();
    #lastId;
    /** Ends the stream that is open, or the wait for the next one. */
    #interrupt = new AbortController();
    #hiddenTimer;
    /** Whether the connection was let go of because nobody sees the page. */
    #resting = false;
    #wake;
    constructor(school, random) {
        this.#school = school;
        this.#random = random;
        if (typeof document !== "undefined") {
            // Opened in the background: a browser has few connections, which pages that nobody sees would use up.
            this.#resting = document.hidden;
            document.addEventListener("visibilitychange", this.#onVisibility, { signal: this.#closing.signal });
        }
        void this.#run();
    }
    on(name, listener, signal) {
        return this.#emitter.on(name, listener, signal);
    }
    close() {
        clearTimeout(this.#hiddenTimer);
        this.#closing.abort();
        this.#interrupt.abort();
        this.#wake?.();
    }
    async #run() {
        for (let attempt = 0; !this.#closing.signal.aborted; attempt += 1) {
            if (this.#resting)
                await new Promise((resolve) => (this.#wake = resolve));
            const startedMs = performance.now();
            let retryAfterMs;
            try {
                await this.#listenOnce();
            }
            catch (thrown) {
                const error = asLecternError(thrown);
                // Who is not signed in has no events; a page that signs in makes a new feed.
                if (error.status === 401 || error.status === 403)
                    return;
                retryAfterMs = error.retryAfterMs;
            }
            if (this.#closing.signal.aborted)
                return;
            this.#emitter.emit("link", { live: false });
            if (performance.now() - startedMs > STEADY_MS)
                attempt = 0;
            if (!this.#resting)
                await sleep(retryDelayMs(attempt, retryAfterMs, this.#random), this.#interrupt.signal).catch(() => undefined);
        }
    }
    async #listenOnce() {
        this.#interrupt = new AbortController();
        const { signal } = this.#interrupt;
        const headers = { accept: "text/event-stream", ...(this.#lastId !== undefined && { "last-event-id": this.#lastId }) };
        let silence = this.#watchdog();
        try {
            const response = await this.#school.open("/v1/events", headers, signal);
            if (response.body === null)
                return;
            this.#emitter.emit("link", { live: true });
            if (this.#lastId === undefined)
                this.#emitter.emit("begin", {});
            const parser = new EventStreamParser();
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            for (;;) {
                const { value, done } = await reader.read();
                if (done)
                    return;
                clearTimeout(silence);
                silence = this.#watchdog();
                parser.push(value).forEach((event) => this.#take(event));
            }
        }
        finally {
            clearTimeout(silence);
        }
    }
    #watchdog() {
        const { signal } = this.#interrupt;
        const interrupt = this.#interrupt;
        return setTimeout(() => signal.aborted || interrupt.abort(), SILENCE_MAX_MS);
    }
    #take({ event, data, id }) {
        if (id !== undefined) {
            if (this.#seen.has(id))
                return;
            this.#seen.add(id);
            this.#lastId = id;
            if (this.#seen.size > SEEN_MAX)
                for (const oldest of [...this.#seen].slice(0, SEEN_MAX / 2))
                    this.#seen.delete(oldest);
        }
        let value;
        try {
            value = JSON.parse(data);
        }
        catch {
            return;
        }
        // The names that this version does not know have no listeners.
        if (typeof value === "object" && value !== null)
            this.#emitter.emit(event, value);
    }
    #onVisibility = () => {
        clearTimeout(this.#hiddenTimer);
        if (document.hidden) {
            this.#hiddenTimer = setTimeout(() => {
                this.#resting = true;
                this.#interrupt.abort();
            }, HIDDEN_MS);
        }
        else if (this.#resting) {
            this.#resting = false;
            this.#wake?.();
        }
    };
}
