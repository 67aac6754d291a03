"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Form, SubmitButton } from "../form/form";
import { PasswordField, TextField } from "../form/text-field";
import { missing, useForm } from "../form/use-form";
import { messages } from "../messages";
import { CentredCard } from "../page/page";
import { LinkButton } from "../page/link-button";
import { Notice } from "../status";
import { school } from "../school";
import { returnPath } from "../shell/return-to";
import { mayBeSignedIn, rememberSignedIn } from "../shell/session-keeper";
import { signInRefusal } from "./sign-in-refusal";

const words = messages.account;

/** Somewhere else that says who somebody is. */
export interface Provider {
  readonly id: string;
  readonly title: string;
}

/** Leaves for the page one wanted: a whole new page, made for who one is now. */
function enter(returnTo: string): void {
  rememberSignedIn(true);
  window.location.replace(returnPath(returnTo));
}

/**
 * The page to log in. Who is signed in, and only has an access token that ran out, passes through; but not who was refused
 * elsewhere, as `error` says, so that they learn why. `ended`: it was not their wish to come here.
 */
export function SignInPage({ returnTo, providers, ended = false, error }: { returnTo: string; providers: readonly Provider[]; ended?: boolean; error?: string | undefined }): ReactNode {
  const checking = useChecking(returnTo, error === undefined);
  const form = useForm({
    initial: { email: "", password: "" },
    check: ({ email, password }) => [...(email.trim() === "" ? [missing("email")] : []), ...(password === "" ? [missing("password")] : [])],
    submit: async ({ email, password }) => {
      await school.post("/v1/session", { body: { email: email.trim(), password, cookies: true } });
      enter(returnTo);
    },
  });
  return (
    <CentredCard home="/" product={messages.product} title={words.signInTitle} intro={ended ? words.signInEnded : words.signInIntro} below={<OtherWay text={words.noAccount} href={`/signup?return_to=${encodeURIComponent(returnTo)}`} label={words.signUp} />}>
      {checking ? <p role="status" className="pb-4 text-muted">{words.checking}</p> : null}
      {error === undefined ? null : <div role="alert" className="pb-5"><Notice tone="bad">{signInRefusal(error)}</Notice></div>}
      <Form form={form}>
        <TextField {...form.field("email")} label={words.email} type="email" autoComplete="username" />
        <PasswordField {...form.field("password")} label={words.password} autoComplete="current-password" />
        <SubmitButton form={form}>{words.signIn}</SubmitButton>
      </Form>
      <p className="pt-3 text-center"><a href="/forgot" className="inline-flex min-h-11 items-center underline underline-offset-2">{words.forgot}</a></p>
      <Providers providers={providers} returnTo={returnTo} />
    </CentredCard>
  );
}

/** Whether it is still being asked if there is a session to renew. */
function useChecking(returnTo: string, wanted: boolean): boolean {
  const [checking, setChecking] = useState(false);
  useEffect(() => {
    if (!wanted || !mayBeSignedIn()) return;
    let gone = false;
    const check = async () => {
      setChecking(true);
      const alive = await school.refresh().catch(() => undefined);
      if (gone) return;
      if (alive === true) enter(returnTo);
      else {
        if (alive === false) rememberSignedIn(false);
        setChecking(false);
      }
    };
    void check();
    return () => {
      gone = true;
    };
  }, [returnTo, wanted]);
  return checking;
}

/** The page to sign up, as a student. */
export function SignUpPage({ returnTo, providers }: { returnTo: string; providers: readonly Provider[] }): ReactNode {
  const form = useForm({
    initial: { name: "", email: "", password: "" },
    check: ({ name, email, password }) => [
      ...(name.trim() === "" ? [missing("name")] : []), ...(email.trim() === "" ? [missing("email")] : []), ...(password === "" ? [missing("password")] : []),
    ],
    submit: async ({ name, email, password }) => {
      await school.post("/v1/people", { body: { name: name.trim(), email: email.trim(), password, cookies: true } });
      enter(returnTo);
    },
  });
  return (
    <CentredCard home="/" product={messages.product} title={words.signUpTitle} intro={words.signUpIntro} below={<OtherWay text={words.haveAccount} href={`/login?return_to=${encodeURIComponent(returnTo)}`} label={words.signIn} />}>
      <Form form={form}>
        <TextField {...form.field("name")} label={words.name} hint={words.nameHint} autoComplete="name" />
        <TextField {...form.field("email")} label={words.email} type="email" autoComplete="username" />
        <PasswordField {...form.field("password")} label={words.password} hint={words.passwordHint} autoComplete="new-password" />
        <SubmitButton form={form}>{words.signUp}</SubmitButton>
      </Form>
      <Providers providers={providers} returnTo={returnTo} />
    </CentredCard>
  );
}

function OtherWay({ text, href, label }: { text: string; href: string; label: string }): ReactNode {
  return (
    <p>
      {text} <a href={href} className="inline-flex min-h-11 items-center font-semibold text-accent underline underline-offset-2">{label}</a>
    </p>
  );
}

function Providers({ providers, returnTo }: { providers: readonly Provider[]; returnTo: string }): ReactNode {
  if (providers.length === 0) return null;
  return (
    <div className="mt-4 flex flex-col gap-3">
      <p className="text-center text-sm text-muted">{words.or}</p>
      {providers.map(({ id, title }) => (
        <LinkButton key={id} outside href={`/v1/oidc/${encodeURIComponent(id)}/start?return_to=${encodeURIComponent(returnPath(returnTo))}`}>{words.with(title)}</LinkButton>
      ))}
    </div>
  );
}
