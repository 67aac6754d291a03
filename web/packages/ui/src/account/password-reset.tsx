"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Form, SubmitButton } from "../form/form";
import { PasswordField, TextField } from "../form/text-field";
import { missing, useForm } from "../form/use-form";
import { messages } from "../messages";
import { LinkButton } from "../page/link-button";
import { CentredCard } from "../page/page";
import { school } from "../school";
import { rememberSignedIn } from "../shell/session-keeper";

const words = messages.account;

/** Asks for a mail with a link to {@link ResetPage}. Whether there is such an account, nobody learns. */
export function ForgotPage(): ReactNode {
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm({
    initial: { email: "" },
    check: ({ email }) => (email.trim() === "" ? [missing("email")] : []),
    submit: async ({ email }) => {
      await school.post("/v1/password_resets", { body: { email: email.trim() } });
      setSentTo(email.trim());
    },
  });
  if (sentTo !== undefined) return <Done title={words.forgotDone} text={words.forgotDoneText(sentTo)} />;
  return (
    <CentredCard home="/" product={messages.product} title={words.forgotTitle} intro={words.forgotIntro} below={<Back />}>
      <Form form={form}>
        <TextField {...form.field("email")} label={words.email} type="email" autoComplete="username" />
        <SubmitButton form={form}>{words.forgotSubmit}</SubmitButton>
      </Form>
    </CentredCard>
  );
}

/** Sets a new password with the token in the address' fragment, which no server or log sees. */
export function ResetPage(): ReactNode {
  const [token, setToken] = useState<string | null>();
  const [done, setDone] = useState(false);
  useEffect(() => {
    const take = () => {
      const found = /[#&]token=([\w.~-]+)/.exec(window.location.hash)?.[1];
      // Neither a screenshot nor the history should show it.
      if (found !== undefined) window.history.replaceState(window.history.state, "", window.location.pathname);
      setToken((before) => found ?? before ?? null);
    };
    take();
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);
  const form = useForm({
    initial: { password: "" },
    check: ({ password }) => (password === "" ? [missing("password")] : []),
    submit: async ({ password }) => {
      await school.post("/v1/password_resets/redeem", { body: { token: token ?? "", password } });
      rememberSignedIn(false);
      setDone(true);
    },
  });
  if (done) return <Done title={words.resetDone} text={words.resetDoneText} />;
  if (token === null) {
    return (
      <CentredCard home="/" product={messages.product} title={words.resetNoToken} intro={words.resetNoTokenText} below={<Back />}>
        <LinkButton href="/forgot" variant="primary">{words.forgotTitle}</LinkButton>
      </CentredCard>
    );
  }
  return (
    <CentredCard home="/" product={messages.product} title={words.resetTitle} below={<Back />}>
      <Form form={form}>
        <PasswordField {...form.field("password")} label={words.newPassword} hint={words.passwordHint} autoComplete="new-password" />
        <SubmitButton form={form}>{words.resetSubmit}</SubmitButton>
      </Form>
    </CentredCard>
  );
}

function Done({ title, text }: { title: string; text: string }): ReactNode {
  return (
    <CentredCard home="/" product={messages.product} title={title} below={<Back />}>
      <p role="status" className="wrap-anywhere">{text}</p>
    </CentredCard>
  );
}

function Back(): ReactNode {
  return <a href="/login" className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">{words.back}</a>;
}
