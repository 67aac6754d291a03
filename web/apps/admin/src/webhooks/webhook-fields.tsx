"use client";

import type { FieldError } from "@lectern/client";
import { CheckFields, type FormState, messages, missing, RadioFields, TextField } from "@lectern/ui";
import type { ReactNode } from "react";

const words = messages.admin.webhooks;

/** As long as an address may be. */
const URL_MAX = 2_000;
/** What the school tells of, by area. */
const KINDS = [
  "enrolment.started", "enrolment.ended", "lesson.completed", "quiz.scored", "live.scheduled", "live.started", "live.ended", "live.cancelled", "recording.ready",
  "course.changed", "tutor.added", "tutor.removed",
];

/** What a person says about a webhook. */
export interface WebhookValues {
  readonly url: string;
  readonly which: "all" | "some" | null;
  readonly kinds: readonly string[];
}

/** What can be told without asking the server. */
export function checkWebhook({ url, which, kinds }: WebhookValues): readonly FieldError[] {
  return [
    ...(url.trim() === "" ? [missing("url")] : []),
    ...(which === "some" && kinds.length === 0 ? [{ in: "body" as const, field: "/kinds", message: words.kindsMissing }] : []),
  ];
}

/** As the server takes it: no kinds are all. */
export function webhookBody({ url, which, kinds }: WebhookValues): { url: string; kinds: string[] } {
  return { url: url.trim(), kinds: which === "all" ? [] : [...kinds] };
}

/** Where to, and what of. A kind that this page does not know stays as it is. */
export function WebhookFields({ form }: { form: FormState<WebhookValues> }): ReactNode {
  const { which, kinds } = form.values;
  const known = [...KINDS, ...kinds.filter((kind) => !KINDS.includes(kind))];
  return (
    <>
      <TextField {...form.field("url")} label={words.url} hint={words.urlHint} type="url" inputMode="url" placeholder="https://" maxLength={URL_MAX} autoComplete="off" />
      <RadioFields {...form.field("which")} label={words.which} choices={[{ id: "all", label: words.whichAll }, { id: "some", label: words.whichSome }]} />
      {which === "some" ? <CheckFields {...form.field("kinds")} label={words.kindsLabel} choices={known.map((id) => ({ id, label: id }))} /> : null}
    </>
  );
}
