"use client";

import type { Schemas } from "@lectern/client";
import { Button, Card, Confirm, messages, RadioFields, school, Section, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { act } from "../school/act";

const words = messages.tutor.enrolment;
const CHOICES = (["open", "code", "list"] as const).map((id) => ({ id, ...words.modes[id] }));

/** How students get into the course. */
export function CourseEnrolment({ course, onChange }: { course: Schemas["Course"]; onChange: (course: Schemas["Course"]) => void }): ReactNode {
  const [asking, setAsking] = useState(false);
  const path = { id: course.id };
  const choose = (enrolment: Schemas["Enrolment"] | null) => {
    if (enrolment !== null && enrolment !== course.enrolment) void act(async () => onChange(await school.patch("/v1/courses/{id}", { path, body: { enrolment } })), messages.forms.saved);
  };
  const renew = () => {
    setAsking(false);
    void act(async () => onChange(await school.post("/v1/courses/{id}/code", { path })), words.renewed);
  };
  return (
    <Section title={words.title} id="enrolment">
      <Card className="flex flex-col gap-4">
        <RadioFields name="enrolment" label={words.label} choices={CHOICES} value={course.enrolment} onChange={choose} error={undefined} />
        {course.enrolment === "code" && typeof course.code === "string" ? <Code code={course.code} onRenew={() => setAsking(true)} /> : null}
      </Card>
      <Confirm title={words.renewTitle} text={words.renewText} confirm={words.renew} cancel={messages.cancel} isOpen={asking} onClose={() => setAsking(false)} onConfirm={renew} />
    </Section>
  );
}

function Code({ code, onRenew }: { code: string; onRenew: () => void }): ReactNode {
  const copy = () => navigator.clipboard.writeText(code).then(() => toast(words.copied), () => toast(words.notCopied, "bad"));
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-2xl bg-sunken px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-sm text-muted">{words.code}</p>
        <p className="font-mono text-2xl font-semibold tracking-widest">{code}</p>
      </div>
      <Button icon="copy" onPress={() => void copy()}>{words.copy}</Button>
      <Button variant="quiet" onPress={onRenew}>{words.renew}</Button>
    </div>
  );
}
