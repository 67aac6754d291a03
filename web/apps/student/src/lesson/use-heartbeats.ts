"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { useEffect, useState } from "react";
import { WatchLog } from "./watch-log";

/** What plays, as far as it is to be reported. */
export interface Watchable {
  /** Where it is, seconds. */
  position_s(): number;
  /** Whether it plays, and is not on its way to another place. */
  isPlaying(): boolean;
  /** Calls `onMove` when it moves, and `onStop` when it stops or has gone to another place, until `signal` aborts. */
  follow(onMove: () => void, onStop: () => void, signal: AbortSignal): void;
}

/** How often a playing video is reported. */
const BEAT_MS = 5_000;

/** The counter goes up over reloads and devices: never below the last one of this browser, nor below the clock. */
function nextCounter(lesson: string): number {
  const kept = Number(window.localStorage.getItem(counterKey(lesson)) ?? 0);
  return Math.max(Number.isSafeInteger(kept) ? kept : 0, Date.now());
}

const counterKey = (lesson: string) => `lectern.beat.${lesson}`;

/**
 * Reports what is watched of a lesson's video: every five seconds while it plays, when it stops, and when the page is hidden
 * or left, then with `keepalive`. `onProgress` is told what the server has counted. Nothing is reported without a `player` and a `lesson`.
 * @returns whether reports get through.
 */
export function useHeartbeats(player: Watchable | undefined, lesson: string | undefined, onProgress: (progress: Schemas["Progress"]) => void): boolean {
  const [through, setThrough] = useState(true);
  useEffect(() => {
    if (player === undefined || lesson === undefined) return;
    const log = new WatchLog(nextCounter(lesson));
    let sending = false;
    let seen = false;
    const look = () => {
      seen = true;
      log.at(player.position_s(), player.isPlaying());
    };
    const send = async (keepalive: boolean) => {
      // A player that was never touched has nothing to say; its position would take the kept one back.
      if (!seen || (sending && !keepalive)) return;
      sending = true;
      const reports = log.reports();
      window.localStorage.setItem(counterKey(lesson), String(log.counter));
      try {
        for (const report of reports) {
          const progress = await school.post("/v1/lessons/{id}/progress", { path: { id: lesson }, body: report, idempotent: !keepalive, ...(keepalive && { init: { keepalive: true } }) });
          log.acknowledged(report);
          onProgress(progress);
        }
        setThrough(true);
      } catch {
        setThrough(false);
      } finally {
        sending = false;
      }
    };
    const stop = () => {
      look();
      void send(false);
    };
    const hide = () => {
      if (document.visibilityState !== "hidden") return;
      look();
      if (log.dirty) void send(true);
    };
    const timer = setInterval(() => {
      if (player.isPlaying() || log.dirty) void send(false);
    }, BEAT_MS);
    const abort = new AbortController();
    const { signal } = abort;
    player.follow(look, stop, signal);
    document.addEventListener("visibilitychange", hide, { signal });
    window.addEventListener("pagehide", hide, { signal });
    return () => {
      clearInterval(timer);
      abort.abort();
      if (seen) look();
      if (log.dirty) void send(true);
    };
  }, [player, lesson, onProgress]);
  return through;
}
