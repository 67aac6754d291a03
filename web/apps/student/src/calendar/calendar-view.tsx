"use client";

import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, messages, Page, PagedList, PageHead, type PageOf, school, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { CalendarAddress } from "./calendar-address";
import { LiveCard } from "./live-card";

const words = messages.student.calendar;

/** The live classes of one's courses, the next first; it follows what tutors do with them. */
export function CalendarView({ first }: { first: PageOf<Schemas["LiveSession"]> }): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/me/calendar", { query: { after }, signal }), []);
  const pages = usePages(load, first);
  useSchoolEvent(["live.scheduled", "live.started", "live.ended", "live.cancelled", "enrolment.started", "enrolment.ended", "begin", "resync"], () => pages.reload());
  return (
    <Page>
      <PageHead title={words.title} intro={words.intro} />
      <PagedList pages={pages} label={words.title} keyOf={(live) => live.id} render={(live) => <LiveCard live={live} withCourse />}
        empty={<EmptyState icon={<Icon name="calendar" className="size-8" />} title={words.none} text={words.noneText} />} />
      <CalendarAddress />
    </Page>
  );
}
