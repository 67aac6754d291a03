"use client";

import type { Schemas } from "@lectern/client";
import { useOpenRecording } from "@lectern/ui";
import type { ReactNode } from "react";
import { ReplayedLesson } from "./replayed-lesson";

/** The recorded class that a lesson consists of. It counts as its video does. */
export function RecordedLesson({ lesson, recording, progress, mine }: { lesson: Schemas["Lesson"]; recording: string; progress: Schemas["Progress"]; mine: boolean }): ReactNode {
  return <ReplayedLesson lesson={lesson} recording={recording} open={useOpenRecording(recording)} progress={progress} mine={mine} />;
}
