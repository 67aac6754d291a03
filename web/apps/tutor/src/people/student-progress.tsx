"use client";

import type { Schemas } from "@lectern/client";
import { type Column, DataTable, LocalTime, messages, ProgressBar, school, Section, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { useSettled } from "../school/use-settled";

const words = messages.tutor.people;
const quizWords = messages.tutor.quizzes;
/** As often as this page moves at most, milliseconds. */
const MOVES_EVERY_MS = 1_000;

/** One student's way through the course: lesson by lesson, quiz by quiz. It moves by itself. */
export function StudentProgress({ id: person }: { id: string }): ReactNode {
  const { id } = useCourse();
  const loaded = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/courses/{id}/students/{person}", { path: { id, person }, signal }), [id, person]));
  const move = useSettled(loaded.reload, MOVES_EVERY_MS);
  useSchoolEvent(["lesson.completed", "quiz.scored", "progress.moved", "resync"], (event) => {
    if (!("person" in event) || (event.person === person && event.course === id)) move();
  });
  const quizzes: Column<Schemas["QuizDetail"]>[] = [
    { id: "quiz", title: messages.tutor.overview.columns.quiz, render: (row) => <Link href={`/courses/${id}/quizzes/${row.id}/results`} className="inline-block rounded-md py-1 underline-offset-4 hover:underline">{row.title}</Link> },
    { id: "score", title: quizWords.columns.score, align: "end", render: (row) => (typeof row.score === "number" ? quizWords.score(row.score, row.score_max ?? 0) : messages.tutor.overview.nothing) },
    { id: "passed", title: quizWords.columns.passed, render: (row) => (row.passed ? <Badge tone="good" icon="check">{quizWords.passed}</Badge> : <Badge>{quizWords.notPassed}</Badge>) },
    { id: "attempts", title: quizWords.columns.attempts, align: "end", render: (row) => row.attempts },
  ];
  return (
    <Shown loaded={loaded}>
      {(student) => (
        <div className="flex flex-col gap-8">
          <header className="flex flex-col gap-2">
            <Link href={`/courses/${id}/people`} className="self-start rounded-md py-1 text-sm text-muted underline-offset-4 hover:underline">{words.back}</Link>
            <h2 className="text-xl font-semibold wrap-anywhere">{student.name}</h2>
            <p className="text-muted">{words.columns.since}: <LocalTime at={student.enrolled_at} style="date" /></p>
          </header>
          <Section title={words.lessons} id="student-lessons">
            <ol className="flex flex-col gap-2">{student.lessons.map((lesson) => <li key={lesson.id}><LessonRow lesson={lesson} /></li>)}</ol>
          </Section>
          <Section title={words.quizzes} id="student-quizzes">
            {student.quizzes.length === 0 ? <p className="text-muted">{words.noQuizzes}</p> : <DataTable label={words.quizzes} columns={quizzes} rows={student.quizzes} keyOf={(row) => row.id} />}
          </Section>
        </div>
      )}
    </Shown>
  );
}

function LessonRow({ lesson }: { lesson: Schemas["LessonDetail"] }): ReactNode {
  const { title, percent, watched_s, video_s, completed_at } = lesson;
  const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-(--radius-card) border border-line bg-surface px-4 py-3">
      <div className="min-w-0 flex-1 basis-56"><ProgressBar label={title} percent={percent} /></div>
      {typeof completed_at === "string" ? <Badge tone="good" icon="check">{words.completed} <LocalTime at={completed_at} style="date" /></Badge> : <Badge>{typeof video_s === "number" ? words.watched(clock(watched_s), clock(video_s)) : words.open}</Badge>}
    </div>
  );
}
