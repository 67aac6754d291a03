"use client";

import type { Schemas } from "@lectern/client";
import { Button, Card, Confirm, messages, school, Section } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { act } from "../school/act";

const words = messages.tutor.courses;

/** Who sees the course, what that means, and the way to the next state. */
export function CourseState({ course, onChange }: { course: Schemas["Course"]; onChange: (course: Schemas["Course"]) => void }): ReactNode {
  const router = useRouter();
  const [asking, setAsking] = useState<"archive" | "remove">();
  const [busy, setBusy] = useState(false);
  const path = { id: course.id };
  const become = (state: Schemas["CourseState"]) => {
    setBusy(true);
    void act(async () => onChange(await school.patch("/v1/courses/{id}", { path, body: { state } })), words.became[state]).then(() => setBusy(false));
  };
  const remove = () => void act(() => school.delete("/v1/courses/{id}", { path }), words.removed).then((done) => {
    if (done) router.push("/");
  });
  return (
    <Section title={words.state} id="state">
      <Card className="flex flex-col gap-4">
        <p>
          <strong className="font-semibold">{words.states[course.state]}.</strong> {words.stateTexts[course.state]}
        </p>
        <div className="flex flex-wrap gap-2">
          {course.state === "published" ? <Button onPress={() => setAsking("archive")} isPending={busy}>{words.archive}</Button> : (
            <Button variant="primary" onPress={() => become("published")} isPending={busy}>{course.state === "draft" ? words.publish : words.publishAgain}</Button>
          )}
          <Button variant="quiet" icon="bin" onPress={() => setAsking("remove")}>{words.remove}</Button>
        </div>
      </Card>
      <Confirm title={words.archiveTitle} text={words.archiveText} confirm={words.archive} cancel={messages.cancel} isOpen={asking === "archive"} onClose={() => setAsking(undefined)} onConfirm={() => {
        setAsking(undefined);
        become("archived");
      }} />
      <Confirm title={words.removeTitle} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={asking === "remove"} onClose={() => setAsking(undefined)} onConfirm={() => {
        setAsking(undefined);
        remove();
      }} />
    </Section>
  );
}
