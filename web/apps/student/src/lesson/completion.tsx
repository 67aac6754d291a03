"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, explain, Icon, messages, school, toast } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";

const words = messages.student.lesson;

/** Whether the lesson is complete, and what makes it so. */
export function Completion({ lesson, completedAt, mine, onDone }: { lesson: Schemas["Lesson"]; completedAt: string | null; mine: boolean; onDone: (at: string | null) => void }): ReactNode {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const mark = async () => {
    setBusy(true);
    try {
      const progress = await school.post("/v1/lessons/{id}/done", { path: { id: lesson.id }, idempotent: true });
      onDone(progress.completed_at ?? null);
      router.refresh();
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    } finally {
      setBusy(false);
    }
  };
  if (completedAt !== null) {
    return (
      <p role="status" className="inline-flex items-center gap-2 self-start rounded-full bg-accent-soft px-4 py-2 font-medium">
        <Icon name="check" className="size-5 text-accent" />
        {words.completed}
      </p>
    );
  }
  const rule = { watched: words.byWatching(lesson.watched_percent), quiz: words.byQuiz, marked: words.byMark }[lesson.completion];
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <p role="status" className="text-muted">{rule}</p>
      {lesson.completion === "marked" && mine ? <Button variant="primary" icon="check" isPending={busy} onPress={() => void mark()}>{words.done}</Button> : null}
    </div>
  );
}
