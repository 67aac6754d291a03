import { retryDelayMs, sleep } from "./backoff.js";
import { LecternError, problemFrom } from "./problem.js";
/** One try of a request, milliseconds. */
const TIMEOUT_MS = 15_000;
/** A request is sent so often at most, when it does no harm to send it twice. */
const TRIES_MAX = 3;
/** A server that asks to stay away for longer is reported, not waited for. */
const RETRY_AFTER_MAX_MS = 10_000;
/** Across the tabs of a browser one session is renewed at a time: its refresh token is good for once. */
const REFRESH_LOCK = "lectern-session";
/**
 * The school's REST API, typed by its OpenAPI document.
 *
 * A call gives the answer's body, or rejects with a {@link LecternError} that has the server's stable code and the fields at
 * fault. What can be repeated without harm (`GET`, `PUT`, `DELETE`, and what says `idempotent`) is repeated when the network or
 * the server fails for a moment, after the server's `Retry-After` and with jitter. A session that ran out is renewed once for
 * all requests that notice it, and they are sent again.
 */
export class School {
    #options;
    #refreshing;
    /** When the session was renewed last. */
    #refreshedAtMs = -Infinity;
    constructor(options = {}) {
        this.#options = options;
    }
    get(path, ...call) {
        return this.#json("get", path, call[0]);
    }
    post(path, ...call) {
        return this.#json("post", path, call[0]);
    }
    put(path, ...call) {
        return this.#json("put", path, call[0]);
    }
    patch(path, ...call) {
        return this.#json("patch", path, call[0]);
    }
    delete(path, ...call) {
        return this.#json("delete", path, call[0]);
    }
    /** Opens what answers with a stream, once, with the session renewed if it ran out. The caller reads, and repeats. */
    async open(path, headers, signal) {
        return this.#withSession(path, () => this.#fetch(path, { headers, signal, cache: "no-store" }));
    }
    /**
     * Renews the session now. All who ask at once share one request.
     * @returns whether there is a session.
     */
    refresh() {
        this.#refreshing ??= this.#refresh().finally(() => {
            this.#refreshing = undefined;
        });
        return this.#refreshing;
    }
    async #json(method, path, call = {}) {
        const url = expand(path, call.path) + queryString(call.query);
        const repeatable = method !== "post" && method !== "patch" ? true : call.idempotent === true;
        for (let tries = 1;; tries += 1) {
            try {
                const response = await this.#withSession(url, () => this.#try(method, url, call));
                return await body(response);
            }
            catch (thrown) {
                call.signal?.throwIfAborted();
                const error = thrown;
                // The try before did it, but its answer was lost.
                if (method === "delete" && tries > 1 && error.status === 404)
                    return undefined;
                const passes = error instanceof LecternError && error.retryable && (error.retryAfterMs ?? 0) <= RETRY_AFTER_MAX_MS;
                if (!repeatable || !passes || tries >= TRIES_MAX)
                    throw thrown;
                await sleep(retryDelayMs(tries - 1, error.retryAfterMs), call.signal ?? new AbortController().signal);
            }
        }
    }
    async #try(method, url, call) {
        const timeout = AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS);
        const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
        const body = call.body === undefined ? undefined : JSON.stringify(call.body);
        const headers = body === undefined ? {} : { "content-type": "application/json" };
        try {
            return await this.#fetch(url, { ...call.init, method: method.toUpperCase(), headers, signal, ...(body !== undefined && { body }) });
        }
        catch (error) {
            if (timeout.aborted)
                throw new LecternError("timeout", "The server takes too long.", { cause: error });
            throw error;
        }
    }
    /** Sends; when the session ran out, renews it and sends once more. What is no success rejects. */
    async #withSession(url, send) {
        const sentAtMs = performance.now();
        let response = await send();
        // At the session's own routes `401` is about what was sent.
        const renewable = this.#options.refresh !== false && !url.startsWith("/v1/session");
        if (response.status === 401 && renewable) {
            const refused = await problemFrom(response);
            // It may have been renewed since this was sent.
            if (this.#refreshedAtMs < sentAtMs && !(await this.refresh()))
                throw refused;
            response = await send();
        }
        if (!response.ok)
            throw await problemFrom(response);
        return response;
    }
    async #refresh() {
        const renew = async () => {
            const signal = AbortSignal.timeout(TIMEOUT_MS);
            const response = await this.#fetch("/v1/session/refresh", { method: "POST", signal });
            if (response.ok) {
                this.#refreshedAtMs = performance.now();
                return true;
            }
            const error = await problemFrom(response);
            // Nobody is signed in; everything else says nothing about the session.
            if (error.status !== 400 && error.status !== 401 && error.status !== 403)
                throw error;
            this.#options.onSignedOut?.();
            return false;
        };
        const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
        return locks === undefined ? renew() : locks.request(REFRESH_LOCK, renew);
    }
    async #fetch(url, init) {
        const headers = { accept: "application/json", ...this.#options.headers, ...init.headers };
        const send = this.#options.fetch ?? fetch;
        try {
            return await send((this.#options.baseUrl ?? "") + url, { credentials: "same-origin", ...init, headers });
        }
        catch (error) {
            if (init.signal?.aborted === true)
                throw error;
            throw new LecternError("network", "The server does not answer.", { cause: error });
        }
    }
}
/** `/v1/courses/{id}` with its parameters. */
function expand(path, parameters = {}) {
    const values = parameters;
    return path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])));
}
function queryString(query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return text === "" ? "" : `?${text}`;
}
/** What an answer holds; `undefined` if that is nothing. */
async function body(response) {
    try {
        const text = await response.text();
        return text === "" ? undefined : JSON.parse(text);
    }
    catch (error) {
        if (error instanceof SyntaxError)
            throw new LecternError("protocol", "The server's answer is not JSON.", { cause: error });
        throw new LecternError("network", "The server's answer broke off.", { cause: error });
    }
}
