"use client";

import { Button, messages, Notice, problemText, type StageVisit, useRoom } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.onStage;

/** A word to somebody who is on stage, and the way down. */
export function StageStatus({ visit }: { visit: StageVisit }): ReactNode {
  const { ask } = useRoom();
  const { place, link, capture, mutedByTutor } = visit;
  if (place === undefined) return mutedByTutor ? <Notice tone="warn">{words.youMuted}</Notice> : null;
  const leave = <Button className="-my-1 shrink-0 px-4 lg:hidden" onPress={() => void ask({ type: "stage_leave" })}>{words.leaveShort}</Button>;
  if (capture.state === "failed") {
    const { title, text } = problemText(capture.error?.code ?? "capture_failed");
    return <Notice tone="bad" title={title} action={<Button className="shrink-0 px-4" onPress={capture.open}>{messages.tryAgain}</Button>}>{text}</Notice>;
  }
  if (capture.state === "closed") {
    return <Notice tone="info" action={<Button variant="primary" className="shrink-0 px-4" onPress={capture.open}>{messages.studio.allow}</Button>}>{words.here}</Notice>;
  }
  if (link?.name === "failed" || link?.name === "reconnecting") return <Notice tone="warn" action={leave}>{words.failed}</Notice>;
  if (mutedByTutor) return <Notice tone="warn" action={leave}>{words.youMuted}</Notice>;
  return <div className="lg:hidden"><Notice tone="info" action={leave}>{link?.name === "live" ? words.here : words.connecting}</Notice></div>;
}
