"use client";

import type { Playback, Replay, Schemas } from "@lectern/client";
import { clock, messages, Notice, ProgressBar, ReplayPlayer } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { useHeartbeats } from "./use-heartbeats";
import { watchReplay } from "./watchable";

const words = messages.student.lesson;
/** Reasons that lie with the browser: to try again does not help. */
const UNPLAYABLE = ["unsupported", "media_unplayable"];

/**
 * What a lesson consists of, in the player of recordings, and how much of it is watched. `recording` is the name under which the
 * player knows it; `open` gets the right to play it; `onUnplayable` is told when this browser cannot. Keep them stable.
 */
export function ReplayedLesson({ lesson, recording, open, progress, mine, onUnplayable }: {
  lesson: Schemas["Lesson"];
  recording: string;
  open: () => Promise<Playback>;
  progress: Schemas["Progress"];
  mine: boolean;
  onUnplayable?: () => void;
}): ReactNode {
  const [replay, setReplay] = useState<Replay>();
  const [watchedS, setWatchedS] = useState(progress.watched_s);
  const onProgress = useCallback((now: Schemas["Progress"]) => setWatchedS(now.watched_s), []);
  const watchable = useMemo(() => (replay === undefined ? undefined : watchReplay(replay)), [replay]);
  const through = useHeartbeats(watchable, mine ? lesson.id : undefined, onProgress);
  useEffect(() => {
    const abort = new AbortController();
    replay?.on("state", ({ error }) => {
      if (error !== undefined && UNPLAYABLE.includes(error.code)) onUnplayable?.();
    }, abort.signal);
    return () => abort.abort();
  }, [replay, onUnplayable]);
  const lengthS = progress.video_s ?? lesson.video_s ?? undefined;
  const text = lengthS === undefined ? clock(watchedS) : words.watchedText(clock(watchedS), clock(lengthS));
  return (
    <div className="flex flex-col gap-3">
      <ReplayPlayer recording={recording} title={lesson.title} open={open} onReplay={setReplay} />
      {through ? null : <Notice tone="warn">{words.unsaved}</Notice>}
      {mine ? <ProgressBar label={words.watched} percent={lengthS === undefined ? 0 : (watchedS / lengthS) * 100} text={text} /> : null}
    </div>
  );
}
