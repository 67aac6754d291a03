import { LecternError } from "./problem.js";
import type { Recipient } from "./room-protocol.gen.js";

/** A message on its way. */
export interface OutgoingMessage {
  /** The same whenever it is sent again, so that the server posts it once. */
  readonly key: string;
  readonly text: string;
  readonly to: Recipient;
  readonly replyTo: number | undefined;
  readonly mentions: readonly string[];
  /** When it was written, by this device's clock. */
  readonly atMs: number;
  /** `pending` goes out by itself as soon as it can; `failed` waits for its writer; `posted` for its event. */
  readonly state: "pending" | "failed" | "posted";
  /** Why it failed. */
  readonly error: LecternError | undefined;
  /** Its number, once posted. */
  readonly id: number | undefined;
}

/** More than this wait for a connection in nobody's head. */
export const OUTBOX_MAX = 20;
/** What was written longer ago is sent only when its writer says so: the class has moved on. */
export const OUTBOX_AGE_MS_MAX = 120_000;
/** Refusals after which the same message may succeed by itself. */
const PASSING_CODES = new Set(["unavailable", "rate_limited", "slow_mode", "draining", "network", "timeout", "offline", "internal"]);

/** What to do about a message that was not posted. */
export type Verdict = { readonly again: true; readonly afterMs: number } | { readonly again: false };

/** Messages that are not posted yet, oldest first. Knows no network and no clock. */
export class Outbox {
  #messages: readonly OutgoingMessage[] = [];

  get messages(): readonly OutgoingMessage[] {
    return this.#messages;
  }

  /** Takes a message; throws `outbox_full`. */
  add(message: Pick<OutgoingMessage, "key" | "text" | "to" | "replyTo" | "mentions" | "atMs">): void {
    if (this.#messages.length >= OUTBOX_MAX) throw new LecternError("outbox_full", "Too many messages wait for a connection.");
    this.#messages = [...this.#messages, { ...message, state: "pending", error: undefined, id: undefined }];
  }

  /** The next one to send, if any; those that are too old fail first. */
  next(nowMs: number): OutgoingMessage | undefined {
    for (const message of this.#messages) {
      if (message.state === "pending" && nowMs - message.atMs > OUTBOX_AGE_MS_MAX) {
        this.#change(message.key, { state: "failed", error: new LecternError("outbox_late", "It could not be sent in time.") });
      }
    }
    return this.#messages.find(({ state }) => state === "pending");
  }

  /** The server posted it as `id`; it stays until its event has come, so that it is never out of sight. */
  posted(key: string, id: number): void {
    this.#change(key, { state: "posted", id });
  }

  /** The event `id` has come. */
  seen(id: number): void {
    this.#messages = this.#messages.filter((message) => message.id !== id);
  }

  /** It was refused, or no answer came. */
  refused(key: string, error: LecternError): Verdict {
    if (PASSING_CODES.has(error.code)) return { again: true, afterMs: error.retryAfterMs ?? 0 };
    this.#change(key, { state: "failed", error });
    return { again: false };
  }

  /** Its writer wants it sent after all. */
  retry(key: string, nowMs: number): void {
    this.#change(key, { state: "pending", error: undefined, atMs: nowMs });
  }

  /** Its writer does not want it sent any more. */
  discard(key: string): void {
    this.#messages = this.#messages.filter((message) => message.key !== key);
  }

  #change(key: string, part: Partial<OutgoingMessage>): void {
    this.#messages = this.#messages.map((message) => (message.key === key ? { ...message, ...part } : message));
  }
}
