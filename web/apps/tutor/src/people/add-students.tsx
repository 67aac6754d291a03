"use client";

import type { Schemas } from "@lectern/client";
import { Card, Form, messages, missing, Notice, school, Section, SubmitButton, TextAreaField, useForm } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { useCourse } from "../courses/course-context";
import { addressesIn } from "./addresses";

const words = messages.tutor.people;

/** Takes students in by their addresses; those that nobody signed up with stay in the field and are named. */
export function AddStudents({ onAdded }: { onAdded: () => void }): ReactNode {
  const { id } = useCourse();
  const [listed, setListed] = useState<Schemas["Listed"]>();
  const form = useForm({
    initial: { emails: "" },
    check: ({ emails }) => (addressesIn(emails).length === 0 ? [missing("emails")] : []),
    submit: async ({ emails }) => {
      setListed(undefined);
      const result = await school.post("/v1/courses/{id}/enrolments", { path: { id }, body: { emails: addressesIn(emails) } });
      setListed(result);
      form.reset({ emails: result.unknown.join("\n") });
      onAdded();
    },
  });
  return (
    <Section title={words.add} id="add">
      <Card className="flex flex-col gap-5">
        <Form form={form} label={words.add}>
          <TextAreaField label={words.addresses} hint={words.addressesHint} rows={5} {...form.field("emails")} />
          <SubmitButton form={form} className="self-start">{words.addSubmit}</SubmitButton>
        </Form>
        <div role="status" className="flex flex-col gap-3">
          {listed === undefined ? null : <p className="font-medium">{words.enrolled(listed.enrolled)}</p>}
          {listed === undefined || listed.unknown.length === 0 ? null : (
            <Notice tone="warn" title={words.unknown(listed.unknown.length)}>
              {words.unknownText}
              <ul className="mt-2 list-disc pl-5">{listed.unknown.map((email) => <li key={email} className="wrap-anywhere">{email}</li>)}</ul>
            </Notice>
          )}
        </div>
      </Card>
    </Section>
  );
}
