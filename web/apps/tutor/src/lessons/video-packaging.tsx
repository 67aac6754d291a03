"use client";

import type { Schemas } from "@lectern/client";
import { Announcer, messages, Notice, ProgressBar, school } from "@lectern/ui";
import { type ReactNode, useEffect, useState } from "react";

const words = messages.tutor.video.packaging;
/** How often it is asked how far it is, milliseconds. */
const LOOK_MS = 2_000;

/**
 * How far a lesson's video is on its way to be streamed, or why it cannot be; `begun` is how far it was. It is asked for by itself:
 * what the page shows of the video stays as it is.
 */
export function VideoPackaging({ lesson, begun }: { lesson: string; begun: Schemas["Packaging"] }): ReactNode {
  const [{ state, percent, reason }, setPackaging] = useState(begun);
  const changes = state === "waiting" || state === "running";
  useEffect(() => {
    if (!changes) return;
    const abort = new AbortController();
    const look = async () => {
      try {
        const { packaging } = await school.get("/v1/lessons/{id}/video", { path: { id: lesson }, signal: abort.signal });
        if (packaging != null) setPackaging(packaging);
      } catch {
        // Asked again in a moment.
      }
    };
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void look();
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [lesson, changes]);
  return (
    <>
      <Announcer text={words.states[state]} />
      {state === "waiting" ? <ProgressBar label={words.states.waiting} percent={undefined} /> : null}
      {state === "running" ? <ProgressBar label={words.states.running} percent={percent} /> : null}
      {state === "ready" ? <p className="text-muted" aria-hidden="true">{words.states.ready}</p> : null}
      {state === "refused" ? <Notice tone="warn" title={words.states.refused}>{`${sentence(reason ?? "")} ${words.asItIs}`}</Notice> : null}
      {state === "failed" ? <Notice tone="warn" title={words.states.failed}>{`${words.again} ${words.asItIs}`}</Notice> : null}
    </>
  );
}

/** The school's reasons begin in lower case and end without a full stop. */
function sentence(reason: string): string {
  return reason === "" ? "" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
