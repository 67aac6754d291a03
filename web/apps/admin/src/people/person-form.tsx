"use client";

import type { Schemas } from "@lectern/client";
import { Card, Confirm, Form, messages, missing, RadioFields, school, SubmitButton, TextField, toast, useForm } from "@lectern/ui";
import { type ReactNode, type SyntheticEvent, useState } from "react";

type Person = Schemas["Person"];

const words = messages.admin.person;
const ROLES = ["student", "tutor", "admin"] as const;

/** Name and role. Nobody takes the school away from themselves: their own role is another admin's to change. */
export function PersonForm({ person, isOneself, onSaved }: { person: Person; isOneself: boolean; onSaved: (person: Person) => void }): ReactNode {
  const [asking, setAsking] = useState(false);
  const form = useForm<{ name: string; role: Person["role"] | null }>({
    initial: { name: person.name, role: person.role },
    check: ({ name }) => (name.trim() === "" ? [missing("name")] : []),
    submit: async ({ name, role }) => {
      const change = { ...(name.trim() === person.name ? {} : { name: name.trim() }), ...(role === null || role === person.role ? {} : { role }) };
      const saved = await school.patch("/v1/people/{id}", { path: { id: person.id }, body: change });
      onSaved(saved);
      form.reset({ name: saved.name, role: saved.role });
      toast(words.saved(saved.name));
    },
  });
  const raises = form.values.role === "admin" && person.role !== "admin";
  const submit = (event?: SyntheticEvent) => {
    event?.preventDefault();
    if (raises) setAsking(true);
    else form.submit();
  };
  return (
    <Card>
      <Form form={{ ...form, submit }}>
        <TextField {...form.field("name")} label={words.name} autoComplete="off" />
        <RadioFields
          {...form.field("role")}
          label={words.role}
          hint={isOneself ? words.yourself : undefined}
          isDisabled={isOneself}
          choices={ROLES.map((id) => ({ id, label: messages.admin.people.roles[id], hint: words.roleHints[id] }))}
        />
        <SubmitButton form={form} className="self-start">{words.save}</SubmitButton>
      </Form>
      <Confirm
        isOpen={asking}
        title={words.raise(person.name)}
        text={words.raiseText}
        confirm={words.raiseConfirm}
        cancel={messages.cancel}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          form.submit();
        }}
      />
    </Card>
  );
}
