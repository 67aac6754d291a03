import type { LecternError } from "../problem.js";
import type { CaptionsOffer } from "./captions.js";
import type { Motion } from "./ensemble.js";
import type { Layout, Shown } from "./layout.js";
import { TRACK_NAMES, type TrackName } from "./playback.js";
import type { Storyboard } from "./storyboard.js";

/** A change of the time alone is told so often, seconds of the recording. */
const TELL_S = 0.25;

/** What a replay shows. It is replaced, never changed. */
export interface ReplayState {
  /** `loading` until there is something to play; what `failed` is tried again at `Replay.retry`, and by itself if it `goesOn`. */
  readonly motion: Motion | "loading" | "failed";
  /**
   * Why it stands: `network`, `store_unreachable` (the school answers, and where the files are nobody does), `unsupported`,
   * `media_unplayable`, `http_NNN`, or the code with which the school refused.
   */
  readonly error: LecternError | undefined;
  /** Whether it goes on by itself when the cause of `error` is gone. */
  readonly goesOn: boolean;
  /** Whether nobody has begun to play or gone anywhere: a poster may stand for it. */
  readonly isFresh: boolean;
  /** Whether somebody pressed play, whatever holds it up. */
  readonly wanted: boolean;
  /** Seconds of the recording: now, where it begins and ends (as far as there is anything), until when it is loaded. */
  readonly time_s: number;
  readonly from_s: number;
  readonly to_s: number;
  readonly loaded_s: number;
  /** Whether the class goes on, and whether one sees it as late as can be. */
  readonly isLive: boolean;
  readonly isAtEdge: boolean;
  /** Whether its end is missing. */
  readonly isCutShort: boolean;
  readonly rate: number;
  readonly volume: number;
  readonly muted: boolean;
  readonly layout: Layout;
  /** Which pictures are seen now. */
  readonly shown: Shown;
  /** Which tracks the recording has. */
  readonly has: Readonly<Record<TrackName, boolean>>;
  readonly poster: string | undefined;
  readonly storyboard: Storyboard | undefined;
  /** Captions that there are. */
  readonly captions: readonly CaptionsOffer[];
  /** The language of those that are read; `undefined`: none. */
  readonly language: string | undefined;
  /** What is to be read now, in lines. */
  readonly caption: string;
}

/** Whether there is something to tell. */
export function differs(a: ReplayState, b: ReplayState): boolean {
  const { time_s: atA, loaded_s: loadedA, shown: shownA, has: hasA, to_s: toA, ...restA } = a;
  const { time_s: atB, loaded_s: loadedB, shown: shownB, has: hasB, to_s: toB, ...restB } = b;
  if ([atA - atB, loadedA - loadedB, toA - toB].some((change) => Math.abs(change) >= TELL_S)) return true;
  if (shownA.camera !== shownB.camera || shownA.screen !== shownB.screen || TRACK_NAMES.some((name) => hasA[name] !== hasB[name])) return true;
  return (Object.keys(restA) as (keyof typeof restA)[]).some((key) => restA[key] !== restB[key]);
}
