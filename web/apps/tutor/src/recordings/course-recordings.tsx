"use client";

import { EmptyState, Icon, messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { RecordingCard } from "./recording-card";

const words = messages.tutor.recordings;

/** The recorded classes of the course, those that failed too. */
export function CourseRecordings(): ReactNode {
  const { id } = useCourse();
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/recordings", { path: { id }, query: { after, limit: 20 }, signal }), [id]);
  const pages = usePages(load);
  useSchoolEvent(["live.started", "live.ended", "recording.ready", "resync"], (event) => {
    if (!("course" in event) || event.course === id) pages.reload();
  });
  return (
    <Section title={words.title} id="recordings">
      <PagedList pages={pages} label={words.title} keyOf={(recording) => recording.id} render={(recording) => <RecordingCard recording={recording} onChange={pages.reload} />}
        empty={<EmptyState icon={<Icon name="play" className="size-8" />} title={words.none} text={words.noneText} />} />
    </Section>
  );
}
