import type { ReactNode } from "react";
import { CourseLive } from "../../../../live/course-live";

export default function Page(): ReactNode {
  return <CourseLive />;
}
