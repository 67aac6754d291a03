import type { ReactNode } from "react";
import { CourseDetails } from "../../../../courses/course-details";

export default function Page(): ReactNode {
  return <CourseDetails />;
}
