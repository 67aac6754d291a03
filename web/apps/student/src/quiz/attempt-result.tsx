"use client";

import type { Schemas } from "@lectern/client";
import { Button, Card, Icon, LinkButton, messages, Page } from "@lectern/ui";
import { type ReactNode, useEffect, useRef } from "react";
import type { Answer } from "./answer-saver";

const words = messages.student.quiz;

/** What an attempt was worth; with what was right, when that may be seen. */
export function AttemptResult({ quiz, attempt, onBack }: { quiz: Schemas["Quiz"]; attempt: Schemas["Attempt"]; onBack: () => void }): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const count = attempt.questions.length;
  const max = attempt.score_max ?? quiz.points;
  const passed = attempt.score != null && attempt.score * 100 >= max * (quiz.pass_percent ?? 50);
  return (
    <Page>
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold outline-none wrap-anywhere sm:text-3xl">{words.result(attempt.number)}</h1>
      {attempt.score == null ? null : (
        <Card className="flex items-center gap-4">
          <span className={`grid size-12 shrink-0 place-items-center rounded-full ${passed ? "bg-accent text-on-accent" : "bg-sunken text-muted"}`}><Icon name={passed ? "check" : "quiz"} className="size-6" /></span>
          <div>
            <p className="text-xl font-semibold">{words.score(attempt.score, max)}</p>
            <p className="text-muted">{passed ? words.passed : words.notPassed}{attempt.ended_by === "deadline" ? ` · ${words.over}` : ""}</p>
          </div>
        </Card>
      )}
      <ol className="flex flex-col gap-4">
        {attempt.questions.map((question, index) => (
          <li key={question.id}>
            <Card className="flex flex-col gap-2">
              <p className="flex justify-between gap-4 text-sm text-muted">
                <span>{words.question(index + 1, count)}</span>
                <span>{question.earned == null ? words.points(question.points) : words.earned(question.earned, question.points)}</span>
              </p>
              <h2 className="whitespace-pre-line font-medium wrap-anywhere">{question.prompt}</h2>
              <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[auto_1fr]">
                <dt className="text-sm text-muted">{words.yours}</dt>
                <dd className="whitespace-pre-line wrap-anywhere">{answerText(question.task, question.answer ?? null)}</dd>
                {question.key == null ? null : (
                  <>
                    <dt className="text-sm text-muted">{words.right}</dt>
                    <dd className="whitespace-pre-line wrap-anywhere">{keyText(question.task, question.key)}</dd>
                  </>
                )}
              </dl>
            </Card>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-3">
        <Button icon="previous" onPress={onBack}>{words.back}</Button>
        <LinkButton href={`/lessons/${quiz.lesson}`}>{words.toLesson}</LinkButton>
      </div>
    </Page>
  );
}

const optionText = (task: Schemas["Task"], place: number) => ("options" in task ? (task.options[place] ?? "") : "");

function answerText(task: Schemas["Task"], answer: Answer | null): string {
  switch (answer?.kind) {
    case undefined:
      return words.none;
    case "single":
      return optionText(task, answer.option);
    case "multiple":
      return answer.options.map((place) => optionText(task, place)).join("\n");
    case "numeric":
      return answer.value.toLocaleString("en", { maximumFractionDigits: 10 });
    case "short_text":
      return answer.text;
  }
}

function keyText(task: Schemas["Task"], key: Schemas["Key"]): string {
  switch (key.kind) {
    case "single":
      return optionText(task, key.right);
    case "multiple":
      return key.right.map((place) => optionText(task, place)).join("\n");
    case "numeric": {
      const value = key.value.toLocaleString("en", { maximumFractionDigits: 10 });
      return key.tolerance === undefined || key.tolerance === 0 ? value : `${value} ± ${key.tolerance.toLocaleString("en", { maximumFractionDigits: 10 })}`;
    }
    case "short_text":
      return key.accepted.join(", ");
  }
}
