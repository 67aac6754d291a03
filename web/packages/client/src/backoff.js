/** Half a second doubles up to fifteen: a class that lost its server is back within seconds, but not all in the same one. */
export const DEFAULT_BACKOFF = { baseMs: 500, capMs: 15_000 };
/**
 * The wait before attempt `attempt` (0 is the first retry): full jitter, so already the first retry is spread. A server's
 * `Retry-After` is a floor; the jitter comes on top, or everybody would return in the same instant.
 */
export function retryDelayMs(attempt, retryAfterMs, random = Math.random, options = DEFAULT_BACKOFF) {
    const bound = Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt, 16));
    return (retryAfterMs ?? 0) + random() * Math.max(bound, (retryAfterMs ?? 0) / 2);
}
/** `Retry-After` (RFC 9110 section 10.2.3) as milliseconds from now: seconds or an HTTP date, at most ten minutes. */
export function parseRetryAfter(value, nowMs) {
    if (value === null || value.trim() === "")
        return undefined;
    const text = value.trim();
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
    return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 600_000) : undefined;
}
/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(ms, signal) {
    return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = () => {
            clearTimeout(timer);
            reject(signal.reason);
        };
        const timer = setTimeout(() => {
            signal.removeEventListener("abort", onAbort);
            resolve();
        }, ms);
        signal.addEventListener("abort", onAbort, { once: true });
    });
}
