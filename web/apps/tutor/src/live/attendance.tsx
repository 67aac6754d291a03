"use client";

import type { Schemas } from "@lectern/client";
import { type Column, EmptyState, Icon, LocalTime, messages, PagedTable, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { useCourse } from "../courses/course-context";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";

const words = messages.tutor.live;
type Attendee = Schemas["Attendee"];

/** How often the school looks who is there, milliseconds. */
const LOOK_MS = 5_000;

/** Who came to a live class, when, and for how long; as it goes on, while it does. */
export function Attendance({ id }: { id: string }): ReactNode {
  const { id: course } = useCourse();
  const live = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/live/{id}", { path: { id }, signal }), [id]));
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/live/{id}/attendance", { path: { id }, query: { after, limit: 50 }, signal }), [id]);
  const pages = usePages(load);
  useWhileLive(live.data?.state === "live", pages.reload);
  useSchoolEvent(["live.started", "live.ended", "live.cancelled", "resync"], (event) => {
    if ("live" in event && event.live !== id) return;
    live.reload();
    pages.reload();
  });
  const columns: Column<Attendee>[] = [
    { id: "name", title: words.columns.name, render: (row) => <Link href={`/courses/${course}/people/${row.person}`} className="inline-block rounded-md py-1 underline-offset-4 hover:underline">{row.name}</Link> },
    { id: "joined", title: words.columns.joined, render: (row) => <LocalTime at={row.joined_at} /> },
    { id: "left", title: words.columns.left, render: (row) => (typeof row.left_at === "string" ? <LocalTime at={row.left_at} style="time" /> : words.stillThere) },
    { id: "time", title: words.columns.time, align: "end", render: (row) => words.duration(row.seconds) },
  ];
  return (
    <Shown loaded={live}>
      {({ title, started_at, starts_at }) => (
        <div className="flex flex-col gap-6">
          <header className="flex flex-col gap-2">
            <Link href={`/courses/${course}/live`} className="self-start rounded-md py-1 text-sm text-muted underline-offset-4 hover:underline">{words.back}</Link>
            <h2 className="text-xl font-semibold wrap-anywhere">{title}</h2>
            <p className="text-muted"><LocalTime at={started_at ?? starts_at} /></p>
          </header>
          <Section title={words.attendance} id="attendance">
            <PagedTable pages={pages} label={words.attendance} columns={columns} keyOf={(row) => row.person} empty={<EmptyState icon={<Icon name="people" className="size-8" />} title={words.nobodyCame} />} />
          </Section>
        </div>
      )}
    </Shown>
  );
}

/** Calls `look` from time to time while `on` and somebody sees the page. */
function useWhileLive(on: boolean, look: () => void): void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [on]);
}
