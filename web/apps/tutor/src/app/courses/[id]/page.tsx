import type { ReactNode } from "react";
import { LessonList } from "../../../lessons/lesson-list";

export default function Page(): ReactNode {
  return <LessonList />;
}
