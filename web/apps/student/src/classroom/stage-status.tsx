"use client";

import { Button, messages, Notice, problemText, type StageVisit } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.onStage;

/** A word to somebody who is on stage while not all is well. */
export function StageStatus({ visit }: { visit: StageVisit }): ReactNode {
  const { place, link, capture, mutedByTutor } = visit;
  if (place === undefined) return mutedByTutor ? <Notice tone="warn">{words.youMuted}</Notice> : null;
  if (capture.state === "failed") {
    const { title, text } = problemText(capture.error?.code ?? "capture_failed");
    return <Notice tone="bad" title={title} action={<Button className="shrink-0 px-4" onPress={capture.open}>{messages.tryAgain}</Button>}>{text}</Notice>;
  }
  if (capture.state === "closed") {
    return <Notice tone="info" action={<Button variant="primary" className="shrink-0 px-4" onPress={capture.open}>{messages.studio.allow}</Button>}>{words.here}</Notice>;
  }
  if (link?.name === "failed" || link?.name === "reconnecting") return <Notice tone="warn">{words.failed}</Notice>;
  if (mutedByTutor) return <Notice tone="warn">{words.youMuted}</Notice>;
  return link?.name === "connecting" ? <Notice tone="info">{words.connecting}</Notice> : null;
}
