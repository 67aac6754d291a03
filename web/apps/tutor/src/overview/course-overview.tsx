"use client";

import type { Schemas } from "@lectern/client";
import { type Column, DataTable, EmptyState, Icon, LocalTime, messages, PagedTable, ProgressBar, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { useSettled } from "../school/use-settled";

const words = messages.tutor.overview;
const LINK = "inline-block rounded-md py-1 underline-offset-4 hover:underline";
/** A class of hundreds moves all the time; the page does so this often at most, milliseconds. */
const MOVES_EVERY_MS = 2_000;

type Standing = Schemas["StudentStanding"];

/** How the course goes: who is how far, and how its lessons and quizzes do. It moves by itself. */
export function CourseOverview(): ReactNode {
  const { id } = useCourse();
  const overview = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/courses/{id}/overview", { path: { id }, signal }), [id]));
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/progress", { path: { id }, query: { after, limit: 50 }, signal }), [id]);
  const students = usePages(load);
  const move = useSettled(() => {
    overview.reload();
    students.reload();
  }, MOVES_EVERY_MS);
  useSchoolEvent(["enrolment.started", "enrolment.ended", "lesson.completed", "quiz.scored", "progress.moved", "resync"], (event) => {
    if (!("course" in event) || event.course === id) move();
  });
  return (
    <div className="flex flex-col gap-10">
      <Section title={words.progress} id="progress">
        <p className="text-muted">{words.moves}</p>
        <PagedTable pages={students} label={words.progress} columns={studentColumns(id)} keyOf={(row) => row.person}
          empty={<EmptyState icon={<Icon name="chart" className="size-8" />} title={words.none} text={words.noneText} />} />
      </Section>
      <Shown loaded={overview}>
        {({ lessons, quizzes, students: all }) => (
          <>
            <Section title={words.lessons} id="lessons"><DataTable label={words.lessons} columns={lessonColumns(id, all)} rows={lessons} keyOf={(row) => row.id} /></Section>
            <Section title={words.quizzes} id="quizzes">
              {quizzes.length === 0 ? <p className="text-muted">{words.noQuizzes}</p> : <DataTable label={words.quizzes} columns={quizColumns(id, all)} rows={quizzes} keyOf={(row) => row.id} />}
            </Section>
          </>
        )}
      </Shown>
    </div>
  );
}

const percent = (value: number | null | undefined) => (typeof value === "number" ? words.percent(value) : words.nothing);

function studentColumns(course: string): Column<Standing>[] {
  return [
    { id: "name", title: words.columns.name, render: (row) => <Link href={`/courses/${course}/people/${row.person}`} className={LINK}>{row.name}</Link> },
    { id: "progress", title: words.columns.progress, render: (row) => <div className="w-40"><ProgressBar label={words.of(row.completed, row.lessons)} percent={row.percent} /></div> },
    { id: "score", title: words.columns.score, align: "end", render: (row) => percent(row.score_percent) },
    { id: "last", title: words.columns.last, render: (row) => <LocalTime at={row.last_activity_at} /> },
  ];
}

function lessonColumns(course: string, students: number): Column<Schemas["LessonOverview"]>[] {
  return [
    { id: "lesson", title: words.columns.lesson, render: (row) => <Link href={`/courses/${course}/lessons/${row.id}`} className={LINK}>{row.title}</Link> },
    { id: "started", title: words.columns.started, align: "end", render: (row) => words.of(row.started, students) },
    { id: "completed", title: words.columns.completed, align: "end", render: (row) => words.of(row.completed, students) },
    { id: "watched", title: words.columns.watched, align: "end", render: (row) => percent(row.watched_percent_mean) },
  ];
}

function quizColumns(course: string, students: number): Column<Schemas["QuizOverview"]>[] {
  return [
    { id: "quiz", title: words.columns.quiz, render: (row) => <Link href={`/courses/${course}/quizzes/${row.id}/results`} className={LINK}>{row.title}</Link> },
    { id: "taken", title: words.columns.taken, align: "end", render: (row) => words.of(row.taken, students) },
    { id: "passed", title: words.columns.passed, align: "end", render: (row) => words.of(row.passed, row.taken) },
    { id: "mean", title: words.columns.mean, align: "end", render: (row) => percent(row.score_percent_mean) },
  ];
}
