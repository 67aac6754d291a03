import type { ReactNode } from "react";
import { QuizResults } from "../../../../../../quizzes/quiz-results";

export default async function Page({ params }: { params: Promise<{ quiz: string }> }): Promise<ReactNode> {
  return <QuizResults id={(await params).quiz} />;
}
