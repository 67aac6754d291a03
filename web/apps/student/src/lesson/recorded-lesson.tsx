"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { ReplayedLesson } from "./replayed-lesson";

/** The recorded class that a lesson consists of. It counts as its video does. */
export function RecordedLesson({ lesson, recording, progress, mine }: { lesson: Schemas["Lesson"]; recording: string; progress: Schemas["Progress"]; mine: boolean }): ReactNode {
  const open = useCallback(() => school.post("/v1/recordings/{id}/playback", { path: { id: recording }, idempotent: true }), [recording]);
  return <ReplayedLesson lesson={lesson} recording={recording} open={open} progress={progress} mine={mine} />;
}
