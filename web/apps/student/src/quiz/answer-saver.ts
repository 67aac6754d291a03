import { asLecternError, retryDelayMs, type Schemas } from "@lectern/client";

export type Answer = Schemas["Answer"];

/** What is known of the answers on their way. */
export type SaveState = "saved" | "saving" | "unsaved";

/** How answers are kept; rejects when they are not. */
export type Keep = (counter: number, answers: { question: string; answer: Answer | null }[], last: boolean) => Promise<void>;

/** Whoever types is not saved at every key. */
const QUIET_MS = 500;

/**
 * Saves answers as they come: one write at a time, each with a higher counter, the newest answer of a question alone. What
 * does not get through is tried again, with jitter, until it does or the attempt is over.
 */
export class AnswerSaver {
  readonly #keep: Keep;
  readonly #onState: (state: SaveState) => void;
  readonly #onOver: () => void;
  readonly #waiting = new Map<string, Answer | null>();
  #counter: number;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #over = false;

  /** `counter` is the highest that was sent before; `onOver` is told when the server takes no more. */
  constructor(counter: number, keep: Keep, onState: (state: SaveState) => void, onOver: () => void) {
    this.#counter = counter;
    this.#keep = keep;
    this.#onState = onState;
    this.#onOver = onOver;
  }

  /** Takes an answer; `null` takes the one before back. */
  put(question: string, answer: Answer | null): void {
    if (this.#over) return;
    this.#waiting.set(question, answer);
    this.#onState("saving");
    this.#later(QUIET_MS);
  }

  /** Saves what waits, now. Resolves when everything is kept or a try has failed: see {@link pending}. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    if (this.#waiting.size > 0 && !this.#over) await this.#run(false);
  }

  /** Sends what waits as the page goes away; nothing is heard of it any more. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0 && !this.#over) void this.#send(true).catch(() => undefined);
  }

  /** Ends it: nothing is sent any more. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  /** Whether an answer is not kept yet. */
  get pending(): boolean {
    return this.#waiting.size > 0;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #run(last: boolean): Promise<void> {
    this.#running = this.#send(last)
      .then(() => {
        this.#failures = 0;
        this.#onState(this.pending ? "saving" : "saved");
        if (this.pending) this.#later(QUIET_MS);
      }, (thrown: unknown) => {
        const error = asLecternError(thrown);
        if (this.#over) return;
        this.#onState("unsaved");
        if (error.retryable) this.#later(retryDelayMs((this.#failures += 1), error.retryAfterMs));
        else {
          this.close();
          this.#onOver();
        }
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #send(last: boolean): Promise<void> {
    const sent = [...this.#waiting].map(([question, answer]) => ({ question, answer }));
    await this.#keep((this.#counter += 1), sent, last);
    // What was changed meanwhile is another object, and waits on.
    for (const { question, answer } of sent) if (this.#waiting.get(question) === answer) this.#waiting.delete(question);
  }
}
