"use client";

import type { Schemas } from "@lectern/client";
import { Card, Form, messages, missing, school, Section, SubmitButton, TextAreaField, TextField, toast, useForm } from "@lectern/ui";
import type { ReactNode } from "react";
import { Shown } from "../school/shown";
import { useCourse } from "./course-context";
import { CourseEnrolment } from "./course-enrolment";
import { CourseState } from "./course-state";
import { CourseTutors } from "./course-tutors";

const words = messages.tutor.courses;

/** Everything about a course but its lessons and people. */
export function CourseDetails(): ReactNode {
  const { course } = useCourse();
  return (
    <Shown loaded={course}>
      {(data) => (
        <div className="grid items-start gap-8 lg:grid-cols-2">
          <div className="flex flex-col gap-8">
            <Section title={words.details} id="details">
              <Card><DetailsForm course={data} onSaved={course.set} /></Card>
            </Section>
            <CourseTutors id={data.id} />
          </div>
          <div className="flex flex-col gap-8">
            <CourseState course={data} onChange={course.set} />
            <CourseEnrolment course={data} onChange={course.set} />
          </div>
        </div>
      )}
    </Shown>
  );
}

function DetailsForm({ course, onSaved }: { course: Schemas["Course"]; onSaved: (course: Schemas["Course"]) => void }): ReactNode {
  const { title, summary, description } = course;
  const form = useForm({
    initial: { title, summary, description },
    check: (values) => (values.title.trim() === "" ? [missing("title")] : []),
    submit: async (body) => {
      onSaved(await school.patch("/v1/courses/{id}", { path: { id: course.id }, body }));
      toast(messages.forms.saved);
    },
  });
  return (
    <Form form={form} label={words.details}>
      <TextField label={words.fields.title} {...form.field("title")} />
      <TextAreaField label={words.fields.summary} hint={words.fields.summaryHint} optional rows={3} {...form.field("summary")} />
      <TextAreaField label={words.fields.description} hint={words.fields.descriptionHint} optional rows={8} {...form.field("description")} />
      <SubmitButton form={form} className="self-start">{messages.forms.save}</SubmitButton>
    </Form>
  );
}
