"use client";

import { EmptyState, Icon, messages, PagedList, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { useCourse } from "../courses/course-context";
import { PlayingRecording } from "./playing-recording";
import { RecordingCard } from "./recording-card";

const words = messages.tutor.recordings;

/** The recorded classes of the course, those that failed too, and above them the one that plays: the page's address names it. */
export function CourseRecordings(): ReactNode {
  const { id } = useCourse();
  const router = useRouter();
  const path = usePathname();
  const playing = useSearchParams().get("play");
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/recordings", { path: { id }, query: { after, limit: 20 }, signal }), [id]);
  const pages = usePages(load);
  useSchoolEvent(["live.started", "live.ended", "recording.ready", "resync"], (event) => {
    if (!("course" in event) || event.course === id) pages.reload();
  });
  const removed = (recording: string) => {
    if (recording === playing) router.replace(path);
    pages.reload();
  };
  return (
    <div ref={useFocusOn(playing)} tabIndex={-1} className="flex min-w-0 flex-col gap-8 outline-none">
      {playing === null ? null : <PlayingRecording key={playing} recording={playing} closed={path} />}
      <Section title={words.title} id="recordings">
        <PagedList pages={pages} label={words.title} keyOf={(recording) => recording.id}
          render={(recording) => <RecordingCard recording={recording} watch={`${path}?play=${recording.id}`} isPlaying={recording.id === playing} onRemoved={() => removed(recording.id)} />}
          empty={<EmptyState icon={<Icon name="play" className="size-8" />} title={words.none} text={words.noneText} />} />
      </Section>
    </div>
  );
}

/** What gets the focus when `value` is another one: who opens or closes something far away goes on there. */
function useFocusOn(value: unknown) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(value);
  useEffect(() => {
    if (value !== before.current) place.current?.focus();
    before.current = value;
  }, [value]);
  return place;
}
