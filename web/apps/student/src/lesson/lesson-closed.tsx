import type { LecternError, Schemas } from "@lectern/client";
import { Icon, LinkButton, messages, Page, PageHead } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";

const words = messages.student.lesson;

/** Where a closed lesson stands. */
export interface ClosedCourse {
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly Schemas["LessonSummary"][];
}

/** What a lesson's page is called whose door is closed. */
export function closedTitle(cause: LecternError): string {
  return cause.code === "lesson_locked" ? words.lockedTitle : words.enrolTitle;
}

/** Why a lesson cannot be entered, and the way to change that: what has to be done first, and the course. */
export function LessonClosed({ id, cause, course }: { id: string; cause: LecternError; course: ClosedCourse | undefined }): ReactNode {
  const locked = cause.code === "lesson_locked";
  const before = locked ? missingBefore(id, course?.lessons ?? []) : [];
  return (
    <Page>
      <PageHead title={closedTitle(cause)} intro={!locked ? words.enrolText : before.length === 0 ? words.lockedText : words.lockedFirst(before.length)} />
      {before.length === 0 ? null : (
        <ul aria-label={words.first} className="overflow-hidden rounded-(--radius-card) border border-line bg-surface">
          {before.map((lesson) => <FirstRow key={lesson.id} lesson={lesson} />)}
        </ul>
      )}
      <div>
        {course === undefined ? <LinkButton href="/me" icon="book">{messages.student.portfolio.courses}</LinkButton>
          : <LinkButton href={`/courses/${course.id}`} icon="book">{locked ? words.of(course.title) : words.toCourseOf(course.title)}</LinkButton>}
      </div>
    </Page>
  );
}

function FirstRow({ lesson }: { lesson: Schemas["LessonSummary"] }): ReactNode {
  const title = lesson.locked ? lesson.title : <Link href={`/lessons/${lesson.id}`} className="after:absolute after:inset-0 hover:underline">{lesson.title}</Link>;
  return (
    <li className="relative flex min-h-16 items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <Icon name={lesson.locked ? "lock" : "book"} className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <h2 className="font-medium wrap-anywhere">{title}</h2>
        <p className="text-sm text-muted">{lesson.locked ? words.firstLocked : words.firstBy[lesson.completion]}</p>
      </div>
      {lesson.locked ? null : <Icon name="next" className="size-5 text-muted" />}
    </li>
  );
}

/** Of a course's lessons those that are not complete and have to be before this one, theirs among them, in the course's order. */
function missingBefore(id: string, lessons: readonly Schemas["LessonSummary"][]): readonly Schemas["LessonSummary"][] {
  const known = new Map(lessons.map((lesson) => [lesson.id, lesson]));
  const missing = new Set<string>();
  const ways = [...(known.get(id)?.requires ?? [])];
  for (let next = ways.pop(); next !== undefined; next = ways.pop()) {
    const lesson = known.get(next);
    if (lesson === undefined || lesson.completed_at != null || missing.has(next)) continue;
    missing.add(next);
    ways.push(...lesson.requires);
  }
  return lessons.filter((lesson) => missing.has(lesson.id));
}
