"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Announcer, Button, Card, Confirm, explain, Icon, messages, Page, school, toast } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { type Answer, AnswerSaver, type SaveState } from "./answer-saver";
import { Countdown } from "./countdown";
import { QuestionField } from "./question-field";
import type { Heard } from "./quiz-view";

const words = messages.student.quiz;
type Attempt = Schemas["Attempt"];

/** An attempt that runs: every answer is saved as it comes, and what the page does not know, the server does. */
export function TakeQuiz({ quiz, heard, onEnded }: { quiz: Schemas["Quiz"]; heard: Heard; onEnded: (attempt: Attempt) => void }): ReactNode {
  const { attempt } = heard;
  const [answers, setAnswers] = useState<Readonly<Record<string, Answer | null>>>(() => Object.fromEntries(attempt.questions.map((question) => [question.id, question.answer ?? null])));
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const look = useCallback(async (word: string) => {
    try {
      const now = await school.get("/v1/attempts/{id}", { path: { id: attempt.id } });
      if (now.ended_at == null) return;
      toast(word);
      onEnded(now);
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    }
  }, [attempt.id, onEnded]);
  const over = useCallback(() => void look(words.over), [look]);
  const [saver, saveState] = useSaver(attempt, over);

  const answer = (question: string, next: Answer | null) => {
    setAnswers((before) => ({ ...before, [question]: next }));
    saver?.put(question, next);
  };
  const submit = async () => {
    setAsked(false);
    setBusy(true);
    try {
      await saver?.flush();
      // What is not kept would not count: say so instead of submitting without it.
      if (saver?.pending === true) {
        toast(words.unsaved, "bad");
        return;
      }
      const ended = await school.post("/v1/attempts/{id}/submit", { path: { id: attempt.id }, idempotent: true });
      saver?.close();
      toast(words.submitted);
      onEnded(ended);
      window.scrollTo(0, 0);
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    } finally {
      setBusy(false);
    }
  };

  const open = attempt.questions.filter((question) => (answers[question.id] ?? null) === null).length;
  const count = attempt.questions.length;
  return (
    <Page>
      <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold outline-none wrap-anywhere sm:text-3xl">{quiz.title}</h1>
      <div className="sticky top-15 z-20 -my-2 flex flex-wrap items-center gap-x-5 gap-y-1 border-b border-line bg-ground/95 py-3 backdrop-blur">
        <span className="tabular-nums">{words.answered(count - open, count)}</span>
        <SaveMark state={saveState} />
        {attempt.due_at == null ? null : <span className="ml-auto inline-flex items-center gap-2"><Icon name="clock" /><Countdown dueAt={attempt.due_at} now={attempt.now} heardAtMs={heard.atMs} onOver={over} /></span>}
      </div>
      <ol className="flex flex-col gap-6">
        {attempt.questions.map((question, index) => (
          <li key={question.id}>
            <Card>
              <fieldset className="flex flex-col gap-4">
                <legend className="float-left mb-1 w-full">
                  <span className="flex justify-between gap-4 text-sm text-muted"><span>{words.question(index + 1, count)}</span><span>{words.points(question.points)}</span></span>
                  <span className="mt-1 block whitespace-pre-line font-medium wrap-anywhere">{question.prompt}</span>
                </legend>
                <div className="clear-both"><QuestionField question={question} answer={answers[question.id] ?? null} onAnswer={(next) => answer(question.id, next)} /></div>
              </fieldset>
            </Card>
          </li>
        ))}
      </ol>
      <div><Button variant="primary" isPending={busy} className="min-h-13 px-8" onPress={() => setAsked(true)}>{words.submit}</Button></div>
      <Confirm title={words.submitTitle} text={open === 0 ? words.submitText : words.submitOpen(open)} confirm={words.submitConfirm} cancel={words.goOnAnswering} isOpen={asked} onConfirm={() => void submit()} onClose={() => setAsked(false)} />
    </Page>
  );
}

/** Keeps the answers of an attempt as long as the page shows it. */
function useSaver(attempt: Attempt, onOver: () => void): [AnswerSaver | undefined, SaveState] {
  const [saver, setSaver] = useState<AnswerSaver>();
  const [state, setState] = useState<SaveState>("saved");
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  }, [onOver]);
  useEffect(() => {
    const path = { id: attempt.id };
    const highest = Math.max(0, ...attempt.questions.map((question) => question.counter ?? 0));
    const made = new AnswerSaver(highest, async (counter, answers, last) => {
      await school.put("/v1/attempts/{id}/answers", { path, body: { counter, answers }, ...(last && { init: { keepalive: true } }) });
    }, setState, () => over.current());
    setSaver(made);
    const leave = () => {
      if (document.visibilityState === "hidden") made.leave();
    };
    document.addEventListener("visibilitychange", leave);
    window.addEventListener("pagehide", leave);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      window.removeEventListener("pagehide", leave);
      made.leave();
      made.close();
    };
  }, [attempt]);
  return [saver, state];
}

function SaveMark({ state }: { state: SaveState }): ReactNode {
  const [icon, colour] = state === "saved" ? (["check", "text-good"] as const) : state === "saving" ? (["clock", "text-muted"] as const) : (["alert", "text-bad"] as const);
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm ${colour}`}>
      <Icon name={icon} className="size-4.5" />
      {words[state]}
      {/* Saving is usual and not worth a word; that it does not work is. */}
      <Announcer text={state === "unsaved" ? words.unsaved : ""} />
    </span>
  );
}
