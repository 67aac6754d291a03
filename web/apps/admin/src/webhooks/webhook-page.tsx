"use client";

import type { Schemas } from "@lectern/client";
import { Card, Form, messages, Notice, Page, PageHead, school, Section, SubmitButton, toast, useForm } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Deliveries } from "./deliveries";
import { checkWebhook, webhookBody, WebhookFields, type WebhookValues } from "./webhook-fields";
import { WebhookEnd } from "./webhook-end";
import { WebhookSecret } from "./webhook-secret";
import { stateOf, WebhookState } from "./webhook-state";

type Webhook = Schemas["Webhook"];

const words = messages.admin.webhook;

/** One system that is told what happens: what became of that, and what is to be otherwise. */
export function WebhookPage({ first }: { first: Webhook }): ReactNode {
  const [webhook, setWebhook] = useState(first);
  return (
    <Page wide>
      <PageHead
        before={<Link href="/webhooks" className="inline-flex min-h-11 items-center self-start underline underline-offset-4">{words.back}</Link>}
        title={webhook.url}
        intro={<WebhookState webhook={webhook} />}
      />
      <Standing webhook={webhook} />
      <Deliveries webhook={webhook} onWebhook={setWebhook} />
      <Section title={words.settings} id="settings">
        <Settings webhook={webhook} onSaved={setWebhook} />
      </Section>
      <Section title={words.secret} id="secret">
        <WebhookSecret id={webhook.id} />
      </Section>
      <Section title={words.pauseTitle} id="end">
        <WebhookEnd webhook={webhook} onChanged={setWebhook} />
      </Section>
    </Page>
  );
}

/** Why it is told nothing, or nothing arrives. */
function Standing({ webhook }: { webhook: Webhook }): ReactNode {
  switch (stateOf(webhook)) {
    case "well": return null;
    case "admin": return <Notice tone="info">{words.paused}</Notice>;
    case "gone": return <Notice tone="bad">{words.gone}</Notice>;
    case "given_up": return <Notice tone="bad">{words.givenUp}</Notice>;
    case "failing": {
      const since = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(webhook.failing_since ?? 0));
      return <Notice tone="warn" title={words.failing(since)}>{words.failingText}</Notice>;
    }
  }
}

function Settings({ webhook, onSaved }: { webhook: Webhook; onSaved: (webhook: Webhook) => void }): ReactNode {
  const valuesOf = ({ url, kinds }: Webhook): WebhookValues => ({ url, which: kinds.length === 0 ? "all" : "some", kinds });
  const form = useForm<WebhookValues>({
    initial: valuesOf(webhook),
    check: checkWebhook,
    submit: async (values) => {
      const saved = await school.patch("/v1/webhooks/{id}", { path: { id: webhook.id }, body: webhookBody(values) });
      onSaved(saved);
      form.reset(valuesOf(saved));
      toast(words.saved);
    },
  });
  return (
    <Card>
      <Form form={form}>
        <WebhookFields form={form} />
        <SubmitButton form={form} className="self-start">{words.save}</SubmitButton>
      </Form>
    </Card>
  );
}
