"use client";

import type { Schemas } from "@lectern/client";
import { Card, clock, LinkButton, LiveBadge, LocalTime, messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";

const words = messages.student.recordings;

/** The recorded classes of a course that can be watched; nothing, when there are none. */
export function Recordings({ course }: { course: string }): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/recordings", { path: { id: course }, query: { after, limit: 10 }, signal }), [course]);
  const pages = usePages(load);
  useSchoolEvent(["live.ended", "recording.ready", "begin", "resync"], (event) => {
    if (!("course" in event) || event.course === course) pages.reload();
  });
  if (pages.items.length === 0) return null;
  return (
    <Section title={words.title} id="recordings">
      <PagedList pages={pages} label={words.title} keyOf={(recording) => recording.id} render={(recording) => <RecordingCard recording={recording} />} empty={null} />
    </Section>
  );
}

function RecordingCard({ recording: { id, title, state, started_at, duration_s, is_playable: isPlayable } }: { recording: Schemas["Recording"] }): ReactNode {
  return (
    <Card className="flex flex-col gap-3 sm:flex-row sm:items-center">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
          {state === "recording" ? <LiveBadge label={messages.classroom.live} /> : null}
          <LocalTime at={started_at} />
          <span className="tabular-nums">{clock(duration_s)}</span>
        </p>
        <h3 className="text-lg font-semibold wrap-anywhere">{title}</h3>
      </div>
      {isPlayable ? <LinkButton href={`/recordings/${id}`} icon="play">{state === "recording" ? words.fromBeginning : words.watch}<span className="sr-only">: {title}</span></LinkButton> : null}
    </Card>
  );
}
