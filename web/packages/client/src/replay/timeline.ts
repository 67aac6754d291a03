import { cueText, parseWebVtt } from "./web-vtt.js";

/** Something that somebody said in the class. */
export interface SaidThen {
  readonly kind: "chat";
  /** Seconds of the recording. */
  readonly at_s: number;
  readonly id: string | number;
  readonly name: string;
  readonly role: string;
  readonly text: string;
}

/** A poll, and how it ended. */
export interface AskedThen {
  readonly kind: "poll";
  /** Seconds of the recording. */
  readonly at_s: number;
  readonly question: string;
  readonly options: readonly string[];
  /** How many chose each option; `undefined` when that is not for this person. */
  readonly votes: readonly number[] | undefined;
  readonly is_quiz: boolean;
  /** The options that are right, counted from 0; `undefined` when there are none, or not for this person. */
  readonly correct: readonly number[] | undefined;
}

/** What happened beside the pictures. */
export type ThenEvent = SaidThen | AskedThen;

/** A part of the class. */
export interface Chapter {
  /** Seconds of the recording. */
  readonly from_s: number;
  readonly title: string;
}

/** What happened in the class beside its pictures, by the time of the recording. */
export class Timeline {
  static readonly EMPTY = new Timeline([], []);
  /** In order of time, as the chapters. */
  readonly events: readonly ThenEvent[];
  readonly chapters: readonly Chapter[];

  constructor(events: readonly ThenEvent[], chapters: readonly Chapter[]) {
    this.events = [...events].sort((a, b) => a.at_s - b.at_s);
    this.chapters = [...chapters].sort((a, b) => a.from_s - b.from_s);
  }

  /** Reads what the school tells of it, two WebVTT files. What is not understood is left out: a newer school may tell more. */
  static parse(chat: string, chapters: string): Timeline {
    return new Timeline(
      parseWebVtt(chat).flatMap(({ from_s, text }) => eventFrom(from_s, text) ?? []),
      parseWebVtt(chapters).map(({ from_s, text }) => ({ from_s, title: cueText(text).replace(/\s+/g, " ") })),
    );
  }

  /** How many of the events have happened by then. */
  countUntil(time_s: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.at_s ?? Infinity) <= time_s) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The events that have happened by then, at most the last `max`. */
  eventsUntil(time_s: number, max = Infinity): readonly ThenEvent[] {
    const count = this.countUntil(time_s);
    return this.events.slice(Math.max(0, count - max), count);
  }

  /** The chapter that runs then. */
  chapterAt(time_s: number): Chapter | undefined {
    return this.chapters.findLast(({ from_s }) => from_s <= time_s);
  }
}

function eventFrom(at_s: number, text: string): ThenEvent | undefined {
  const said = record(text);
  if (said === undefined) return undefined;
  if (said["kind"] === "chat") {
    const { id, name, role, text: words } = said;
    if ((typeof id !== "string" && typeof id !== "number") || typeof name !== "string" || typeof words !== "string") return undefined;
    return { kind: "chat", at_s, id, name, role: typeof role === "string" ? role : "student", text: words };
  }
  const { question, options, votes, is_quiz, correct } = said;
  if (said["kind"] !== "poll" || typeof question !== "string" || !isListOf(options, "string")) return undefined;
  return { kind: "poll", at_s, question, options, votes: isListOf(votes, "number") ? votes : undefined, is_quiz: is_quiz === true, correct: isListOf(correct, "number") ? correct : undefined };
}

function record(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isListOf<K extends "string" | "number">(value: unknown, kind: K): value is (K extends "string" ? string : number)[] {
  return Array.isArray(value) && value.every((each) => typeof each === kind);
}
