import { LecternError } from "./problem.js";
/** More than this wait for a connection in nobody's head. */
export const OUTBOX_MAX = 20;
/** What was written longer ago is sent only when its writer says so: the class has moved on. */
export const OUTBOX_AGE_MS_MAX = 120_000;
/** Refusals after which the same message may succeed by itself. */
const PASSING_CODES = new Set(["unavailable", "rate_limited", "slow_mode", "draining", "network", "timeout", "offline", "internal"]);
/** Messages that are not posted yet, oldest first. Knows no network and no clock. */
export class Outbox {
    #messages = [];
    get messages() {
        return this.#messages;
    }
    /** Takes a message; throws `outbox_full`. */
    add(message) {
        if (this.#messages.length >= OUTBOX_MAX)
            throw new LecternError("outbox_full", "Too many messages wait for a connection.");
        this.#messages = [...this.#messages, { ...message, state: "pending", error: undefined, id: undefined }];
    }
    /** The next one to send, if any; those that are too old fail first. */
    next(nowMs) {
        for (const message of this.#messages) {
            if (message.state === "pending" && nowMs - message.atMs > OUTBOX_AGE_MS_MAX) {
                this.#change(message.key, { state: "failed", error: new LecternError("outbox_late", "It could not be sent in time.") });
            }
        }
        return this.#messages.find(({ state }) => state === "pending");
    }
    /** The server posted it as `id`; it stays until its event has come, so that it is never out of sight. */
    posted(key, id) {
        this.#change(key, { state: "posted", id });
    }
    /** The event `id` has come. */
    seen(id) {
        this.#messages = this.#messages.filter((message) => message.id !== id);
    }
    /** It was refused, or no answer came. */
    refused(key, error) {
        if (PASSING_CODES.has(error.code))
            return { again: true, afterMs: error.retryAfterMs ?? 0 };
        this.#change(key, { state: "failed", error });
        return { again: false };
    }
    /** Its writer wants it sent after all. */
    retry(key, nowMs) {
        this.#change(key, { state: "pending", error: undefined, atMs: nowMs });
    }
    /** Its writer does not want it sent any more. */
    discard(key) {
        this.#messages = this.#messages.filter((message) => message.key !== key);
    }
    #change(key, part) {
        this.#messages = this.#messages.map((message) => (message.key === key ? { ...message, ...part } : message));
    }
}
