import { LecternError } from "./problem.js";
/** The WebSocket subprotocol. */
export const SUBPROTOCOL = "lectern.v1";
/** A phone that changes from Wi-Fi to mobile data leaves a connection that is only half closed: it is given up after 15 s. */
export const DEFAULT_PATIENCE = { joinMs: 10_000, answerMs: 10_000, silenceMs: 10_000, pongMs: 5_000 };
const OPEN = 1;
/** One WebSocket from `join` to its end. Not for use by itself: see `joinRoom`. */
export class RoomConnection {
    #socket;
    #listener;
    #patience;
    #pending = new Map();
    #nextId = 1;
    #joined = false;
    #closed = false;
    #timer;
    constructor(options) {
        const { url, join, open, listener, patience } = options;
        this.#listener = listener;
        this.#patience = patience;
        this.#socket = open(url, SUBPROTOCOL);
        this.#socket.addEventListener("open", () => this.#send(join));
        this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
        this.#socket.addEventListener("close", () => this.close(new LecternError("network", "The connection was lost.")));
        this.#socket.addEventListener("error", () => this.close(new LecternError("network", "The server does not answer.")));
        this.#timer = setTimeout(() => this.close(new LecternError("timeout", "The server did not answer in time.")), patience.joinMs);
    }
    /** Whether it is at its end. */
    get closed() {
        return this.#closed;
    }
    /** Asks for something; resolves with what it was answered with, rejects with the refusal's code, `network` or `timeout`. */
    request(action) {
        return new Promise((resolve, reject) => {
            if (this.#closed || this.#socket.readyState !== OPEN) {
                reject(new LecternError("offline", "There is no connection to the class."));
                return;
            }
            const id = this.#nextId;
            this.#nextId += 1;
            const timer = setTimeout(() => {
                this.#pending.delete(id);
                reject(new LecternError("timeout", "The server did not answer in time."));
            }, this.#patience.answerMs);
            this.#pending.set(id, { resolve, reject, timer });
            this.#send({ id, ...action });
        });
    }
    /** Asks now whether anybody is there: the page was asleep, or the network changed. */
    probe() {
        if (!this.#joined || this.#closed)
            return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.close(new LecternError("network", "The connection fell silent.")), this.#patience.pongMs);
        this.request({ type: "ping" }).catch(() => undefined);
    }
    /** Ends it; `cause` is what the owner and all who wait are told. */
    close(cause) {
        if (this.#closed)
            return;
        this.#closed = true;
        clearTimeout(this.#timer);
        for (const { reject, timer } of this.#pending.values()) {
            clearTimeout(timer);
            reject(cause);
        }
        this.#pending.clear();
        this.#socket.close(1000);
        this.#listener.onClose(cause);
    }
    #send(message) {
        if (this.#socket.readyState === OPEN)
            this.#socket.send(JSON.stringify(message));
    }
    #receive(data) {
        if (this.#closed)
            return;
        const message = parse(data);
        // What cannot be understood comes from a newer server, and is not for us.
        if (message === undefined)
            return;
        if (message.type === "welcome" || message.type === "resumed" || message.type === "waiting")
            this.#joined = true;
        this.#watch();
        switch (message.type) {
            case "ok":
                this.#settle(message.id, ({ resolve }) => resolve(message.reply));
                break;
            case "refused":
                if (message.id !== undefined)
                    this.#settle(message.id, ({ reject }) => reject(refusal(message)));
                break;
            case "goodbye":
                this.close(farewell(message));
                break;
            case "welcome":
            case "resumed":
            case "waiting":
            case "event":
            case "notice":
                this.#listener.onMessage(message);
                break;
            default:
                message;
        }
    }
    #settle(id, how) {
        const pending = this.#pending.get(id);
        if (pending === undefined)
            return;
        this.#pending.delete(id);
        clearTimeout(pending.timer);
        how(pending);
    }
    /** Everything that comes says that the connection lives. */
    #watch() {
        if (!this.#joined)
            return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.probe(), this.#patience.silenceMs);
    }
}
/** A server's last word; without a time to come back it is final. */
export class Farewell extends LecternError {
}
function farewell({ code, message, retry_after_ms: retryAfterMs }) {
    return new Farewell(code, message, { retryAfterMs });
}
function refusal({ code, message, retry_after_ms: retryAfterMs }) {
    return new LecternError(code, message, { retryAfterMs });
}
function parse(data) {
    try {
        const value = typeof data === "string" ? JSON.parse(data) : undefined;
        return typeof value === "object" && value !== null && "type" in value ? value : undefined;
    }
    catch {
        return undefined;
    }
}
