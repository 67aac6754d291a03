/** Seconds of a video, the end not included. */
export interface Watched {
  readonly from_s: number;
  readonly to_s: number;
}

/** What a player reports. */
export interface Report {
  readonly position_s: number;
  readonly watched?: Watched;
  readonly counter: number;
}

/** Stretches that wait for a connection, at most; the oldest go first. A stretch grows as long as nobody seeks. */
const WAITING_MAX = 50;
/** Between two looks at the player, more than this is a leap, not playing: at double speed a look every 250 ms sees 0.5 s. */
const LEAP_S = 2;

/**
 * Turns where a player is into what was watched. Pure: it is told the times, and asked for reports. A report that was not
 * acknowledged is made again, united with what came since; to tell it twice does no harm.
 */
export class WatchLog {
  #position = 0;
  /** What is being watched: from where, to where; `undefined` while it does not play. */
  #current: { from: number; to: number } | undefined;
  #waiting: Watched[] = [];
  #counter: number;

  /** `counter` is above all that were sent before. */
  constructor(counter: number) {
    this.#counter = counter;
  }

  /** The player is at `time_s`, and plays or not. */
  at(time_s: number, playing: boolean): void {
    const current = this.#current;
    if (current !== undefined) {
      if (time_s >= current.to && time_s - current.to <= LEAP_S) current.to = time_s;
      else this.#close();
    }
    if (!playing) this.#close();
    else this.#current ??= { from: time_s, to: time_s };
    this.#position = time_s;
  }

  /** Whether there is anything to tell. */
  get dirty(): boolean {
    return this.#waiting.length > 0 || (this.#current !== undefined && this.#current.to > this.#current.from);
  }

  /** What has to be told now; each with a counter of its own. It waits until {@link acknowledged}. */
  reports(): Report[] {
    const { from, to } = this.#current ?? { from: 0, to: 0 };
    if (this.#current !== undefined && to > from) {
      this.#keep(from, to);
      // What comes next begins where this ended.
      this.#current = { from: to, to };
    }
    const position_s = Math.floor(this.#position);
    if (this.#waiting.length === 0) return [{ position_s, counter: (this.#counter += 1) }];
    return this.#waiting.map((watched) => ({ position_s, watched, counter: (this.#counter += 1) }));
  }

  /** The server has kept this report. */
  acknowledged({ watched }: Report): void {
    this.#waiting = this.#waiting.filter((each) => each !== watched);
  }

  get counter(): number {
    return this.#counter;
  }

  #close(): void {
    if (this.#current !== undefined) this.#keep(this.#current.from, this.#current.to);
    this.#current = undefined;
  }

  #keep(from: number, to: number): void {
    const next = { from_s: Math.floor(from), to_s: Math.max(Math.floor(from), Math.round(to)) };
    if (to <= from || next.to_s === next.from_s) return;
    const last = this.#waiting.at(-1);
    // A new object: what was sent of the old one does not acknowledge this.
    if (last !== undefined && next.from_s >= last.from_s && next.from_s <= last.to_s) this.#waiting.splice(-1, 1, { from_s: last.from_s, to_s: Math.max(last.to_s, next.to_s) });
    else this.#waiting.push(next);
    this.#waiting.splice(0, this.#waiting.length - WAITING_MAX);
  }
}
