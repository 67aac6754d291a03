"use client";

import { messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { LiveCard } from "./live-card";

const title = messages.student.calendar.now;

/** The classes of one's courses that are live, as they begin; nothing, when there are none. */
export function LiveNow(): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/me/calendar", { query: { live: true, after, limit: 5 }, signal }), []);
  const pages = usePages(load);
  useSchoolEvent(["live.started", "live.ended", "enrolment.started", "enrolment.ended", "begin", "resync"], () => pages.reload());
  if (pages.items.length === 0) return null;
  return (
    <Section title={title} id="live">
      <PagedList pages={pages} label={title} keyOf={(live) => live.id} render={(live) => <LiveCard live={live} withCourse />} empty={null} />
    </Section>
  );
}
