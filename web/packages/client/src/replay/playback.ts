import { LecternError, problemFrom } from "../problem.js";
import type { CaptionsOffer } from "./captions.js";
import type { Storyboard } from "./storyboard.js";

/** What a recording is made of. */
export type TrackName = "camera" | "screen" | "sound";

/** All of them; a clock is taken from the first that has something, so sound comes first. */
export const TRACK_NAMES: readonly TrackName[] = ["sound", "camera", "screen"];

/** How a recording is played: addresses that are good for the person who asked, and until `expires_at`. */
export interface Playback {
  readonly expires_at: string;
  /** Whether the class goes on: the playlists grow. */
  readonly is_live: boolean;
  /** Zero of the recording's time. */
  readonly started_at: string;
  /** Whether something went wrong before its end, which is missing. */
  readonly is_cut_short?: boolean | undefined;
  /** Seconds that there are; while it is live, at least. */
  readonly duration_s?: number | null | undefined;
  /** The playlist of all tracks. */
  readonly playlist: string;
  /** Each track's own, if there is one. */
  readonly camera?: string | null | undefined;
  readonly screen?: string | null | undefined;
  readonly sound?: string | null | undefined;
  /** WebVTT: what was said and asked, and chapters. */
  readonly chat: string;
  readonly chapters: string;
  /** A picture of it, and many small ones, if there are any yet. */
  readonly poster?: string | null | undefined;
  readonly storyboard?: Storyboard | null | undefined;
  /** Captions, a language each. */
  readonly captions?: readonly CaptionsOffer[] | undefined;
  /** Where the person stopped, seconds; 0 if nowhere. */
  readonly position_s: number;
}

/** A ticket that ends sooner is renewed, milliseconds; one of a short life, in its last quarter. */
const TICKET_LEFT_MS = 5 * 60_000;

/** The person's right to play the recording, renewed before it ends: whoever pauses for a night goes on in the morning. */
export class PlaybackTicket {
  #playback: Playback;
  #renewing: Promise<Playback> | undefined;
  /** When it is to be renewed, milliseconds since 1970. */
  #dueMs: number;
  readonly #ask: () => Promise<Playback>;
  readonly #now: () => number;

  /** `ask` gets another one; `now`: milliseconds since 1970. */
  constructor(playback: Playback, ask: () => Promise<Playback>, now: () => number = Date.now) {
    this.#playback = playback;
    this.#ask = ask;
    this.#now = now;
    this.#dueMs = this.#due(playback);
  }

  /** What is known, be it old. */
  get known(): Playback {
    return this.#playback;
  }

  /** One that is good. If no other can be had, the one there is: it may still do. */
  async current(): Promise<Playback> {
    if (this.#now() < this.#dueMs) return this.#playback;
    return this.renew().catch(() => this.#playback);
  }

  /** Another one, now. All who ask at once share it. Rejects with the reason why the person gets none. */
  renew(): Promise<Playback> {
    this.#renewing ??= this.#ask()
      .then((playback) => {
        this.#dueMs = this.#due(playback);
        return (this.#playback = playback);
      })
      .finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  #due({ expires_at }: Playback): number {
    const endsMs = Date.parse(expires_at);
    return endsMs - Math.min(TICKET_LEFT_MS, (endsMs - this.#now()) / 4);
  }
}

/** Reads a text of the school's that belongs to the playback. */
export async function readText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { credentials: "same-origin", signal }).catch((cause: unknown) => {
    throw new LecternError("network", "The server does not answer.", { cause });
  });
  if (!response.ok) throw await problemFrom(response);
  return response.text();
}
