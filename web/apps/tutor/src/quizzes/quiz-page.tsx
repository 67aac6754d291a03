"use client";

import type { Schemas } from "@lectern/client";
import { Button, Card, Confirm, LinkButton, messages, Notice, school, Section } from "@lectern/ui";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useState } from "react";
import { useCourse } from "../courses/course-context";
import { act } from "../school/act";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { type Loaded, useLoaded } from "../school/use-loaded";
import { QuestionsForm } from "./questions-form";
import { QuizSettingsForm } from "./quiz-settings-form";

const words = messages.tutor.quizzes;

interface Editing {
  readonly quiz: Schemas["Quiz"];
  readonly questions: Schemas["KeyedQuestions"];
  /** Whether somebody has taken it: then what was asked stays. */
  readonly taken: boolean;
}

/** The quiz builder: what is asked, what is right, and the rules. */
export function QuizPage({ id }: { id: string }): ReactNode {
  const load = useCallback(async (signal: AbortSignal): Promise<Editing> => {
    const path = { id };
    const [quiz, questions, results] = await Promise.all([
      school.get("/v1/quizzes/{id}", { path, signal }),
      school.get("/v1/quizzes/{id}/questions", { path, signal }),
      school.get("/v1/quizzes/{id}/results", { path, query: { limit: 1 }, signal }),
    ]);
    return { quiz, questions, taken: results.items.length > 0 };
  }, [id]);
  const editing = useLoaded(load);
  return <Shown loaded={editing}>{(data) => <Editor data={data} editing={editing} />}</Shown>;
}

function Editor({ data, editing }: { data: Editing; editing: Loaded<Editing> }): ReactNode {
  const { quiz, questions, taken } = data;
  return (
    <div className="flex flex-col gap-6">
      <QuizHead quiz={quiz} />
      {taken ? <Notice tone="info" title={words.takenTitle}>{words.takenText}</Notice> : null}
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Section title={words.questions} id="questions">
          <QuestionsForm quiz={quiz.id} questions={questions.questions} fixed={taken} onSaved={(next) => {
            editing.set({ ...data, questions: next });
            editing.reload();
          }} />
        </Section>
        <Section title={words.rules} id="rules">
          <Card>
            <QuizSettingsForm quiz={quiz} onSaved={(next) => editing.set({ ...data, quiz: next })} />
          </Card>
          <RemoveQuiz quiz={quiz} />
        </Section>
      </div>
    </div>
  );
}

/** The quiz's name and the way back; `results` says which of its two pages this is. */
export function QuizHead({ quiz, results = false }: { quiz: Schemas["Quiz"]; results?: boolean }): ReactNode {
  const { id } = useCourse();
  const back = results ? `/courses/${id}/quizzes/${quiz.id}` : `/courses/${id}/lessons/${quiz.lesson}`;
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Link href={back} className="basis-full rounded-md py-1 text-sm text-muted underline-offset-4 hover:underline">{results ? words.backToQuiz : words.back}</Link>
      <h2 className="min-w-0 text-xl font-semibold wrap-anywhere">{results ? words.resultsOf(quiz.title) : quiz.title}</h2>
      {quiz.published === true ? <Badge tone="good">{messages.tutor.lessons.published}</Badge> : <Badge icon="eyeOff">{messages.tutor.lessons.hidden}</Badge>}
      <span className="text-muted">{words.size(quiz.questions, quiz.points)}</span>
      {results ? null : <LinkButton href={`/courses/${id}/quizzes/${quiz.id}/results`} icon="chart" className="sm:ml-auto">{words.results}</LinkButton>}
    </header>
  );
}

function RemoveQuiz({ quiz }: { quiz: Schemas["Quiz"] }): ReactNode {
  const router = useRouter();
  const { id } = useCourse();
  const [asking, setAsking] = useState(false);
  const remove = () => {
    setAsking(false);
    void act(() => school.delete("/v1/quizzes/{id}", { path: { id: quiz.id } }), words.removed).then((done) => {
      if (done) router.push(`/courses/${id}/lessons/${quiz.lesson}`);
    });
  };
  return (
    <>
      <Button variant="quiet" icon="bin" className="self-start" onPress={() => setAsking(true)}>{words.remove}</Button>
      <Confirm title={words.removeTitle} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={asking} onClose={() => setAsking(false)} onConfirm={remove} />
    </>
  );
}
