import type { ReactNode } from "react";
import { CourseFrame } from "../../../courses/course-frame";
import { SchoolFrame } from "../../../school/school-frame";

export default async function Layout({ params, children }: { params: Promise<{ id: string }>; children: ReactNode }): Promise<ReactNode> {
  const { id } = await params;
  return (
    <SchoolFrame returnTo={`/tutor/courses/${id}`}>
      <CourseFrame id={id}>{children}</CourseFrame>
    </SchoolFrame>
  );
}
