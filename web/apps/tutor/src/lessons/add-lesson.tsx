"use client";

import { Form, messages, missing, school, SubmitButton, TextField, toast, useForm } from "@lectern/ui";
import type { ReactNode } from "react";
import { useCourse } from "../courses/course-context";

const words = messages.tutor.lessons;

/** Adds a lesson at the end by its title; several in a row. */
export function AddLesson(): ReactNode {
  const { id, outline } = useCourse();
  const form = useForm({
    initial: { title: "" },
    check: ({ title }) => (title.trim() === "" ? [missing("title")] : []),
    submit: async ({ title }) => {
      await school.post("/v1/courses/{id}/lessons", { path: { id }, body: { title } });
      form.reset({ title: "" });
      toast(words.added(title));
      outline.reload();
    },
  });
  return (
    <Form form={form} label={words.add} className="max-w-xl rounded-(--radius-card) border border-dashed border-edge/50 p-4">
      <TextField label={words.newTitle} {...form.field("title")} />
      <SubmitButton form={form} variant="plain" className="self-start">{words.add}</SubmitButton>
    </Form>
  );
}
