"use client";

import type { Replay, Schemas } from "@lectern/client";
import { clock, messages, Notice, ProgressBar, ReplayPlayer, school } from "@lectern/ui";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useHeartbeats } from "./use-heartbeats";
import { watchReplay } from "./watchable";

const words = messages.student.lesson;

/** The recorded class that a lesson consists of. It counts as its video does. */
export function RecordedLesson({ lesson, recording, progress, mine }: { lesson: Schemas["Lesson"]; recording: string; progress: Schemas["Progress"]; mine: boolean }): ReactNode {
  const [replay, setReplay] = useState<Replay>();
  const [watchedS, setWatchedS] = useState(progress.watched_s);
  const onProgress = useCallback((now: Schemas["Progress"]) => setWatchedS(now.watched_s), []);
  const open = useCallback(() => school.post("/v1/recordings/{id}/playback", { path: { id: recording }, idempotent: true }), [recording]);
  const watchable = useMemo(() => (replay === undefined ? undefined : watchReplay(replay)), [replay]);
  const through = useHeartbeats(watchable, mine ? lesson.id : undefined, onProgress);
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
