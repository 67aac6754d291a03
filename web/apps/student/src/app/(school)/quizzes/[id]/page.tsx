import { messages } from "@lectern/ui/messages";
import { found, requireViewer, serverSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import { cache, type ReactNode } from "react";
import { QuizView } from "../../../../quiz/quiz-view";

interface Props {
  readonly params: Promise<{ id: string }>;
}

const quizAt = cache(async (id: string) => {
  await requireViewer(`/quizzes/${id}`);
  return found((await serverSchool()).get("/v1/quizzes/{id}", { path: { id } }), `/quizzes/${id}`);
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const quiz = await quizAt((await params).id);
  return { title: `${quiz.title} · ${messages.product}` };
}

export default async function QuizPage({ params }: Props): Promise<ReactNode> {
  const { id } = await params;
  return <QuizView key={id} quiz={await quizAt(id)} viewer={(await requireViewer(`/quizzes/${id}`)).id} />;
}
