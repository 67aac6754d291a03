import type { ReactNode } from "react";
import { QuizPage } from "../../../../../quizzes/quiz-page";

export default async function Page({ params }: { params: Promise<{ quiz: string }> }): Promise<ReactNode> {
  return <QuizPage id={(await params).quiz} />;
}
