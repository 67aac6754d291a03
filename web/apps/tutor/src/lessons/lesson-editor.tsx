"use client";

import { Card, messages, school, Section } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { LessonForm } from "./lesson-form";
import { LessonMaterials } from "./lesson-materials";
import { LessonQuizzes } from "./lesson-quizzes";
import { LessonVideo } from "./lesson-video";

const words = messages.tutor.lessons;

/** One lesson: its text and rule, what belongs to it, and its quizzes. */
export function LessonEditor({ id }: { id: string }): ReactNode {
  const open = useCourse();
  const lesson = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/lessons/{id}", { path: { id }, signal }), [id]));
  return (
    <Shown loaded={lesson}>
      {(data) => (
        <div className="flex flex-col gap-6">
          <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Link href={`/courses/${open.id}`} className="basis-full rounded-md py-1 text-sm text-muted underline-offset-4 hover:underline">{words.back}</Link>
            <h2 className="min-w-0 text-xl font-semibold wrap-anywhere">{data.title}</h2>
            {data.published ? <Badge tone="good">{words.published}</Badge> : <Badge icon="eyeOff">{words.hidden}</Badge>}
          </header>
          <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Section title={words.content} id="lesson-content">
              <Card>
                <LessonForm key={data.id} lesson={data} onSaved={(next) => {
                  lesson.set(next);
                  open.outline.reload();
                }} />
              </Card>
            </Section>
            <div className="flex min-w-0 flex-col gap-8">
              <LessonVideo lesson={id} onChange={() => {
                lesson.reload();
                open.outline.reload();
              }} />
              <LessonMaterials lesson={id} />
              <LessonQuizzes lesson={id} />
            </div>
          </div>
        </div>
      )}
    </Shown>
  );
}
