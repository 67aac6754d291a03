"use client";

import { type Chapter, type Storyboard, tileAt } from "@lectern/client";
import { type ReactNode, useLayoutEffect, useRef } from "react";
import { clock } from "../clock";

/** What one would see at a moment, above its place on the seek bar. For the eye: the bar itself says time and chapter. */
export function SeekPreview({ time_s, at, storyboard, chapter }: {
  time_s: number;
  /** Where on the bar, from 0 to 1. */
  at: number;
  storyboard: Storyboard | undefined;
  chapter: Chapter | undefined;
}): ReactNode {
  const card = useRef<HTMLDivElement>(null);
  // The policy allows no style in an attribute.
  useLayoutEffect(() => card.current?.style.setProperty("--at", at.toFixed(4)), [at]);
  const tile = storyboard === undefined ? undefined : tileAt(storyboard, time_s);
  return (
    <div ref={card} aria-hidden="true" className="seek-preview pointer-events-none absolute bottom-full z-10 flex w-44 flex-col items-center overflow-hidden rounded-xl border border-line bg-surface text-sm text-ink shadow-lift">
      {tile === undefined || storyboard === undefined ? null : (
        <svg viewBox={`${tile.x} ${tile.y} ${tile.width} ${tile.height}`} className="w-full bg-stage">
          <image href={storyboard.url} width={tile.sheetWidth} height={tile.sheetHeight} />
        </svg>
      )}
      <p className="max-w-full px-2 py-1 text-center leading-snug">
        <span className="font-semibold tabular-nums">{clock(time_s)}</span>
        {chapter === undefined ? null : <span className="line-clamp-2 wrap-anywhere text-muted">{chapter.title}</span>}
      </p>
    </div>
  );
}
