"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, Card, Confirm, explain, LocalTime, messages, Notice, school, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";

type Person = Schemas["Person"];

const words = messages.admin.person;

/** Shuts somebody out, after a question, or lets them in again. */
export function Suspension({ person, onChanged }: { person: Person; onChanged: (person: Person) => void }): ReactNode {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isSuspended = person.suspended_at != null;
  const set = async (suspended: boolean) => {
    setBusy(true);
    setProblem(undefined);
    try {
      onChanged(await school.patch("/v1/people/{id}", { path: { id: person.id }, body: { suspended } }));
      toast(suspended ? words.suspended(person.name) : words.lifted(person.name));
    } catch (error) {
      setProblem(explain(asLecternError(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card className="flex flex-col items-start gap-4">
      {person.suspended_at == null ? null : <p className="font-medium">{words.sinceBefore} <LocalTime at={person.suspended_at} /></p>}
      <p className="text-muted">{isSuspended ? words.liftText : words.suspendText}</p>
      {problem === undefined ? null : <div role="alert" className="w-full"><Notice tone="bad">{problem}</Notice></div>}
      <Button isPending={busy} onPress={() => (isSuspended ? void set(false) : setAsking(true))} icon="lock">{isSuspended ? words.lift : words.suspend}</Button>
      <Confirm
        isOpen={asking}
        title={words.suspendTitle(person.name)}
        text={words.suspendAsk}
        confirm={words.suspend}
        cancel={messages.cancel}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void set(true);
        }}
      />
    </Card>
  );
}
