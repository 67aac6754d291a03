import { LecternError } from "@lectern/client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { UploadQueue, type UploadSteps } from "./upload-queue";

/** The uploads that the store has not answered. */
const sending: { name: string; progress: (sent: number) => void; done: () => void; fail: (error: unknown) => void }[] = [];
vi.mock("@lectern/client", async (original) => ({
  ...(await original()),
  upload: (_target: unknown, file: File, { signal, onProgress }: { signal: AbortSignal; onProgress: (sent: number) => void }) =>
    new Promise<void>((done, fail) => {
      sending.push({ name: file.name, progress: onProgress, done, fail });
      signal.addEventListener("abort", () => fail(signal.reason as Error));
    }),
}));

const file = (name: string) => new File(["0123456789"], name);
const finish = vi.fn(() => Promise.resolve());
const discard = vi.fn(() => Promise.resolve());
const steps: UploadSteps = { begin: () => Promise.resolve({ target: { url: "", headers: {} }, finish, discard }) };

beforeEach(() => {
  sending.length = 0;
  vi.clearAllMocks();
});

const states = (queue: UploadQueue) => queue.jobs().map(({ name, state }) => `${name} ${state}`);

describe("uploads", () => {
  it("go two at a time, and the next as one is done", async () => {
    const queue = new UploadQueue();
    for (const name of ["a", "b", "c"]) queue.add("here", file(name), steps);
    await vi.waitFor(() => expect(states(queue)).toEqual(["a sending", "b sending", "c waiting"]));
    sending[0]?.progress(4);
    expect(queue.jobs()[0]?.sent).toBe(4);
    sending[0]?.done();
    await vi.waitFor(() => expect(states(queue)).toEqual(["b sending", "c sending"]));
    expect(finish).toHaveBeenCalledOnce();
  });

  it("are taken back when they fail, and can be sent again", async () => {
    const queue = new UploadQueue();
    queue.add("here", file("a"), steps);
    await vi.waitFor(() => expect(sending.length).toBe(1));
    sending[0]?.fail(new LecternError("upload_refused", "", { status: 403 }));
    await vi.waitFor(() => expect(states(queue)).toEqual(["a failed"]));
    expect([queue.jobs()[0]?.error?.code, discard.mock.calls.length]).toEqual(["upload_refused", 1]);
    queue.retry(queue.jobs()[0]?.id ?? "");
    await vi.waitFor(() => expect(sending.length).toBe(2));
    sending[1]?.done();
    await vi.waitFor(() => expect(queue.jobs()).toEqual([]));
  });

  it("are gone when they are cancelled, and make room", async () => {
    const queue = new UploadQueue();
    for (const name of ["a", "b", "c"]) queue.add("here", file(name), steps);
    await vi.waitFor(() => expect(sending.length).toBe(2));
    queue.cancel(queue.jobs()[0]?.id ?? "");
    await vi.waitFor(() => expect(states(queue)).toEqual(["b sending", "c sending"]));
    await vi.waitFor(() => expect(discard).toHaveBeenCalledOnce());
    expect(finish).not.toHaveBeenCalled();
  });

  it("tell whoever listens, until they do not", () => {
    const queue = new UploadQueue();
    const told = vi.fn();
    const off = queue.subscribe(told);
    queue.add("here", file("a"), steps);
    const times = told.mock.calls.length;
    expect(times).toBeGreaterThan(0);
    off();
    queue.cancel(queue.jobs()[0]?.id ?? "");
    expect(told).toHaveBeenCalledTimes(times);
  });
});
