import { LecternError } from "../problem.js";

/** A text that belongs to a time of a recording. */
export interface Cue {
  readonly from_s: number;
  readonly to_s: number;
  /** Its lines, as they stand there. */
  readonly text: string;
}

/** More are left out: a class has 50,000 messages and 1,000 polls at most. */
const CUES_MAX = 60_000;
/** `00:01:02.345 --> 00:01:03.000`, with hours or without (section 4.3.2), and settings that nobody needs here. */
const TIMES = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d\.\d{3})[ \t]+-->[ \t]+(?:(\d{2,}):)?([0-5]\d):([0-5]\d\.\d{3})(?:[ \t]|$)/;

/**
 * Reads WebVTT (https://www.w3.org/TR/webvtt1/): the cues' times and texts. Notes, styles, regions, names and settings of cues are
 * passed over, and so is a cue whose times are not readable. A text that is no WebVTT at all is an error.
 */
export function parseWebVtt(text: string): Cue[] {
  const body = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(body)) throw new LecternError("protocol", "This is not WebVTT.");
  const cues: Cue[] = [];
  for (const block of body.split(/\n{2,}/).slice(1)) {
    const lines = block.split("\n").filter((line, index) => line !== "" || index > 0);
    // A name may stand above the times.
    const at = lines.findIndex((line) => line.includes("-->"));
    const times = at > 1 || at < 0 ? null : TIMES.exec(lines[at] ?? "");
    if (times === null) continue;
    const [from_s, to_s] = [seconds(times[1], times[2], times[3]), seconds(times[4], times[5], times[6])];
    cues.push({ from_s, to_s, text: lines.slice(at + 1).join("\n").trimEnd() });
    if (cues.length === CUES_MAX) break;
  }
  return cues;
}

/** The text of a cue without its tags and escapes (section 4.2.2), line by line. */
export function cueText(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": "\u00A0", "&lrm;": "", "&rlm;": "" };
  const plain = text.replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|amp|nbsp|lrm|rlm);/g, (escape) => escapes[escape] ?? escape);
  return plain.split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");
}

function seconds(hours: string | undefined, minutes: string | undefined, rest: string | undefined): number {
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(rest);
}
