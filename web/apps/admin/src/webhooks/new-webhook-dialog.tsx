"use client";

import type { Schemas } from "@lectern/client";
import { Dialog, Form, messages, school, SubmitButton, useForm } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { SecretOnce } from "./secret-once";
import { checkWebhook, webhookBody, WebhookFields, type WebhookValues } from "./webhook-fields";

const words = messages.admin.webhooks;

/** Asks where to, then shows the secret, then leads to the webhook. */
export function NewWebhookDialog({ isOpen, onMade, onClose }: { isOpen: boolean; onMade: () => void; onClose: () => void }): ReactNode {
  const router = useRouter();
  const [made, setMade] = useState<Schemas["Webhook"]>();
  const close = () => {
    onClose();
    setMade(undefined);
    if (made !== undefined) router.push(`/webhooks/${made.id}`);
  };
  return (
    <Dialog title={made === undefined ? words.create : words.secretTitle} isOpen={isOpen} onClose={close}>
      {made === undefined ? (
        <NewWebhookForm onMade={(webhook) => {
          setMade(webhook);
          onMade();
        }} />
      ) : <SecretOnce secret={made.secret ?? ""} onKept={close} />}
    </Dialog>
  );
}

function NewWebhookForm({ onMade }: { onMade: (webhook: Schemas["Webhook"]) => void }): ReactNode {
  const form = useForm<WebhookValues>({
    initial: { url: "", which: "all", kinds: [] },
    check: checkWebhook,
    submit: async (values) => onMade(await school.post("/v1/webhooks", { body: webhookBody(values) })),
  });
  return (
    <Form form={form}>
      <WebhookFields form={form} />
      <SubmitButton form={form}>{words.createSubmit}</SubmitButton>
    </Form>
  );
}
