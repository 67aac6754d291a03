"use client";

import { asLecternError, type LecternError, type Playback, Replay, type ReplayState, retryDelayMs, Timeline } from "@lectern/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { preferredCaptions } from "./caption-choice";
import { changeMemory, readMemory, type ReplaySettings, withPosition } from "./replay-memory";

/** What did not open and may later is tried again so. */
const RETRIES = { baseMs: 8_000, capMs: 30_000 };
/** A position is kept when it has moved by so much, seconds. */
const KEEP_S = 5;

/** The elements that a replay plays in, once they are there. */
export interface ReplayElements {
  readonly camera: HTMLVideoElement | null;
  readonly screen: HTMLVideoElement | null;
  readonly sound: HTMLAudioElement | null;
}

/** A replay that is open, or on its way. */
export interface OpenReplay {
  readonly replay: Replay | undefined;
  readonly state: ReplayState | undefined;
  readonly timeline: Timeline;
  /** Why it did not open. */
  readonly refused: LecternError | undefined;
  /** Where it goes on, if not at the beginning, seconds. */
  readonly resumed_s: number | undefined;
  /** Opens it, or goes on, after a failure. */
  readonly again: () => void;
}

/**
 * Opens the recording for as long as the page shows it. It goes on where the person stopped: as the school knows it, else as this
 * browser does. Volume, speed and arrangement are as they were the last time. Keep `open` stable.
 */
export function useReplay(recording: string, open: () => Promise<Playback>, { camera, screen, sound }: ReplayElements): OpenReplay {
  const [attempt, setAttempt] = useState(0);
  const [shown, setShown] = useState<{ replay: Replay; state: ReplayState; resumed_s: number | undefined }>();
  const [timeline, setTimeline] = useState(Timeline.EMPTY);
  const [refused, setRefused] = useState<LecternError>();
  const running = useRef<Replay>(undefined);

  useEffect(() => {
    if (camera === null || screen === null || sound === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    const begin = (playback: Playback) => {
      if (signal.aborted) return;
      const { settings, positions } = readMemory();
      const position_s = playback.position_s > 0 ? playback.position_s : (positions.find(([id]) => id === recording)?.[1] ?? 0);
      const replay = new Replay({ playback: { ...playback, position_s }, renew: open, elements: { camera, screen, sound }, layout: settings.layout });
      replay.volume = settings.volume;
      replay.muted = settings.muted;
      replay.rate = settings.rate;
      if (settings.captions) replay.language = preferredCaptions(playback.captions ?? [], settings.language, navigator.languages);
      running.current = replay;
      const resumed_s = replay.state.time_s > 0 ? replay.state.time_s : undefined;
      const show = () => setShown({ replay, state: replay.state, resumed_s });
      show();
      replay.on("state", show, signal);
      replay.on("timeline", setTimeline, signal);
      keepPosition(replay, recording, signal);
    };
    let retrying: ReturnType<typeof setTimeout> | undefined;
    open().then((playback) => {
      setRefused(undefined);
      begin(playback);
    }, (thrown: unknown) => {
      if (signal.aborted) return;
      const error = asLecternError(thrown);
      setRefused(error);
      if (!mayOpenLater(error)) return;
      retrying = setTimeout(() => setAttempt((n) => n + 1), retryDelayMs(attempt, error.retryAfterMs, Math.random, RETRIES));
      window.addEventListener("online", () => setAttempt((n) => n + 1), { signal, once: true });
    });
    return () => {
      clearTimeout(retrying);
      abort.abort();
      running.current?.close();
      running.current = undefined;
    };
  }, [recording, open, attempt, camera, screen, sound]);

  const again = useCallback(() => {
    if (running.current === undefined) setAttempt((n) => n + 1);
    else running.current.retry();
  }, []);
  return { replay: shown?.replay, state: shown?.state, timeline, refused, resumed_s: shown?.resumed_s, again };
}

/** Whether a refusal may be gone by itself: nobody answered, or there is nothing to play yet. */
export function mayOpenLater(error: LecternError): boolean {
  return error.retryable || error.code === "recording_not_ready";
}

/** Keeps a setting, for every recording of this browser. */
export function keepSettings(change: Partial<ReplaySettings>): void {
  changeMemory((memory) => ({ ...memory, settings: { ...memory.settings, ...change } }));
}

function keepPosition(replay: Replay, recording: string, signal: AbortSignal): void {
  let kept_s = replay.state.time_s;
  const keep = () => {
    const { time_s, motion } = replay.state;
    if (motion === "loading" || (Math.abs(time_s - kept_s) < KEEP_S && motion !== "ended")) return;
    kept_s = time_s;
    changeMemory((memory) => withPosition(memory, recording, motion === "ended" ? 0 : time_s));
  };
  replay.on("state", keep, signal);
}
