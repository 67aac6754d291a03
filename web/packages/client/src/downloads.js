import { LecternError } from "./problem.js";
/**
 * Fetches a file from its signed address, which is all that the store asks for: no cookie goes there. The file is held in
 * memory. Rejects with `download_refused` when the store does not give it (the address ran out), with `network` when it
 * breaks off.
 */
export async function download(url, { onProgress, signal = new AbortController().signal } = {}) {
    try {
        const response = await fetch(url, { credentials: "omit", signal });
        if (!response.ok)
            throw new LecternError("download_refused", `The store answered ${response.status}.`, { status: response.status });
        const length = Number(response.headers.get("content-length") ?? NaN);
        const total = Number.isSafeInteger(length) ? length : undefined;
        const parts = [];
        let received = 0;
        onProgress?.(0, total);
        const reader = response.body?.getReader();
        for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
            parts.push(chunk.value);
            received += chunk.value.byteLength;
            onProgress?.(received, total);
        }
        return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
    }
    catch (error) {
        signal.throwIfAborted();
        if (error instanceof LecternError)
            throw error;
        throw new LecternError("network", "The download broke off.", { cause: error });
    }
}
