"use client";

import type { Schemas } from "@lectern/client";
import { Button, EmptyState, Icon, messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback, useState } from "react";
import { useCourse } from "../courses/course-context";
import { LiveCard } from "./live-card";
import { LiveDialog } from "./live-dialog";

const words = messages.tutor.live;

/** The live classes of the course: those to come, and those that were. */
export function CourseLive(): ReactNode {
  const [open, setOpen] = useState<Schemas["LiveSession"] | "new">();
  const upcoming = useClasses("upcoming");
  const past = useClasses("past");
  const reload = () => {
    upcoming.reload();
    past.reload();
  };
  return (
    <div className="flex flex-col gap-10">
      <Section title={words.upcoming} id="upcoming" actions={<Button variant="primary" icon="plus" onPress={() => setOpen("new")}>{words.schedule}</Button>}>
        <PagedList pages={upcoming} label={words.upcoming} keyOf={(live) => live.id} render={(live) => <LiveCard live={live} onEdit={() => setOpen(live)} onChange={reload} />}
          empty={<EmptyState icon={<Icon name="calendar" className="size-8" />} title={words.none} text={words.noneText} />} />
      </Section>
      <Section title={words.past} id="past">
        <PagedList pages={past} label={words.past} keyOf={(live) => live.id} render={(live) => <LiveCard live={live} onChange={reload} />} empty={<p className="text-muted">{words.nonePast}</p>} />
      </Section>
      <LiveDialog open={open} onClose={() => setOpen(undefined)} onSaved={reload} />
    </div>
  );
}

function useClasses(when: "upcoming" | "past") {
  const { id } = useCourse();
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/live", { path: { id }, query: { when, after, limit: 20 }, signal }), [id, when]);
  const pages = usePages(load);
  useSchoolEvent(["live.scheduled", "live.started", "live.ended", "live.cancelled", "resync"], (event) => {
    if (!("course" in event) || event.course === id) pages.reload();
  });
  return pages;
}
