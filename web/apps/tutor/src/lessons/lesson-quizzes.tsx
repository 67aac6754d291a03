"use client";

import { EmptyState, Form, Icon, messages, missing, school, Section, SubmitButton, TextField, useForm } from "@lectern/ui";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback } from "react";
import { useCourse } from "../courses/course-context";
import { Badge } from "../school/badge";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";

const words = messages.tutor.quizzes;

/** The quizzes of a lesson, and a new one. */
export function LessonQuizzes({ lesson }: { lesson: string }): ReactNode {
  const { id: course } = useCourse();
  const quizzes = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/lessons/{id}/quizzes", { path: { id: lesson }, signal }), [lesson]));
  return (
    <Section title={words.title} id="quizzes">
      <Shown loaded={quizzes}>
        {({ items }) => items.length === 0 ? <EmptyState icon={<Icon name="quiz" className="size-8" />} title={words.none} text={words.noneText} /> : (
          <ul aria-label={words.title} className="flex flex-col gap-2">
            {items.map((quiz) => (
              <li key={quiz.id} className="flex flex-wrap items-center gap-3 rounded-(--radius-card) border border-line bg-surface px-4 py-3">
                <Link href={`/courses/${course}/quizzes/${quiz.id}`} className="min-w-0 flex-1 rounded-md font-medium wrap-anywhere underline-offset-4 hover:underline">{quiz.title}</Link>
                {quiz.published ? <Badge tone="good">{messages.tutor.lessons.published}</Badge> : <Badge icon="eyeOff">{messages.tutor.lessons.hidden}</Badge>}
              </li>
            ))}
          </ul>
        )}
      </Shown>
      <AddQuiz lesson={lesson} course={course} />
    </Section>
  );
}

function AddQuiz({ lesson, course }: { lesson: string; course: string }): ReactNode {
  const router = useRouter();
  const form = useForm({
    initial: { title: "" },
    check: ({ title }) => (title.trim() === "" ? [missing("title")] : []),
    submit: async ({ title }) => {
      const quiz = await school.post("/v1/lessons/{id}/quizzes", { path: { id: lesson }, body: { title } });
      router.push(`/courses/${course}/quizzes/${quiz.id}`);
    },
  });
  return (
    <Form form={form} label={words.add} className="rounded-(--radius-card) border border-dashed border-edge/50 p-4">
      <TextField label={words.newTitle} {...form.field("title")} />
      <SubmitButton form={form} variant="plain" className="self-start">{words.add}</SubmitButton>
    </Form>
  );
}
