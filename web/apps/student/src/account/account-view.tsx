"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import {
  Button, Card, Confirm, explain, Form, LocalTime, messages, missing, Page, PagedList, PageHead, type PageOf, PasswordField, school, Section, signedOut, SubmitButton, TextField, toast, useForm, usePages,
} from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { deviceName } from "./device-name";

const words = messages.student.account;

/** One's name, password, and where one is logged in. */
export function AccountView({ person, sessions }: { person: Schemas["Person"]; sessions: PageOf<Schemas["Session"]> }): ReactNode {
  return (
    <Page>
      <PageHead title={messages.shell.settings} intro={person.email} />
      <Section title={words.name} id="name"><NameForm name={person.name} /></Section>
      <Section title={words.password} id="password"><PasswordForm email={person.email} /></Section>
      <Section title={words.sessions} id="sessions"><Sessions first={sessions} /></Section>
    </Page>
  );
}

function NameForm({ name }: { name: string }): ReactNode {
  const router = useRouter();
  const form = useForm({
    initial: { name },
    check: (values) => (values.name.trim() === "" ? [missing("name")] : []),
    submit: async (values) => {
      await school.patch("/v1/me", { body: { name: values.name.trim() }, idempotent: true });
      toast(messages.forms.saved);
      router.refresh();
    },
  });
  return (
    <Card>
      <Form form={form} label={words.name} className="max-w-md items-start">
        <TextField {...form.field("name")} label={messages.account.name} hint={messages.account.nameHint} autoComplete="name" className="w-full" />
        <SubmitButton form={form} variant="plain">{messages.forms.save}</SubmitButton>
      </Form>
    </Card>
  );
}

function PasswordForm({ email }: { email: string }): ReactNode {
  const router = useRouter();
  const form = useForm({
    initial: { old: "", new: "" },
    refused: { "/old": words.oldWrong },
    check: (values) => (["old", "new"] as const).filter((field) => values[field] === "").map(missing),
    submit: async (values) => {
      await school.put("/v1/me/password", { body: values });
      toast(words.passwordChanged);
      form.reset({ old: "", new: "" });
      // The other sessions are over.
      router.refresh();
    },
  });
  return (
    <Card>
      <Form form={form} label={words.password} className="max-w-md">
        {/* For password managers, which keep a password together with whose it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordField {...form.field("old")} label={words.oldPassword} autoComplete="current-password" />
        <PasswordField {...form.field("new")} label={messages.account.newPassword} hint={messages.account.passwordHint} autoComplete="new-password" />
        <SubmitButton form={form} variant="plain" className="self-start">{words.changePassword}</SubmitButton>
      </Form>
    </Card>
  );
}

function Sessions({ first }: { first: PageOf<Schemas["Session"]> }): ReactNode {
  const [load] = useState(() => (_: string | undefined, signal: AbortSignal) => school.get("/v1/me/sessions", { signal }));
  const pages = usePages(load, first);
  const [asked, setAsked] = useState(false);
  const attempt = async (change: () => Promise<unknown>, done: () => void) => {
    try {
      await change();
      done();
    } catch (thrown) {
      toast(explain(asLecternError(thrown)), "bad");
    }
  };
  return (
    <>
      <PagedList pages={pages} label={words.sessions} keyOf={(session) => session.id} empty={null} render={(session) => (
        <Card className="flex flex-wrap items-center justify-between gap-3 py-3!">
          <div className="min-w-0">
            <p className="font-medium">{deviceName(session.user_agent) ?? words.unknownDevice}{session.current ? <span className="ml-3 rounded-full bg-accent-soft px-2.5 py-0.5 text-sm font-normal">{words.thisOne}</span> : null}</p>
            <p className="text-sm text-muted">{words.lastUsed} <LocalTime at={session.last_used_at} /></p>
          </div>
          {session.current ? null : (
            <Button variant="quiet" onPress={() => void attempt(() => school.delete("/v1/me/sessions/{id}", { path: { id: session.id } }), () => {
              pages.update((items) => items.filter((each) => each.id !== session.id));
              toast(words.ended);
            })}>{words.end}<span className="sr-only">: {deviceName(session.user_agent)}</span></Button>
          )}
        </Card>
      )} />
      <div><Button icon="leave" onPress={() => setAsked(true)}>{words.everywhere}</Button></div>
      <Confirm title={words.everywhere} text={words.everywhereText} confirm={words.everywhereConfirm} cancel={messages.cancel} isOpen={asked} onClose={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          void attempt(() => school.delete("/v1/me/sessions"), () => signedOut());
        }} />
    </>
  );
}
