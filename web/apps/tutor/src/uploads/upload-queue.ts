import { asLecternError, type LecternError, upload, type UploadTarget } from "@lectern/client";

/** Sent at once; the others wait, so that each is done sooner. */
const AT_ONCE = 2;

/** Where an upload is. */
export type UploadState = "waiting" | "preparing" | "sending" | "confirming" | "done" | "failed";

/** A file on its way to the school. */
export interface UploadJob {
  readonly id: string;
  /** What it belongs to: those of one place are shown together. */
  readonly place: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly sent: number;
  readonly state: UploadState;
  readonly error: LecternError | undefined;
}

/** How the school takes a file: says where it goes, and afterwards that it is there. */
export interface UploadSteps {
  /** Asks for the signed address. */
  readonly begin: (signal: AbortSignal) => Promise<{ readonly target: UploadTarget; readonly finish: (signal: AbortSignal) => Promise<unknown>; readonly discard?: () => Promise<unknown> }>;
}

interface Running {
  readonly file: File;
  readonly steps: UploadSteps;
  abort: AbortController;
}

/**
 * All uploads of this page. They go on while one moves between the pages of the app; each can be cancelled, and sent again
 * when it failed.
 */
export class UploadQueue {
  #jobs: readonly UploadJob[] = [];
  readonly #running = new Map<string, Running>();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly jobs = (): readonly UploadJob[] => this.#jobs;

  add(place: string, file: File, steps: UploadSteps): void {
    const id = crypto.randomUUID();
    this.#running.set(id, { file, steps, abort: new AbortController() });
    this.#set([...this.#jobs, { id, place, name: file.name, size: file.size, sent: 0, state: "waiting", error: undefined }]);
    this.#pump();
  }

  /** Ends it, or takes away one that failed. */
  cancel(id: string): void {
    this.#running.get(id)?.abort.abort();
    this.#running.delete(id);
    this.#set(this.#jobs.filter((job) => job.id !== id));
    this.#pump();
  }

  retry(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.abort = new AbortController();
    this.#change(id, { state: "waiting", sent: 0, error: undefined });
    this.#pump();
  }

  #pump(): void {
    const busy = this.#jobs.filter(({ state }) => state === "preparing" || state === "sending" || state === "confirming").length;
    for (const job of this.#jobs.filter(({ state }) => state === "waiting").slice(0, Math.max(0, AT_ONCE - busy))) void this.#run(job.id);
  }

  async #run(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const { file, steps, abort: { signal } } = running;
    let discard: (() => Promise<unknown>) | undefined;
    try {
      this.#change(id, { state: "preparing" });
      const begun = await steps.begin(signal);
      discard = begun.discard;
      signal.throwIfAborted();
      this.#change(id, { state: "sending" });
      await upload(begun.target, file, { signal, onProgress: (sent) => this.#change(id, { sent }) });
      this.#change(id, { state: "confirming", sent: file.size });
      await begun.finish(signal);
      this.#running.delete(id);
      this.#change(id, { state: "done" });
      this.#set(this.#jobs.filter((job) => job.id !== id));
    } catch (thrown) {
      // What was announced and did not come is not to stand in the list.
      await discard?.().catch(() => undefined);
      if (!signal.aborted) this.#change(id, { state: "failed", error: asLecternError(thrown) });
    }
    this.#pump();
  }

  #change(id: string, part: Partial<UploadJob>): void {
    this.#set(this.#jobs.map((job) => (job.id === id ? { ...job, ...part } : job)));
  }

  #set(jobs: readonly UploadJob[]): void {
    this.#jobs = jobs;
    for (const listener of this.#listeners) listener();
  }
}
