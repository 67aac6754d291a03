import { LecternError, type School, type Schemas } from "@lectern/client";
import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import { cache, type ReactNode } from "react";
import { type ClosedCourse, closedTitle, LessonClosed } from "../../../../lesson/lesson-closed";
import { LessonView } from "../../../../lesson/lesson-view";

interface Props {
  readonly params: Promise<{ id: string }>;
}

/** The lesson, or why its door is closed: `lesson_locked` or `enrolment_needed`, with its course. */
const lessonAt = cache(async (id: string) => {
  await requireViewer(`/lessons/${id}`);
  const school = await serverSchool();
  const path = { id };
  try {
    return await school.get("/v1/lessons/{id}", { path });
  } catch (error) {
    if (error instanceof LecternError && (error.code === "lesson_locked" || error.code === "enrolment_needed")) return error;
    return found(Promise.reject(error as Error), `/lessons/${id}`);
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const lesson = await lessonAt((await params).id);
  return { title: `${lesson instanceof LecternError ? closedTitle(lesson) : lesson.title} · ${messages.product}` };
}

export default async function LessonPage({ params }: Props): Promise<ReactNode> {
  const { id } = await params;
  const lesson = await lessonAt(id);
  const school = await serverSchool();
  if (lesson instanceof LecternError) return <LessonClosed id={id} cause={lesson} course={await aroundOf(school, lesson)} />;
  const [course, outline, progress, quizzes, video, materials] = await found(Promise.all([
    school.get("/v1/courses/{id}", { path: { id: lesson.course_id } }),
    school.get("/v1/courses/{id}/lessons", { path: { id: lesson.course_id } }),
    school.get("/v1/lessons/{id}/progress", { path: { id } }),
    school.get("/v1/lessons/{id}/quizzes", { path: { id } }),
    videoOf(school, id),
    school.get("/v1/lessons/{id}/materials", { path: { id } }),
  ]), `/lessons/${id}`);
  return <LessonView key={id} lesson={lesson} course={course} outline={outline.items} progress={progress} quizzes={quizzes.items} video={video} materials={materials.items.filter((material) => material.state === "ready")} />;
}

/** The course that a closed lesson is in, and its lessons. Without them the page says less. */
async function aroundOf(school: School, closed: LecternError): Promise<ClosedCourse | undefined> {
  if (closed.course === undefined) return undefined;
  const path = { id: closed.course };
  const asked = Promise.all([school.get("/v1/courses/{id}", { path }), school.get("/v1/courses/{id}/lessons", { path })]);
  return asked.then(([{ id, title }, { items }]) => ({ id, title, lessons: items })).catch(() => undefined);
}

/** Where the lesson's video is, if it has one. */
async function videoOf(school: School, id: string): Promise<Schemas["VideoAddress"] | undefined> {
  try {
    return await school.get("/v1/lessons/{id}/video", { path: { id } });
  } catch (error) {
    if (error instanceof LecternError && error.status === 404) return undefined;
    throw error;
  }
}
