import type { ReactNode } from "react";
import { CourseList } from "../courses/course-list";
import { SchoolFrame } from "../school/school-frame";
import { TutorApp } from "../tutor-app";

/** A room in the address leads into its studio, by the link that somebody was sent; none to the tutor's courses. */
export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }): Promise<ReactNode> {
  if ((await searchParams)["room"] !== undefined) return <TutorApp />;
  return (
    <SchoolFrame returnTo="/tutor">
      <CourseList />
    </SchoolFrame>
  );
}
