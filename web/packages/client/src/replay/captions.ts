import { type PlaybackTicket, readText } from "./playback.js";
import { type Cue, cueText, parseWebVtt } from "./web-vtt.js";

/** Captions that a recording has, in one language. */
export interface CaptionsOffer {
  /** As BCP 47 writes it: `en`, `pt-BR`. */
  readonly language: string;
  /** What people call it. */
  readonly label: string;
  readonly url: string;
}

/** So many texts at once are shown at most. */
const AT_ONCE_MAX = 4;
/** Among so many that began last, those are looked for that still run. */
const LOOK_BACK = 32;

/** The captions of one language, by the time of the recording. */
export class Captions {
  static readonly NONE = new Captions([]);
  readonly #cues: readonly Cue[];

  constructor(cues: readonly Cue[]) {
    this.#cues = [...cues].sort((a, b) => a.from_s - b.from_s);
  }

  static parse(text: string): Captions {
    return new Captions(parseWebVtt(text).map((cue) => ({ ...cue, text: cueText(cue.text) })).filter(({ text: words }) => words !== ""));
  }

  /** What is to be read then, in lines; nothing is empty. */
  textAt(time_s: number): string {
    let [low, high] = [0, this.#cues.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cues[middle]?.from_s ?? Infinity) <= time_s) low = middle + 1;
      else high = middle;
    }
    const running = this.#cues.slice(Math.max(0, low - LOOK_BACK), low).filter(({ to_s }) => time_s < to_s);
    return running.slice(-AT_ONCE_MAX).map(({ text }) => text).join("\n");
  }
}

/** Which captions somebody reads: they are fetched when they are chosen, and again in a moment if that fails. */
export class CaptionsReader {
  #language: string | undefined;
  #captions = Captions.NONE;
  #isRead = true;

  /** What was chosen, whether it is there or not. */
  get language(): string | undefined {
    return this.#language;
  }

  textAt(time_s: number): string {
    return this.#captions.textAt(time_s);
  }

  choose(language: string | undefined): void {
    if (language === this.#language) return;
    this.#language = language;
    this.#captions = Captions.NONE;
    this.#isRead = language === undefined;
  }

  /** Fetches what was chosen, if that is still to be done. Never rejects. */
  async read(ticket: PlaybackTicket, signal: AbortSignal): Promise<void> {
    const language = this.#language;
    if (this.#isRead) return;
    try {
      const offer = (await ticket.current()).captions?.find((each) => each.language === language);
      const captions = offer === undefined ? Captions.NONE : Captions.parse(await readText(offer.url, signal));
      // Another one may have been chosen meanwhile.
      if (language !== this.#language) return;
      this.#captions = captions;
      this.#isRead = true;
    } catch {
      // The pictures do without.
    }
  }
}
