"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Announcer, Button, clock, explain, messages, Notice, ProgressBar, school } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useHeartbeats, type Watchable } from "./use-heartbeats";
import { watchVideo } from "./watchable";

const words = messages.student.lesson;
/** Nearer to the end than this, one begins anew. */
const NEARLY_OVER_S = 5;

/**
 * The lesson's video in the browser's own player, which everybody knows and every assistive technology too. It goes on where
 * one stopped; its address, good for a short time, is asked for anew when it no longer is.
 */
export function VideoPlayer({ lesson, video, progress, mine }: { lesson: Schemas["Lesson"]; video: Schemas["MaterialAddress"]; progress: Schemas["Progress"]; mine: boolean }): ReactNode {
  const player = useRef<HTMLVideoElement>(null);
  const [url, setUrl] = useState(video.url);
  const [watchedS, setWatchedS] = useState(progress.watched_s);
  const [failed, setFailed] = useState<string>();
  const resumeAt = useRef(progress.position_s);
  const [resumed, setResumed] = useState<number>();
  const lengthS = progress.video_s ?? lesson.video_s ?? undefined;
  const onProgress = useCallback((now: Schemas["Progress"]) => setWatchedS(now.watched_s), []);
  const [watchable, setWatchable] = useState<Watchable>();
  const through = useHeartbeats(watchable, mine ? lesson.id : undefined, onProgress);

  const resume = () => {
    const element = player.current;
    const at = resumeAt.current;
    if (element === null || at <= 0 || at > element.duration - NEARLY_OVER_S) return;
    element.currentTime = at;
    setResumed(at);
  };
  useEffect(() => {
    const element = player.current;
    // It may have read its length, or failed, before this page was alive.
    if (element === null) return;
    setWatchable(watchVideo(element));
    if (element.readyState >= 1) resume();
    if (element.error !== null) element.dispatchEvent(new Event("error"));
  }, []);
  const again = async () => {
    setFailed(undefined);
    resumeAt.current = player.current?.currentTime ?? 0;
    try {
      setUrl((await school.get("/v1/lessons/{id}/video", { path: { id: lesson.id } })).url);
    } catch (thrown) {
      setFailed(explain(asLecternError(thrown)));
    }
  };
  const text = lengthS === undefined ? clock(watchedS) : words.watchedText(clock(watchedS), clock(lengthS));
  return (
    <section aria-label={words.video} className="flex flex-col gap-3">
      <video ref={player} src={url} controls playsInline preload="metadata" aria-label={words.videoOf(lesson.title)} onLoadedMetadata={resume} onError={() => setFailed(words.videoFailed)}
        className="aspect-video w-full rounded-(--radius-card) bg-stage" />
      {failed === undefined ? null : <Notice tone="bad" action={<Button onPress={() => void again()}>{messages.tryAgain}</Button>}>{failed}</Notice>}
      {through ? null : <Notice tone="warn">{words.unsaved}</Notice>}
      {mine ? <ProgressBar label={words.watched} percent={lengthS === undefined ? 0 : (watchedS / lengthS) * 100} text={text} /> : null}
      <Announcer text={resumed === undefined ? "" : words.resumed(clock(resumed))} />
    </section>
  );
}
