"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, Card, explain, messages, Notice, Page, PageHead, school, Section, toast } from "@lectern/ui";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Leaderboard } from "../leaderboard/leaderboard";
import { duration } from "./duration";
import { AttemptResult } from "./attempt-result";
import { TakeQuiz } from "./take-quiz";

const words = messages.student.quiz;
type Quiz = Schemas["Quiz"];

/** An attempt, and when this page heard of it, by its own steady clock. */
export interface Heard {
  readonly attempt: Schemas["Attempt"];
  readonly atMs: number;
}

/** A quiz: its facts and one's attempts; the attempt that runs; the result of one that ended. */
export function QuizView({ quiz, viewer }: { quiz: Quiz; viewer: string }): ReactNode {
  const router = useRouter();
  const [open, setOpen] = useState<Heard>();
  const [busy, setBusy] = useState(false);
  const show = async (load: () => Promise<Schemas["Attempt"]>) => {
    setBusy(true);
    try {
      const attempt = await load();
      setOpen({ attempt, atMs: performance.now() });
      window.scrollTo(0, 0);
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
      router.refresh();
    } finally {
      setBusy(false);
    }
  };
  const back = () => {
    setOpen(undefined);
    router.refresh();
  };
  if (open !== undefined && open.attempt.ended_at == null) return <TakeQuiz key={open.attempt.id} quiz={quiz} heard={open} onEnded={(attempt) => setOpen({ attempt, atMs: performance.now() })} />;
  if (open !== undefined) return <AttemptResult key={open.attempt.id} quiz={quiz} attempt={open.attempt} onBack={back} />;
  return (
    <Page>
      <PageHead title={quiz.title} before={<Link href={`/lessons/${quiz.lesson}`} className="inline-flex min-h-11 items-center self-start text-accent underline-offset-2 hover:underline">{words.toLesson}</Link>} />
      <Facts quiz={quiz} />
      <Standing quiz={quiz} busy={busy} onStart={() => void show(() => school.post("/v1/quizzes/{id}/attempts", { path: { id: quiz.id }, idempotent: true }))}
        onLook={(id) => void show(() => school.get("/v1/attempts/{id}", { path: { id } }))} />
      {quiz.standing?.score == null ? null : <Leaderboard board={{ quiz: quiz.id }} viewer={viewer} />}
    </Page>
  );
}

function Facts({ quiz }: { quiz: Quiz }): ReactNode {
  const extraS = quiz.standing?.extra_s ?? 0;
  const used = quiz.standing?.attempts.length ?? 0;
  const all = quiz.attempts_max ?? 1;
  const facts = [
    words.questions(quiz.questions),
    words.points(quiz.points),
    quiz.time_limit_s == null ? words.noLimit : words.timeLimit(duration(quiz.time_limit_s + extraS)),
    words.attempts(Math.max(0, all - used), all),
    words.pass(quiz.pass_percent ?? 50),
    ...(all > 1 ? [words[quiz.score_kept ?? "best"]] : []),
    ...(extraS > 0 ? [words.extra(duration(extraS))] : []),
  ];
  return (
    <Card>
      <ul aria-label={words.facts} className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
        {facts.map((fact) => <li key={fact}>{fact}</li>)}
      </ul>
    </Card>
  );
}

function Standing({ quiz, busy, onStart, onLook }: { quiz: Quiz; busy: boolean; onStart: () => void; onLook: (attempt: string) => void }): ReactNode {
  const { standing, now } = quiz;
  if (standing == null) return <Notice tone="info">{messages.student.lesson.enrolTitle}</Notice>;
  const running = standing.attempts.find((attempt) => attempt.ended_at == null);
  const ended = standing.attempts.filter((attempt) => attempt.ended_at != null);
  const left = (quiz.attempts_max ?? 1) - standing.attempts.length;
  const closed = quiz.closes_at != null && Date.parse(now) >= Date.parse(quiz.closes_at) + standing.extra_s * 1000;
  const early = quiz.opens_at != null && Date.parse(now) < Date.parse(quiz.opens_at);
  const why = closed ? words.isClosed : early ? words.notOpen : quiz.questions === 0 ? words.noQuestions : left <= 0 ? words.noneLeft : undefined;
  return (
    <>
      {running === undefined && why !== undefined ? <p className="text-muted">{why}</p> : (
        <div>
          <Button variant="primary" isPending={busy} onPress={onStart} className="min-h-13 px-8">
            {running !== undefined ? words.goOn : ended.length > 0 ? words.startAgain : words.start}
          </Button>
        </div>
      )}
      {ended.length === 0 ? null : (
        <Section title={words.yourAttempts} id="attempts">
          {standing.score == null ? null : (
            <p className="text-lg"><strong className="font-semibold">{words.score(standing.score, quiz.points)}</strong> · {standing.passed ? words.passed : words.notPassed}</p>
          )}
          <ul className="flex flex-col gap-2">
            {ended.map((attempt) => (
              <li key={attempt.id} className="flex flex-wrap items-center justify-between gap-3 rounded-(--radius-card) border border-line bg-surface px-5 py-2">
                <span>{words.attempt(attempt.number)}{attempt.score == null ? null : <span className="text-muted"> · {words.score(attempt.score, quiz.points)}</span>}</span>
                <Button variant="quiet" onPress={() => onLook(attempt.id)} icon="next">{words.result(attempt.number)}</Button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
