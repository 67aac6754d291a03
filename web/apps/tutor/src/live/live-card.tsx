"use client";

import type { Schemas } from "@lectern/client";
import { Button, Confirm, LinkButton, LocalTime, messages, school } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { useCourse } from "../courses/course-context";
import { act } from "../school/act";
import { Badge } from "../school/badge";

const words = messages.tutor.live;
const TONES = { scheduled: "muted", live: "live", ended: "muted", cancelled: "warn" } as const;

/** One live class, and what can be done with it now. */
export function LiveCard({ live, onEdit, onChange }: { live: Schemas["LiveSession"]; onEdit?: () => void; onChange: () => void }): ReactNode {
  const router = useRouter();
  const { id: course, outline } = useCourse();
  const [asking, setAsking] = useState<"cancel" | "end">();
  const path = { id: live.id };
  const start = () => void act(() => school.post("/v1/live/{id}/start", { path, idempotent: true })).then((done) => {
    if (done) router.push(`/live/${live.id}`);
  });
  const confirmed = () => {
    setAsking(undefined);
    const done = asking === "cancel" ? act(() => school.delete("/v1/live/{id}", { path }), words.cancelled(live.title)) : act(() => school.post("/v1/live/{id}/end", { path, idempotent: true }), words.ended(live.title));
    void done.then(onChange);
  };
  const lesson = outline.data?.items.find(({ id }) => id === live.lesson_id);
  return (
    <article className="flex flex-col gap-3 rounded-(--radius-card) border border-line bg-surface p-5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 text-lg font-semibold wrap-anywhere">{live.title}</h3>
        <Badge tone={TONES[live.state]}>{words.states[live.state]}</Badge>
      </div>
      <p className="text-muted">
        <LocalTime at={live.started_at ?? live.starts_at} /> – <LocalTime at={live.ended_at ?? live.ends_at} style="time" />
        {lesson === undefined ? null : <span className="block text-sm wrap-anywhere">{words.about(lesson.title)}</span>}
      </p>
      <div className="flex flex-wrap gap-2">
        {live.state === "scheduled" ? (
          <>
            <Button variant="primary" icon="broadcast" onPress={start}>{words.start}</Button>
            <Button onPress={onEdit}>{words.edit}</Button>
            <Button variant="quiet" onPress={() => setAsking("cancel")}>{words.cancel}</Button>
          </>
        ) : null}
        {live.state === "live" ? (
          <>
            <LinkButton href={`/live/${live.id}`} variant="primary" icon="broadcast">{words.join}</LinkButton>
            <Button onPress={() => setAsking("end")}>{words.end}</Button>
          </>
        ) : null}
        {live.state === "live" || live.state === "ended" ? <LinkButton href={`/courses/${course}/live/${live.id}`} icon="people">{words.attendance}</LinkButton> : null}
      </div>
      <Confirm title={words.cancelTitle(live.title)} text={words.cancelText} confirm={words.cancel} cancel={messages.cancel} isOpen={asking === "cancel"} onClose={() => setAsking(undefined)} onConfirm={confirmed} />
      <Confirm title={words.endTitle(live.title)} text={words.endText} confirm={words.end} cancel={messages.cancel} isOpen={asking === "end"} onClose={() => setAsking(undefined)} onConfirm={confirmed} />
    </article>
  );
}
