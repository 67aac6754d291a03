"use client";

import { Dialog, Form, messages, missing, school, SubmitButton, TextAreaField, TextField, useForm } from "@lectern/ui";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";

const words = messages.tutor.courses;

/** A new course: its name and what it is about; the rest comes on its own pages. */
export function NewCourseDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  return (
    <Dialog title={words.create} isOpen={isOpen} onClose={onClose}>
      <NewCourseForm />
    </Dialog>
  );
}

function NewCourseForm(): ReactNode {
  const router = useRouter();
  const form = useForm({
    initial: { title: "", summary: "" },
    check: ({ title }) => (title.trim() === "" ? [missing("title")] : []),
    submit: async (values) => {
      const course = await school.post("/v1/courses", { body: values });
      router.push(`/courses/${course.id}`);
    },
  });
  return (
    <Form form={form}>
      <TextField label={words.fields.title} {...form.field("title")} maxLength={120} autoFocus />
      <TextAreaField label={words.fields.summary} hint={words.fields.summaryHint} optional rows={3} {...form.field("summary")} />
      <SubmitButton form={form}>{words.createSubmit}</SubmitButton>
    </Form>
  );
}
