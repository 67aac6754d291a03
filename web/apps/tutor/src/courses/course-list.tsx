"use client";

import type { Schemas } from "@lectern/client";
import { Button, EmptyState, Icon, messages, Page, PagedList, PageHead, school, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback, useState } from "react";
import { CourseBadge } from "./course-badge";
import { NewCourseDialog } from "./new-course-dialog";

const words = messages.tutor.courses;

/** The courses that the tutor teaches. */
export function CourseList(): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/me/teaching", { query: { after, limit: 30 }, signal }), []);
  const pages = usePages(load);
  const [open, setOpen] = useState(false);
  const create = <Button variant="primary" icon="plus" onPress={() => setOpen(true)}>{words.create}</Button>;
  return (
    <Page>
      <PageHead title={words.title} intro={words.intro} actions={create} />
      <PagedList pages={pages} label={words.title} keyOf={(course) => course.id} render={(course) => <CourseCard course={course} />}
        empty={<EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} />} />
      <NewCourseDialog isOpen={open} onClose={() => setOpen(false)} />
    </Page>
  );
}

function CourseCard({ course }: { course: Schemas["CourseSummary"] }): ReactNode {
  return (
    <article className="relative flex flex-col gap-2 rounded-(--radius-card) border border-line bg-surface p-5 transition-colors hover:border-edge">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="min-w-0 text-lg font-semibold wrap-anywhere">
          <Link href={`/courses/${course.id}`} className="rounded-md after:absolute after:inset-0 after:rounded-(--radius-card)">
            {course.title}
          </Link>
        </h2>
        <CourseBadge state={course.state} />
      </div>
      {course.summary === "" ? null : <p className="text-muted wrap-anywhere">{course.summary}</p>}
      <p className="text-sm text-muted">{words.lessons(course.lessons)}</p>
    </article>
  );
}
