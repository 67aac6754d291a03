"use client";

import { messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { LiveCard } from "../calendar/live-card";

/** The live classes of a course that are to come or on; nothing, when there are none. */
export function LiveClasses({ course }: { course: string }): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/live", { path: { id: course }, query: { when: "upcoming", after, limit: 5 }, signal }), [course]);
  const pages = usePages(load);
  useSchoolEvent(["live.scheduled", "live.started", "live.ended", "live.cancelled", "begin", "resync"], (event) => {
    if (!("course" in event) || event.course === course) pages.reload();
  });
  if (pages.items.length === 0) return null;
  return (
    <Section title={messages.student.course.live} id="live">
      <PagedList pages={pages} label={messages.student.course.live} keyOf={(live) => live.id} render={(live) => <LiveCard live={live} />} empty={null} />
    </Section>
  );
}
