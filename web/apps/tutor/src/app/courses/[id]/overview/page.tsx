import type { ReactNode } from "react";
import { CourseOverview } from "../../../../overview/course-overview";

export default function Page(): ReactNode {
  return <CourseOverview />;
}
