"use client";

import type { Schemas } from "@lectern/client";
import { CheckField, DateTimeField, Form, messages, missing, NumberField, RadioFields, school, SubmitButton, TextField, toast, useForm } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.tutor.quizzes;
const SCORES = (["best", "last", "average"] as const).map((id) => ({ id, label: words.scores[id] }));
const KEYS = (["never", "after_attempts", "after_close"] as const).map((id) => ({ id, label: words.keysShown[id] }));

interface Values {
  readonly title: string;
  readonly time_limit_s: number | null;
  readonly attempts_max: number | null;
  readonly pass_percent: number | null;
  readonly score_kept: Schemas["ScoreKept"];
  readonly keys_shown: Schemas["KeysShown"];
  readonly opens_at: string | null;
  readonly closes_at: string | null;
  readonly published: boolean;
}

function valuesOf(quiz: Schemas["Quiz"]): Values {
  return {
    title: quiz.title, time_limit_s: quiz.time_limit_s ?? null, attempts_max: quiz.attempts_max ?? 1, pass_percent: quiz.pass_percent ?? 50, score_kept: quiz.score_kept ?? "best",
    keys_shown: quiz.keys_shown ?? "never", opens_at: quiz.opens_at ?? null, closes_at: quiz.closes_at ?? null, published: quiz.published ?? false,
  };
}

/** The rules of a quiz: when, how long, how often, and what counts. */
export function QuizSettingsForm({ quiz, onSaved }: { quiz: Schemas["Quiz"]; onSaved: (quiz: Schemas["Quiz"]) => void }): ReactNode {
  const form = useForm<Values>({
    initial: valuesOf(quiz),
    check: ({ title, attempts_max, pass_percent }) => [
      ...(title.trim() === "" ? [missing("title")] : []),
      ...(attempts_max === null ? [missing("attempts_max")] : []),
      ...(pass_percent === null ? [missing("pass_percent")] : []),
    ],
    submit: async ({ attempts_max, pass_percent, ...values }) => {
      const body = { ...values, ...(attempts_max !== null && { attempts_max }), ...(pass_percent !== null && { pass_percent }) };
      onSaved(await school.put("/v1/quizzes/{id}", { path: { id: quiz.id }, body }));
      toast(messages.forms.saved);
    },
  });
  const limit = form.field("time_limit_s");
  const { score_kept, keys_shown } = form.values;
  return (
    <Form form={form} label={words.rules}>
      <TextField label={words.fields.title} {...form.field("title")} />
      <NumberField label={words.fields.timeLimit} hint={words.fields.timeLimitHint} optional unit="min" min={1} max={1440} step={1} name={limit.name} error={limit.error}
        value={limit.value === null ? null : limit.value / 60} onChange={(minutes) => limit.onChange(minutes === null ? null : Math.round(minutes * 60))} />
      <NumberField label={words.fields.attempts} min={1} max={100} {...form.field("attempts_max")} />
      <RadioFields label={words.fields.scoreKept} choices={SCORES} {...form.field("score_kept")} onChange={(next) => form.change({ score_kept: next ?? score_kept })} />
      <NumberField label={words.fields.pass} unit="%" min={0} max={100} {...form.field("pass_percent")} />
      <RadioFields label={words.fields.keysShown} choices={KEYS} {...form.field("keys_shown")} onChange={(next) => form.change({ keys_shown: next ?? keys_shown })} />
      <DateTimeField label={words.fields.opens} optional {...form.field("opens_at")} />
      <DateTimeField label={words.fields.closes} optional {...form.field("closes_at")} />
      <CheckField label={words.fields.published} hint={words.fields.publishedHint} {...form.field("published")} />
      <SubmitButton form={form} className="self-start">{words.saveRules}</SubmitButton>
    </Form>
  );
}
