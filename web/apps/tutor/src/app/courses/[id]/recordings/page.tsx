import type { ReactNode } from "react";
import { CourseRecordings } from "../../../../recordings/course-recordings";

export default function Page(): ReactNode {
  return <CourseRecordings />;
}
