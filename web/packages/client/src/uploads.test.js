import { afterEach, describe, expect, it, vi } from "vitest";
import { upload } from "./uploads.js";
/** What a browser has for this, as far as it is used; `outcomes` says how each request ends. */
class FakeRequest {
    static outcomes = [];
    static sent = [];
    upload = {};
    headers = {};
    status = 0;
    address = "";
    onload;
    onerror;
    onabort;
    open(method, url) {
        this.address = `${method} ${url}`;
    }
    setRequestHeader(name, value) {
        this.headers[name] = value;
    }
    abort() {
        this.onabort?.();
    }
    send(file) {
        FakeRequest.sent.push(this);
        const outcome = FakeRequest.outcomes.shift() ?? 201;
        queueMicrotask(() => {
            this.upload.onprogress?.({ loaded: file.size });
            if (outcome === "error")
                this.onerror?.();
            else if (outcome !== "hang") {
                this.status = outcome;
                this.onload?.();
            }
        });
    }
}
const target = { url: "https://blobs.example/b?sig=s", headers: { "content-type": "video/mp4", "x-ms-blob-type": "BlockBlob" } };
const file = new Blob(["0123456789"]);
function browser(...outcomes) {
    FakeRequest.outcomes = outcomes;
    FakeRequest.sent = [];
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    vi.spyOn(Math, "random").mockReturnValue(0);
}
afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
});
describe("an upload", () => {
    it("goes to the signed address with the signed headers and tells how far it is", async () => {
        browser(201);
        const steps = [];
        await upload(target, file, { onProgress: (sent, total) => steps.push(sent / total) });
        expect(steps).toEqual([0, 1]);
        expect(FakeRequest.sent.map(({ address, headers }) => [address, headers])).toEqual([["PUT https://blobs.example/b?sig=s", target.headers]]);
    });
    it("begins anew after a failure that may pass, three times at most", async () => {
        browser("error", 503, 200);
        await upload(target, file);
        expect(FakeRequest.sent.length).toBe(3);
        browser("error", "error", "error", 200);
        await expect(upload(target, file)).rejects.toMatchObject({ code: "network" });
        expect(FakeRequest.sent.length).toBe(3);
    });
    it("is not repeated when the store refuses it", async () => {
        browser(403);
        await expect(upload(target, file)).rejects.toMatchObject({ code: "upload_refused", status: 403 });
        expect(FakeRequest.sent.length).toBe(1);
    });
    it("ends when the caller gives up", async () => {
        browser("hang");
        const caller = new AbortController();
        const sending = upload(target, file, { signal: caller.signal });
        caller.abort(new Error("enough"));
        await expect(sending).rejects.toThrow("enough");
    });
});
