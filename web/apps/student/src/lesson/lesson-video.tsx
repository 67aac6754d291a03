"use client";

import { LecternError, type Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useState } from "react";
import { ReplayedLesson } from "./replayed-lesson";
import { VideoPlayer } from "./video-player";

/**
 * The lesson's video: streamed when it is packaged; as it was uploaded until then, if it cannot be packaged, and where the browser
 * plays no streams.
 */
export function LessonVideo({ lesson, video, progress, mine }: { lesson: Schemas["Lesson"]; video: Schemas["VideoAddress"]; progress: Schemas["Progress"]; mine: boolean }): ReactNode {
  const router = useRouter();
  const [unplayable, setUnplayable] = useState(false);
  const open = useCallback(async () => {
    try {
      return await school.post("/v1/lessons/{id}/video/playback", { path: { id: lesson.id }, idempotent: true });
    } catch (error) {
      // Another video has taken its place since the page was made.
      if (error instanceof LecternError && error.code === "video_not_packaged") router.refresh();
      throw error;
    }
  }, [lesson.id, router]);
  const onUnplayable = useCallback(() => setUnplayable(true), []);
  if (video.packaging?.state !== "ready" || unplayable) return <VideoPlayer lesson={lesson} video={video} progress={progress} mine={mine} />;
  return <ReplayedLesson lesson={lesson} recording={lesson.id} open={open} progress={progress} mine={mine} onUnplayable={onUnplayable} />;
}
