import { messages } from "@lectern/ui/messages";
import { everybody, found, publicSchool, serverSchool, viewer } from "@lectern/ui/server";
import type { Metadata } from "next";
import { cache, type ReactNode } from "react";
import { CourseView } from "../../../../course/course-view";

interface Props {
  readonly params: Promise<{ id: string }>;
}

/** A course and its outline. A visitor's copy is kept for half a minute; a person's own shows their progress, fresh. */
const courseAt = cache(async (id: string) => {
  const person = await viewer();
  const [from, kept] = person === null ? [publicSchool, everybody(`course ${id}`)] : [await serverSchool(), {}];
  const [course, outline] = await found(Promise.all([from.get("/v1/courses/{id}", { path: { id }, ...kept }), from.get("/v1/courses/{id}/lessons", { path: { id }, ...kept })]), `/courses/${id}`);
  return { person, course, lessons: outline.items };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { course } = await courseAt((await params).id);
  return { title: `${course.title} · ${messages.product}`, description: course.summary, robots: { index: course.state === "published" } };
}

export default async function CoursePage({ params }: Props): Promise<ReactNode> {
  const { person, course, lessons } = await courseAt((await params).id);
  return <CourseView course={course} lessons={lessons} viewer={person?.id} />;
}
