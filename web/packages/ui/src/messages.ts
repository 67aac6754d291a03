import { admin } from "./messages/admin";
import { liveClass } from "./messages/live-class";
import { replay } from "./messages/replay";
import { school } from "./messages/school";
import { student } from "./messages/student";
import { tutor } from "./messages/tutor";

/**
 * Every word that a person reads, in one folder, an area a file. A translation is another object of the type {@link Messages}; a sentence
 * with a gap is a function, so that each language orders its words itself.
 */
export const en = { ...liveClass, ...school, ...replay, student, tutor, admin };

/** The shape of a catalogue. */
export type Messages = typeof en;

/** The catalogue in use. One language so far; a second one makes this a choice by the page's `lang`. */
export const messages: Messages = en;

/** What to say about an error with this code. */
export function problemText(code: string, status?: number): { title: string; text: string } {
  const known = messages.problems[code as keyof Messages["problems"]];
  if (typeof known === "object") return known;
  if (code.endsWith("_forbidden")) return messages.problems.forbidden;
  if (code.endsWith("_full") || code === "draining") return messages.problems.room_full;
  if (status === 403) return messages.problems.forbidden;
  if (status === 401) return messages.problems.token_invalid;
  if (status === 503) return messages.problems.room_full;
  return messages.problems.unknown;
}

/** Why the class refused something, for people. */
export function refusalText(code: string): string {
  return messages.refusals[code] ?? messages.refusals["unknown"] ?? code;
}
