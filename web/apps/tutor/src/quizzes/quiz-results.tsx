"use client";

import type { Schemas } from "@lectern/client";
import { type Column, EmptyState, Icon, LocalTime, messages, PagedTable, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";
import { ExtraTime } from "./extra-time";
import { ItemAnalysis } from "./item-analysis";
import { QuizHead } from "./quiz-page";

const words = messages.tutor.quizzes;
type Result = Schemas["Page_QuizResult"]["items"][number];

/** Who got what in a quiz, how its questions did, and who has more time. */
export function QuizResults({ id }: { id: string }): ReactNode {
  const quiz = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/quizzes/{id}", { path: { id }, signal }), [id]));
  return (
    <Shown loaded={quiz}>
      {(data) => (
        <div className="flex flex-col gap-8">
          <QuizHead quiz={data} results />
          <Section title={words.results} id="results"><Results id={id} /></Section>
          <Section title={words.analysis} id="analysis"><ItemAnalysis id={id} /></Section>
          <Section title={words.extraTime} id="extra-time"><ExtraTime id={id} /></Section>
        </div>
      )}
    </Shown>
  );
}

function Results({ id }: { id: string }): ReactNode {
  const { id: course } = useCourse();
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/quizzes/{id}/results", { path: { id }, query: { after, limit: 50 }, signal }), [id]);
  const pages = usePages(load);
  useSchoolEvent(["quiz.scored", "resync"], (event) => {
    if (!("quiz" in event) || event.quiz === id) pages.reload();
  });
  const columns: Column<Result>[] = [
    { id: "name", title: words.columns.name, render: (row) => <Link href={`/courses/${course}/people/${row.person}`} className="inline-block rounded-md py-1 underline-offset-4 hover:underline">{row.name}</Link> },
    { id: "score", title: words.columns.score, align: "end", render: (row) => words.score(row.score, row.score_max) },
    { id: "passed", title: words.columns.passed, render: (row) => (row.passed ? <Badge tone="good" icon="check">{words.passed}</Badge> : <Badge>{words.notPassed}</Badge>) },
    { id: "attempts", title: words.columns.attempts, align: "end", render: (row) => row.attempts },
    { id: "at", title: words.columns.at, render: (row) => <LocalTime at={row.updated_at} /> },
  ];
  return <PagedTable pages={pages} label={words.results} columns={columns} keyOf={(row) => row.person} empty={<EmptyState icon={<Icon name="chart" className="size-8" />} title={words.noResults} />} />;
}
