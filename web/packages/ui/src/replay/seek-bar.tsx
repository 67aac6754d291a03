"use client";

import type { ReplayState, Timeline } from "@lectern/client";
import { type PointerEvent, type ReactNode, useState } from "react";
import { clock } from "../clock";
import { messages } from "../messages";
import { SeekPreview } from "./seek-preview";

const words = messages.replay;
/** What a page key moves by is the browser's; an arrow is the player's own key. */
const STEP_S = 0.1;

/**
 * Where one is, what is loaded, and where the chapters begin; to be dragged. It is the browser's own slider, which every assistive
 * technology knows, above a drawing: the policy allows no style in an attribute.
 */
export function SeekBar({ state, timeline, onSeek }: { state: ReplayState; timeline: Timeline; onSeek: (time_s: number) => void }): ReactNode {
  const [dragged_s, setDragged] = useState<number>();
  const [hovered, setHovered] = useState<number>();
  const [focused, setFocused] = useState(false);
  const [held_s, hold] = useState<number>();
  const { from_s, to_s, loaded_s } = state;
  const time_s = dragged_s ?? state.time_s;
  const percent = (at_s: number) => (to_s <= from_s ? 0 : (Math.min(1, Math.max(0, (at_s - from_s) / (to_s - from_s))) * 100));
  const at = `${percent(time_s)}%`;
  // What plays on is not read out for as long as the bar has the focus: only where one went.
  const said_s = dragged_s ?? held_s ?? time_s;
  const chapter = timeline.chapterAt(said_s);
  const said = chapter === undefined ? words.at(clock(said_s), clock(to_s)) : words.atIn(clock(said_s), clock(to_s), chapter.title);
  const settle = () => {
    if (dragged_s === undefined) return;
    onSeek(dragged_s);
    hold(dragged_s);
    setDragged(undefined);
  };
  const hover = ({ clientX, pointerType, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    // A finger drags, and does not hover.
    if (pointerType === "mouse" && width > 0) setHovered(Math.min(1, Math.max(0, (clientX - left) / width)));
  };
  const hovered_s = hovered === undefined ? undefined : from_s + hovered * (to_s - from_s);
  const shown_s = dragged_s ?? hovered_s ?? (focused ? time_s : undefined);
  return (
    <div className="relative flex h-11 items-center">
      <input type="range" min={from_s} max={Math.max(to_s, from_s + STEP_S)} step={STEP_S} value={time_s} aria-label={words.position} aria-valuetext={said}
        onChange={(event) => setDragged(Number(event.target.value))} onPointerUp={settle} onKeyUp={settle} onPointerMove={hover} onPointerLeave={() => setHovered(undefined)}
        onFocus={({ currentTarget }) => {
          setFocused(currentTarget.matches(":focus-visible"));
          hold(state.time_s);
        }}
        onBlur={() => {
          settle();
          setFocused(false);
          hold(undefined);
        }}
        className="peer absolute inset-0 z-1 w-full cursor-pointer opacity-0" />
      <svg aria-hidden="true" className="h-5 w-full overflow-visible rounded-full peer-focus-visible:outline-3 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent">
        <rect x="0" y="7" width="100%" height="6" rx="3" className="fill-edge/40" />
        <rect x={at} y="7" width={`${Math.max(0, percent(loaded_s) - percent(time_s))}%`} height="6" className="fill-edge/60" />
        <rect x="0" y="7" width={at} height="6" rx="3" className="fill-accent" />
        {timeline.chapters.map(({ from_s: begins_s }) => (begins_s <= from_s || begins_s >= to_s ? null : <rect key={begins_s} x={`${percent(begins_s)}%`} y="5" width="3" height="10" className="fill-ground" />))}
        <circle cx={at} cy="10" r="8" className="fill-accent stroke-surface" strokeWidth="2" />
      </svg>
      {shown_s === undefined || to_s <= from_s ? null : <SeekPreview time_s={shown_s} at={percent(shown_s) / 100} storyboard={state.storyboard} chapter={timeline.chapterAt(shown_s)} />}
    </div>
  );
}
