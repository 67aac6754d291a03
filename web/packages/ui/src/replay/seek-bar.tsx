"use client";

import type { ReplayState, Timeline } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { clock } from "../clock";
import { messages } from "../messages";

const words = messages.replay;
/** What a page key moves by is the browser's; an arrow is the player's own key. */
const STEP_S = 0.1;

/**
 * Where one is, what is loaded, and where the chapters begin; to be dragged. It is the browser's own slider, which every assistive
 * technology knows, above a drawing: the policy allows no style in an attribute.
 */
export function SeekBar({ state, timeline, onSeek }: { state: ReplayState; timeline: Timeline; onSeek: (time_s: number) => void }): ReactNode {
  const [dragged_s, setDragged] = useState<number>();
  const { from_s, to_s, loaded_s } = state;
  const time_s = dragged_s ?? state.time_s;
  const percent = (at_s: number) => (to_s <= from_s ? 0 : (Math.min(1, Math.max(0, (at_s - from_s) / (to_s - from_s))) * 100));
  const at = `${percent(time_s)}%`;
  const chapter = timeline.chapterAt(time_s);
  const said = chapter === undefined ? words.at(clock(time_s), clock(to_s)) : words.atIn(clock(time_s), clock(to_s), chapter.title);
  const settle = () => {
    if (dragged_s !== undefined) onSeek(dragged_s);
    setDragged(undefined);
  };
  return (
    <div className="relative flex h-11 items-center">
      <input type="range" min={from_s} max={Math.max(to_s, from_s + STEP_S)} step={STEP_S} value={time_s} aria-label={words.position} aria-valuetext={said}
        onChange={(event) => setDragged(Number(event.target.value))} onPointerUp={settle} onKeyUp={settle} onBlur={settle} className="peer absolute inset-0 z-1 w-full cursor-pointer opacity-0" />
      <svg aria-hidden="true" className="h-5 w-full overflow-visible rounded-full peer-focus-visible:outline-3 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent">
        <rect x="0" y="7" width="100%" height="6" rx="3" className="fill-edge/40" />
        <rect x={at} y="7" width={`${Math.max(0, percent(loaded_s) - percent(time_s))}%`} height="6" className="fill-edge/60" />
        <rect x="0" y="7" width={at} height="6" rx="3" className="fill-accent" />
        {timeline.chapters.map(({ from_s: begins_s }) => (begins_s <= from_s || begins_s >= to_s ? null : <rect key={begins_s} x={`${percent(begins_s)}%`} y="5" width="3" height="10" className="fill-ground" />))}
        <circle cx={at} cy="10" r="8" className="fill-accent stroke-surface" strokeWidth="2" />
      </svg>
      {dragged_s === undefined ? null : (
        <span aria-hidden="true" className="pointer-events-none absolute -top-7 right-0 max-w-full truncate rounded-lg bg-ink px-2 py-0.5 text-sm tabular-nums text-ground">
          {clock(time_s)}{chapter === undefined ? "" : ` · ${chapter.title}`}
        </span>
      )}
    </div>
  );
}
