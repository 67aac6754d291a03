"use client";

import type { Schemas } from "@lectern/client";
import { CheckField, CheckFields, Form, messages, missing, NumberField, RadioFields, school, SubmitButton, TextAreaField, TextField, toast, useForm } from "@lectern/ui";
import type { ReactNode } from "react";
import { useCourse } from "../courses/course-context";
import { useLeavingGuard } from "../school/leaving-guard";

const words = messages.tutor.lessons;
const COMPLETIONS = (["watched", "quiz", "marked"] as const).map((id) => ({ id, ...words.rules[id] }));

/** What a lesson says, when it is complete, and what must be complete before. */
export function LessonForm({ lesson, onSaved }: { lesson: Schemas["Lesson"]; onSaved: (lesson: Schemas["Lesson"]) => void }): ReactNode {
  const { outline } = useCourse();
  const { title, body, completion, watched_percent, requires, published } = lesson;
  const initial = { title, body, completion, watched_percent: watched_percent as number | null, requires: requires as readonly string[], published };
  const form = useForm({
    initial,
    check: (values) => (values.title.trim() === "" ? [missing("title")] : []),
    submit: async (values) => {
      const saved = await school.patch("/v1/lessons/{id}", { path: { id: lesson.id }, body: { ...values, requires: [...values.requires] } });
      onSaved(saved);
      toast(messages.forms.saved);
    },
  });
  const others = (outline.data?.items ?? []).filter(({ id }) => id !== lesson.id).map((each) => ({ id: each.id, label: each.title }));
  const saved = { title, body, completion, watched_percent, requires, published };
  useLeavingGuard(JSON.stringify(form.values) !== JSON.stringify(saved));
  return (
    <Form form={form} label={words.content}>
      <TextField label={words.fields.title} {...form.field("title")} />
      <TextAreaField label={words.fields.body} hint={words.fields.bodyHint} optional rows={10} {...form.field("body")} />
      <RadioFields label={words.fields.completion} choices={COMPLETIONS} {...form.field("completion")} onChange={(next) => {
        if (next !== null) form.change({ completion: next });
      }} />
      {form.values.completion === "watched" ? <NumberField label={words.fields.watched} unit="%" min={1} max={100} {...form.field("watched_percent")} /> : null}
      {others.length === 0 ? null : <CheckFields label={words.fields.requires} hint={words.fields.requiresHint} optional choices={others} {...form.field("requires")} />}
      <CheckField label={words.fields.published} hint={words.fields.publishedHint} {...form.field("published")} />
      <SubmitButton form={form} className="self-start">{messages.forms.save}</SubmitButton>
    </Form>
  );
}
