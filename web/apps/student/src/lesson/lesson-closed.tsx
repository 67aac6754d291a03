import { LinkButton, messages, Page, PageHead } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.student.lesson;

/** Why a lesson cannot be entered, and the way to change that. */
export function LessonClosed({ code }: { code: string }): ReactNode {
  const locked = code === "lesson_locked";
  return (
    <Page>
      <PageHead title={locked ? words.lockedTitle : words.enrolTitle} intro={locked ? words.lockedText : words.enrolText} />
      <div><LinkButton href="/me" icon="book">{messages.student.portfolio.courses}</LinkButton></div>
    </Page>
  );
}
