"use client";

import type { Schemas } from "@lectern/client";
import { Icon, LocalTime, messages } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";

const words = messages.student.lesson;

/** The quizzes of a lesson and when they can be taken. */
export function QuizList({ quizzes }: { quizzes: readonly Schemas["QuizSummary"][] }): ReactNode {
  return (
    <ul className="overflow-hidden rounded-(--radius-card) border border-line bg-surface">
      {quizzes.map((quiz) => (
        <li key={quiz.id} className="relative flex min-h-16 items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
          <Icon name="quiz" className="size-6 text-accent" />
          <div className="min-w-0 flex-1">
            <Link href={`/quizzes/${quiz.id}`} className="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline">{quiz.title}</Link>
            {quiz.opens_at == null && quiz.closes_at == null ? null : (
              <p className="flex flex-wrap gap-x-4 text-sm text-muted">
                {quiz.opens_at == null ? null : <span>{words.opensAt} <LocalTime at={quiz.opens_at} /></span>}
                {quiz.closes_at == null ? null : <span>{words.closesAt} <LocalTime at={quiz.closes_at} /></span>}
              </p>
            )}
          </div>
          <Icon name="next" className="size-5 text-muted" />
        </li>
      ))}
    </ul>
  );
}
