/** Seconds of a recording; the end is not in it. */
export interface Stretch {
  readonly from_s: number;
  readonly to_s: number;
}

/** Stretches this close follow each other: durations are rounded to microseconds, dates to milliseconds. */
const TOUCH_S = 0.01;

/** Where a track has something: a screen is shared now and then, and a recorder that died left a hole in everything. */
export class Coverage {
  readonly stretches: readonly Stretch[];

  /** `stretches` in order. */
  constructor(stretches: Iterable<Stretch>) {
    const joined: Stretch[] = [];
    for (const next of stretches) {
      const last = joined.at(-1);
      if (last !== undefined && next.from_s - last.to_s <= TOUCH_S) joined[joined.length - 1] = { from_s: last.from_s, to_s: Math.max(last.to_s, next.to_s) };
      else joined.push(next);
    }
    this.stretches = joined;
  }

  /** What is around this moment. */
  at(time_s: number): Stretch | undefined {
    const last = this.stretches.findLast(({ from_s }) => from_s <= time_s);
    return last !== undefined && time_s < last.to_s ? last : undefined;
  }

  /** When something begins, at this moment or later. */
  next(time_s: number): number | undefined {
    return this.stretches.find(({ from_s }) => from_s >= time_s)?.from_s;
  }

  /** When the first thing begins. */
  get from_s(): number | undefined {
    return this.stretches[0]?.from_s;
  }

  /** When the last thing ends. */
  get to_s(): number | undefined {
    return this.stretches.at(-1)?.to_s;
  }
}
