import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CoursePage } from "../../../../courses/course-page";

export const metadata: Metadata = { title: `${messages.admin.courses.course} · ${messages.product}` };

export default async function Page({ params }: { params: Promise<{ id: string }> }): Promise<ReactNode> {
  const { id } = await params;
  const here = `/admin/courses/${id}`;
  // The frame says so.
  if ((await requireViewer(here)).role !== "admin") return null;
  const school = await serverSchool();
  const [course, tutors] = await found(Promise.all([school.get("/v1/courses/{id}", { path: { id } }), school.get("/v1/courses/{id}/tutors", { path: { id } })]), here);
  return <CoursePage key={course.id} first={course} tutors={tutors.items} />;
}
