import type { ReactNode } from "react";
import { LessonEditor } from "../../../../../lessons/lesson-editor";

export default async function Page({ params }: { params: Promise<{ lesson: string }> }): Promise<ReactNode> {
  return <LessonEditor id={(await params).lesson} />;
}
