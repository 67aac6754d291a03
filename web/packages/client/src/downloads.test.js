import { afterEach, describe, expect, it, vi } from "vitest";
import { download } from "./downloads.js";
afterEach(() => vi.unstubAllGlobals());
/** A store that gives these pieces, and then fails if it `breaks`. */
function store(pieces, { breaks = false, ...init } = {}) {
    const body = new ReadableStream({
        pull(controller) {
            const next = pieces.shift();
            if (next !== undefined)
                controller.enqueue(new TextEncoder().encode(next));
            else if (breaks)
                controller.error(new TypeError("reset"));
            else
                controller.close();
        },
    });
    const fetched = vi.fn(() => Promise.resolve(new Response(body, init)));
    vi.stubGlobal("fetch", fetched);
    return fetched;
}
describe("a download", () => {
    it("comes piece by piece and tells how far it is, without a cookie", async () => {
        const fetched = store(["abc", "de"], { headers: { "content-length": "5", "content-type": "text/plain" } });
        const steps = [];
        const file = await download("https://blobs.example/b?sig=s", { onProgress: (received, total) => steps.push([received, total]) });
        expect([await file.text(), file.type]).toEqual(["abcde", "text/plain"]);
        expect(steps).toEqual([[0, 5], [3, 5], [5, 5]]);
        expect(fetched).toHaveBeenCalledWith("https://blobs.example/b?sig=s", expect.objectContaining({ credentials: "omit" }));
    });
    it("says why there is no file", async () => {
        store([], { status: 403 });
        await expect(download("https://blobs.example/b")).rejects.toMatchObject({ code: "download_refused", status: 403 });
        store(["abc"], { breaks: true });
        await expect(download("https://blobs.example/b")).rejects.toMatchObject({ code: "network" });
    });
    it("ends when it is given up", async () => {
        const abort = new AbortController();
        store(["abc"], { breaks: true });
        await expect(download("https://blobs.example/b", { signal: abort.signal, onProgress: () => abort.abort() })).rejects.toMatchObject({ name: "AbortError" });
    });
});
