import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, messages } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";

const words = messages.student.course;

/** A course's lessons in order; each says whether it is done, or what has to come first. `open`: whether they may be entered. */
export function Outline({ lessons, open }: { lessons: readonly Schemas["LessonSummary"][]; open: boolean }): ReactNode {
  if (lessons.length === 0) return <EmptyState icon={<Icon name="book" className="size-8" />} title={words.noLessons} text={words.noLessonsText} />;
  const titles = new Map(lessons.map((lesson) => [lesson.id, lesson]));
  return (
    <ol className="overflow-hidden rounded-(--radius-card) border border-line bg-surface">
      {lessons.map((lesson, index) => {
        const missing = lesson.requires.flatMap((id) => {
          const before = titles.get(id);
          return before === undefined || before.completed_at != null ? [] : [before.title];
        });
        return <OutlineRow key={lesson.id} lesson={lesson} number={index + 1} missing={missing} open={open} />;
      })}
    </ol>
  );
}

function OutlineRow({ lesson, number, missing, open }: { lesson: Schemas["LessonSummary"]; number: number; missing: readonly string[]; open: boolean }): ReactNode {
  const done = lesson.completed_at != null;
  const enter = open && !lesson.locked;
  return (
    <li className="relative flex min-h-16 items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <span className={`grid size-9 shrink-0 place-items-center rounded-full text-sm font-semibold tabular-nums ${done ? "bg-accent text-on-accent" : "bg-sunken text-muted"}`}>
        {done ? <Icon name="check" /> : lesson.locked && open ? <Icon name="lock" className="size-4.5" /> : number}
        {done ? <span className="sr-only">{words.completed}</span> : null}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className={`font-medium wrap-anywhere ${open && lesson.locked ? "text-muted" : ""}`}>
          {enter ? <Link href={`/lessons/${lesson.id}`} className="after:absolute after:inset-0 hover:underline">{lesson.title}</Link> : lesson.title}
        </h3>
        {open && lesson.locked ? <p className="text-sm text-muted">{missing.length === 0 ? words.locked : words.lockedUntil(missing)}</p> : null}
      </div>
      {lesson.video_s == null ? null : <span className="shrink-0 text-sm text-muted">{(lesson.recording == null ? words.minutes : words.recorded)(lesson.video_s)}</span>}
      {enter ? <Icon name="next" className="size-5 text-muted" /> : null}
    </li>
  );
}
