import { retryDelayMs, sleep } from "./backoff.js";
import { asLecternError, problemFrom } from "./problem.js";
import { request } from "./resource.js";
/** More than this in one event is not an event of ours. */
const EVENT_CHARS_MAX = 262_144;
/** A subscription or an attempt at one that lasted this long counts as a success: the backoff starts again. */
const STEADY_MS = 10_000;
/** Turns the text of a `text/event-stream`, in whatever pieces it comes, into events (HTML Standard section 9.2). */
export class EventStreamParser {
    #rest = "";
    #event = "";
    #data = [];
    #id;
    push(text) {
        const events = [];
        // A CR at the end may be half a CRLF, so it waits for what follows.
        const whole = (this.#rest + text).replace(/\r\n/g, "\n");
        const lines = whole.split(/\n|\r(?!$)/);
        this.#rest = lines.pop() ?? "";
        if (this.#rest.length > EVENT_CHARS_MAX)
            this.#rest = "";
        for (const line of lines) {
            if (line !== "") {
                this.#field(line);
                continue;
            }
            if (this.#data.length > 0) {
                events.push({ event: this.#event || "message", data: this.#data.join("\n"), ...(this.#id !== undefined && { id: this.#id }) });
            }
            this.#event = "";
            this.#data = [];
            this.#id = undefined;
        }
        return events;
    }
    #field(line) {
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event")
            this.#event = value;
        else if (name === "data")
            this.#data.push(value);
        else if (name === "id")
            this.#id = value;
    }
}
/**
 * Listens to a session's events until `signal` aborts, coming back with jitter after an interruption. Uses `fetch`, since
 * `EventSource` cannot send a token. Resolves with the refusal when the server says that there is nothing to listen to
 * (any more), with `undefined` when aborted.
 */
export async function listen(subscription) {
    const { signal } = subscription;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
        const startedMs = performance.now();
        let retryAfterMs;
        try {
            await listenOnce(subscription);
        }
        catch (thrown) {
            if (signal.aborted)
                return undefined;
            const error = asLecternError(thrown);
            if (!error.retryable && error.status !== undefined)
                return error;
            retryAfterMs = error.retryAfterMs;
        }
        if (performance.now() - startedMs > STEADY_MS)
            attempt = 0;
        await sleep(retryDelayMs(attempt, retryAfterMs), signal).catch(() => undefined);
    }
    return undefined;
}
async function listenOnce({ url, token, events, onEvent, signal }) {
    const body = JSON.stringify(events);
    const created = await request(url, token, { method: "POST", body, headers: { "content-type": "application/json" }, signal });
    if (created.status !== 201)
        throw await problemFrom(created);
    const location = new URL(created.headers.get("location") ?? "", created.url).href;
    const stream = await request(location, token, { headers: { accept: "text/event-stream" }, signal });
    if (!stream.ok || stream.body === null)
        throw await problemFrom(stream);
    const parser = new EventStreamParser();
    const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
        const { value, done } = await reader.read();
        if (done)
            return;
        parser.push(value).forEach(onEvent);
    }
}
