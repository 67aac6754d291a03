import { retryDelayMs, sleep } from "./backoff.js";
import { LecternError } from "./problem.js";
/** A failed try is repeated so often: a signed address is good for some minutes. */
const TRIES_MAX = 3;
/** Nothing sent for this long: the connection is dead, milliseconds. */
const STALL_MS = 60_000;
/**
 * Puts a file to its signed address, in one request, and repeats it after a failure that may pass. Rejects with
 * `upload_refused` when the store does not take it (the address ran out, another type or size than was signed), with
 * `network` when it does not get through.
 */
export async function upload(target, file, options = {}) {
    const signal = options.signal ?? new AbortController().signal;
    for (let tries = 1;; tries += 1) {
        try {
            await put(target, file, options.onProgress, signal);
            return;
        }
        catch (error) {
            signal.throwIfAborted();
            if (!(error instanceof LecternError && error.retryable) || tries >= TRIES_MAX)
                throw error;
            await sleep(retryDelayMs(tries - 1, undefined), signal);
        }
    }
}
/** `XMLHttpRequest`, since `fetch` does not tell how much was sent. */
function put(target, file, onProgress, signal) {
    return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const request = new XMLHttpRequest();
        let stall;
        const finish = (outcome) => {
            clearTimeout(stall);
            signal.removeEventListener("abort", onAbort);
            outcome();
        };
        const fail = (code, message, status) => finish(() => reject(new LecternError(code, message, status === undefined ? {} : { status })));
        const onAbort = () => request.abort();
        const watch = () => {
            clearTimeout(stall);
            stall = setTimeout(() => request.abort(), STALL_MS);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        request.upload.onprogress = ({ loaded }) => {
            watch();
            onProgress?.(loaded, file.size);
        };
        request.onload = () => {
            if (request.status >= 200 && request.status < 300)
                finish(resolve);
            else
                fail("upload_refused", `The store answered ${request.status}.`, request.status);
        };
        request.onerror = () => fail("network", "The upload broke off.");
        request.onabort = () => (signal.aborted ? finish(() => reject(signal.reason)) : fail("network", "The upload does not move."));
        request.open("PUT", target.url);
        for (const [name, value] of Object.entries(target.headers))
            request.setRequestHeader(name, value);
        watch();
        onProgress?.(0, file.size);
        request.send(file);
    });
}
