"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, Confirm, explain, messages, school, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";

const words = messages.admin.courses;

/** Takes a course out of the catalogue, after a question, or back into it. A draft is its tutors' to publish. */
export function StateChange({ course, isNamed = false, onChanged }: {
  course: Pick<Schemas["Course"], "id" | "title" | "state">;
  /** Whether the button has to say which course, in a list of them. */
  isNamed?: boolean;
  onChanged: (state: "published" | "archived") => void;
}): ReactNode {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, title, state } = course;
  if (state === "draft") return null;
  const set = async (next: "published" | "archived") => {
    setBusy(true);
    try {
      await school.patch("/v1/courses/{id}", { path: { id }, body: { state: next } });
      onChanged(next);
      toast(next === "archived" ? words.archived(title) : words.restored(title));
    } catch (error) {
      toast(explain(asLecternError(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  const label = (isNamed && (state === "published" ? words.archiveOf(title) : words.restoreOf(title))) || undefined;
  return (
    <>
      <Button {...(label !== undefined && { "aria-label": label })} isPending={busy} onPress={() => (state === "published" ? setAsking(true) : void set("published"))}>
        {state === "published" ? words.archive : words.restore}
      </Button>
      <Confirm
        isOpen={asking}
        title={words.archiveTitle(title)}
        text={words.archiveText}
        confirm={words.archive}
        cancel={messages.cancel}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void set("archived");
        }}
      />
    </>
  );
}
