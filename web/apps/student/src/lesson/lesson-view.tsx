"use client";

import type { Schemas } from "@lectern/client";
import { LinkButton, MarkedText, messages, Notice, Page, PageHead, Section, toast, useSchoolEvent } from "@lectern/ui";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Completion } from "./completion";
import { LessonVideo } from "./lesson-video";
import { MaterialList } from "./material-list";
import { QuizList } from "./quiz-list";
import { RecordedLesson } from "./recorded-lesson";

const words = messages.student.lesson;

/** A lesson: its text and quizzes, what completes it, and its neighbours. */
export function LessonView({ lesson, course, outline, progress, quizzes, video, materials }: {
  lesson: Schemas["Lesson"];
  course: Schemas["Course"];
  outline: readonly Schemas["LessonSummary"][];
  progress: Schemas["Progress"];
  quizzes: readonly Schemas["QuizSummary"][];
  video: Schemas["VideoAddress"] | undefined;
  materials: readonly Schemas["Material"][];
}): ReactNode {
  const router = useRouter();
  const [completedAt, setCompletedAt] = useState(progress.completed_at ?? null);
  useSchoolEvent(["lesson.completed", "resync"], (event) => {
    if ("lesson" in event && event.lesson !== lesson.id) return;
    if ("at" in event && completedAt === null) {
      setCompletedAt(event.at);
      toast(words.completedNow);
    }
    router.refresh();
  });
  const published = outline.filter((each) => each.published);
  const place = published.findIndex((each) => each.id === lesson.id);
  return (
    <Page>
      <PageHead title={lesson.title} before={<Link href={`/courses/${course.id}`} className="inline-flex min-h-11 items-center self-start text-accent wrap-anywhere underline-offset-2 hover:underline">{course.title}</Link>} />
      <Completion lesson={lesson} completedAt={completedAt} onDone={(at) => setCompletedAt(at)} mine={course.enrolled} />
      {video === undefined ? null : <LessonVideo lesson={lesson} video={video} progress={progress} mine={course.enrolled} />}
      {video !== undefined || lesson.recording == null ? null : <RecordedLesson lesson={lesson} recording={lesson.recording} progress={progress} mine={course.enrolled} />}
      {video !== undefined || lesson.recording != null || lesson.completion !== "watched" ? null : <Notice tone="info">{words.noVideo}</Notice>}
      {lesson.body === "" ? null : (
        <section aria-label={words.text}>
          <MarkedText text={lesson.body} level={2} />
        </section>
      )}
      {materials.length === 0 ? null : (
        <Section title={words.materials} id="materials">
          <MaterialList materials={materials} />
        </Section>
      )}
      {quizzes.length === 0 ? null : (
        <Section title={words.quizzes} id="quizzes">
          <QuizList quizzes={quizzes} />
        </Section>
      )}
      <Neighbours before={published[place - 1]} after={place < 0 ? undefined : published[place + 1]} />
    </Page>
  );
}

function Neighbours({ before, after }: { before: Schemas["LessonSummary"] | undefined; after: Schemas["LessonSummary"] | undefined }): ReactNode {
  if (before === undefined && after === undefined) return null;
  return (
    <nav aria-label={words.around} className="flex flex-wrap justify-between gap-3 border-t border-line pt-6">
      {before === undefined ? <span /> : <LinkButton href={`/lessons/${before.id}`} icon="previous">{words.previous}</LinkButton>}
      {after === undefined ? null : <LinkButton href={`/lessons/${after.id}`} variant="primary" icon="next" className="flex-row-reverse">{words.next}</LinkButton>}
    </nav>
  );
}
