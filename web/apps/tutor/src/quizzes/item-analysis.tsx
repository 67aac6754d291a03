"use client";

import type { Schemas } from "@lectern/client";
import { Card, messages, ProgressBar, school } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";

const words = messages.tutor.quizzes;
/** Below this a question does not tell those who know from those who do not. */
const DISCRIMINATION_WEAK = 0.1;
/** With fewer people a correlation says nothing. */
const PEOPLE_MIN = 10;

/** How each question did: how hard it was, whether it tells who knows, and what was answered. */
export function ItemAnalysis({ id }: { id: string }): ReactNode {
  const load = useCallback(async (signal: AbortSignal) => {
    const [analysis, questions] = await Promise.all([
      school.get("/v1/quizzes/{id}/analysis", { path: { id }, signal }),
      school.get("/v1/quizzes/{id}/questions", { path: { id }, signal }),
    ]);
    return { items: analysis.items, questions: new Map(questions.questions.map((question) => [question.id, question])) };
  }, [id]);
  const loaded = useLoaded(load);
  return (
    <Shown loaded={loaded}>
      {({ items, questions }) => items.every(({ people }) => people === 0) ? <p className="text-muted">{words.noAnalysis}</p> : (
        <>
          <p className="max-w-prose text-muted">{words.analysisIntro}</p>
          <ol className="grid gap-4 lg:grid-cols-2">
            {items.map((item, index) => <li key={item.question}><Item item={item} question={questions.get(item.question)} number={index + 1} /></li>)}
          </ol>
        </>
      )}
    </Shown>
  );
}

function Item({ item, question, number }: { item: Schemas["Item"]; question: Schemas["KeyedQuestion"] | undefined; number: number }): ReactNode {
  const { difficulty, discrimination, people, answered, answers, other } = item;
  const weak = typeof discrimination === "number" && people >= PEOPLE_MIN && discrimination < DISCRIMINATION_WEAK;
  return (
    <Card className="flex h-full flex-col gap-4">
      <h3 className="font-semibold wrap-anywhere">{words.question(number)}: {question?.prompt}</h3>
      <div className="flex flex-wrap gap-2">
        {typeof difficulty === "number" ? <Badge>{words.difficulty(Math.round(difficulty * 100))}</Badge> : null}
        {typeof discrimination === "number" ? <Badge tone={weak ? "warn" : "muted"} {...(weak && { icon: "alert" as const })}>{words.discrimination(discrimination.toFixed(2))}</Badge> : null}
        <Badge>{words.answered(answered, people)}</Badge>
      </div>
      {weak ? <p className="text-sm text-muted">{words.weak}</p> : null}
      <ul className="flex flex-col gap-3">
        {answers.map(({ answer, count }, place) => (
          <li key={`${place} ${answer}`} className="flex items-end gap-2">
            <div className="min-w-0 flex-1"><ProgressBar label={answer === "" ? words.emptyAnswer : answer} percent={answered === 0 ? 0 : (count / answered) * 100} text={words.times(count)} /></div>
            {isRight(question, place) ? <span className="text-sm font-medium text-good">{words.right}</span> : null}
          </li>
        ))}
      </ul>
      {other === 0 ? null : <p className="text-sm text-muted">{words.otherAnswers(other)}</p>}
    </Card>
  );
}

/** Of choices alone: their answers stand in the order of the options. */
function isRight(question: Schemas["KeyedQuestion"] | undefined, place: number): boolean {
  const key = question?.key;
  if (key?.kind === "single") return key.right === place;
  return key?.kind === "multiple" && key.right.includes(place);
}
