"use client";

import type { Schemas } from "@lectern/client";
import { DateTimeField, Dialog, Form, messages, missing, school, SelectField, SubmitButton, TextField, toast, useForm } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { useCourse } from "../courses/course-context";
import { nextFullHour } from "./next-full-hour";

const words = messages.tutor.live;
const NO_LESSON = "none";

/** Schedules a live class, or changes one that is to come. */
export function LiveDialog({ open, onClose, onSaved }: { open: Schemas["LiveSession"] | "new" | undefined; onClose: () => void; onSaved: () => void }): ReactNode {
  return (
    <Dialog title={open === "new" ? words.schedule : words.edit} isOpen={open !== undefined} onClose={onClose}>
      {open === undefined ? null : (
        <LiveForm live={open === "new" ? undefined : open} onSaved={() => {
          onClose();
          onSaved();
        }} />
      )}
    </Dialog>
  );
}

interface Values {
  readonly title: string;
  readonly lesson: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
}

function LiveForm({ live, onSaved }: { live: Schemas["LiveSession"] | undefined; onSaved: () => void }): ReactNode {
  const { id, outline } = useCourse();
  const [openedMs] = useState(Date.now);
  const form = useForm<Values>({
    initial: { title: live?.title ?? "", lesson: live?.lesson_id ?? NO_LESSON, starts_at: live?.starts_at ?? nextFullHour(openedMs, 0), ends_at: live?.ends_at ?? nextFullHour(openedMs, 1) },
    check: ({ title, starts_at, ends_at }) => [
      ...(title.trim() === "" ? [missing("title")] : []),
      ...(starts_at === null ? [missing("starts_at")] : []),
      ...(ends_at === null ? [missing("ends_at")] : []),
      ...(starts_at !== null && ends_at !== null && Date.parse(ends_at) <= Date.parse(starts_at) ? [{ in: "body", field: "/ends_at", message: words.endsBefore } as const] : []),
    ],
    submit: async (values) => {
      const body = { title: values.title, lesson: values.lesson === NO_LESSON ? null : values.lesson, starts_at: values.starts_at ?? "", ends_at: values.ends_at ?? "" };
      if (live === undefined) await school.post("/v1/courses/{id}/live", { path: { id }, body });
      else await school.patch("/v1/live/{id}", { path: { id: live.id }, body });
      toast(live === undefined ? words.scheduled(values.title) : messages.forms.saved);
      onSaved();
    },
  });
  const lessons = [{ id: NO_LESSON, label: words.noLesson }, ...(outline.data?.items ?? []).map((lesson) => ({ id: lesson.id, label: lesson.title }))];
  return (
    <Form form={form}>
      <TextField label={words.fields.title} {...form.field("title")} />
      <SelectField label={words.fields.lesson} choices={lessons} {...form.field("lesson")} />
      <DateTimeField label={words.fields.starts} {...form.field("starts_at")} />
      <DateTimeField label={words.fields.ends} {...form.field("ends_at")} />
      <SubmitButton form={form}>{live === undefined ? words.schedule : messages.forms.save}</SubmitButton>
    </Form>
  );
}
