"use client";

import { asLecternError } from "@lectern/client";
import { Button, Card, Confirm, explain, messages, school, toast } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { SecretOnce } from "./secret-once";

const words = messages.admin.webhook;

/** Makes a new secret, after a question, and shows it this once. */
export function WebhookSecret({ id }: { id: string }): ReactNode {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string>();
  const renew = async () => {
    setAsking(false);
    setBusy(true);
    try {
      setSecret((await school.patch("/v1/webhooks/{id}", { path: { id }, body: { new_secret: true } })).secret ?? undefined);
    } catch (error) {
      toast(explain(asLecternError(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  if (secret !== undefined) return <Card><SecretOnce secret={secret} onKept={() => setSecret(undefined)} /></Card>;
  return (
    <Card className="flex flex-col items-start gap-4">
      <p className="max-w-prose text-muted">{words.secretText}</p>
      <Button icon="lock" isPending={busy} onPress={() => setAsking(true)}>{words.renew}</Button>
      <Confirm isOpen={asking} title={words.renewTitle} text={words.renewAsk} confirm={words.renew} cancel={messages.cancel} onClose={() => setAsking(false)} onConfirm={() => void renew()} />
    </Card>
  );
}
