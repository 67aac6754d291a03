"use client";

import type { Schemas } from "@lectern/client";
import { Button, EmptyState, Form, Icon, messages, school, SubmitButton, toast, useForm } from "@lectern/ui";
import { type ReactNode, useRef, useState } from "react";
import { moved } from "../lessons/lesson-order";
import { useLeavingGuard } from "../school/leaving-guard";
import { draftOf, emptyQuestion, faultsOf, type QuestionDraft, questionOf, QUESTIONS_MAX } from "./question-draft";
import { QuestionEditor } from "./question-editor";

const words = messages.tutor.quizzes;

/** All questions of a quiz, saved together. */
export function QuestionsForm({ quiz, questions, fixed, onSaved }: {
  quiz: string;
  questions: readonly Schemas["KeyedQuestion"][];
  /** Whether they can not be changed any more. */
  fixed: boolean;
  onSaved: (questions: Schemas["KeyedQuestions"]) => void;
}): ReactNode {
  const [changed, setChanged] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const form = useForm<{ readonly questions: readonly QuestionDraft[] }>({
    initial: { questions: questions.map(draftOf) },
    check: (values) => values.questions.flatMap(faultsOf),
    submit: async (values) => {
      onSaved(await school.put("/v1/quizzes/{id}/questions", { path: { id: quiz }, body: { questions: values.questions.map(questionOf) } }));
      setChanged(false);
      toast(messages.forms.saved);
    },
  });
  useLeavingGuard(changed);
  const drafts = form.values.questions;
  const set = (next: readonly QuestionDraft[], touched: readonly string[]) => {
    setChanged(true);
    form.change({ questions: next }, touched);
  };
  const everything = ["/questions"];
  const add = () => {
    set([...drafts, emptyQuestion(drafts.at(-1)?.kind)], []);
    // The new one is there after the next drawing.
    requestAnimationFrame(() => list.current?.lastElementChild?.querySelector<HTMLElement>("textarea")?.focus());
  };

  return (
    <Form form={form} label={words.questions}>
      {drafts.length === 0 ? <EmptyState icon={<Icon name="quiz" className="size-8" />} title={words.noQuestions} text={words.noQuestionsText} /> : null}
      <ol ref={list} className="flex flex-col gap-4">
        {drafts.map((draft, index) => (
          <li key={draft.id}>
            <QuestionEditor draft={draft} index={index} last={index === drafts.length - 1} fixed={fixed} errorAt={form.errorAt}
              onChange={(next, touched) => set(drafts.with(index, next), touched.map((field) => `/questions/${index}/${field}`))}
              onMove={(by) => set(moved(drafts, index, by), everything)}
              onCopy={() => set(drafts.toSpliced(index + 1, 0, { ...draft, id: crypto.randomUUID() }), everything)}
              onRemove={() => set(drafts.toSpliced(index, 1), everything)} />
          </li>
        ))}
      </ol>
      {fixed ? null : (
        <div className="flex flex-wrap items-center gap-3">
          <Button icon="plus" onPress={add} isDisabled={drafts.length >= QUESTIONS_MAX}>{words.addQuestion}</Button>
          <SubmitButton form={form}>{words.saveQuestions}</SubmitButton>
          {changed ? <span className="text-sm text-warn">{words.unsaved}</span> : null}
        </div>
      )}
    </Form>
  );
}
