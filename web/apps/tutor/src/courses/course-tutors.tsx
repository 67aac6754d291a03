"use client";

import type { Schemas } from "@lectern/client";
import { Card, Confirm, Form, IconButton, messages, missing, school, Section, SubmitButton, TextField, useForm } from "@lectern/ui";
import { type ReactNode, useCallback, useState } from "react";
import { act } from "../school/act";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";

const words = messages.tutor.tutors;

/** Who teaches the course. */
export function CourseTutors({ id }: { id: string }): ReactNode {
  const path = { id };
  const tutors = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/courses/{id}/tutors", { path: { id }, signal }), [id]));
  const [leaving, setLeaving] = useState<Schemas["Tutor"]>();
  const form = useForm({
    initial: { email: "" },
    check: ({ email }) => (email.trim() === "" ? [missing("email")] : []),
    submit: async ({ email }) => {
      tutors.set(await school.post("/v1/courses/{id}/tutors", { path, body: { email: email.trim() } }));
      form.reset({ email: "" });
    },
  });
  const remove = (tutor: Schemas["Tutor"]) => {
    setLeaving(undefined);
    void act(() => school.delete("/v1/courses/{id}/tutors/{person}", { path: { id, person: tutor.id } }), words.removed(tutor.name)).then(tutors.reload);
  };
  return (
    <Section title={words.title} id="tutors">
      <Card className="flex flex-col gap-5">
        <Shown loaded={tutors}>
          {({ items }) => (
            <ul aria-label={words.title} className="flex flex-col divide-y divide-line">
              {items.map((tutor) => (
                <li key={tutor.id} className="flex items-center gap-3 py-2 first:pt-0">
                  <span className="min-w-0 flex-1 leading-tight wrap-anywhere">
                    <span className="block font-medium">{tutor.name}</span>
                    <span className="text-sm text-muted">{tutor.email}</span>
                  </span>
                  {items.length > 1 ? <IconButton icon="close" label={words.remove(tutor.name)} onPress={() => setLeaving(tutor)} className="bg-transparent" /> : null}
                </li>
              ))}
            </ul>
          )}
        </Shown>
        <Form form={form} label={words.add}>
          <TextField type="email" label={words.email} hint={words.hint} {...form.field("email")} />
          <SubmitButton form={form} variant="plain" className="self-start">{words.add}</SubmitButton>
        </Form>
      </Card>
      <Confirm title={words.removeTitle(leaving?.name ?? "")} text={words.removeText} confirm={words.removeConfirm} cancel={messages.cancel} isOpen={leaving !== undefined} onClose={() => setLeaving(undefined)} onConfirm={() => {
        if (leaving !== undefined) remove(leaving);
      }} />
    </Section>
  );
}
