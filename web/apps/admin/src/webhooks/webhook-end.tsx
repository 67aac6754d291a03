"use client";

import { asLecternError, type Schemas } from "@lectern/client";
import { Button, Card, Confirm, explain, messages, school, toast } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";

type Webhook = Schemas["Webhook"];

const words = messages.admin.webhook;

/** Pauses a webhook, resumes it, or deletes it after a question. */
export function WebhookEnd({ webhook, onChanged }: { webhook: Webhook; onChanged: (webhook: Webhook) => void }): ReactNode {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const path = { id: webhook.id };
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast(explain(asLecternError(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  const set = (enabled: boolean) => during(async () => {
    onChanged(await school.patch("/v1/webhooks/{id}", { path, body: { enabled } }));
    toast(enabled ? words.resumed : words.pausedToast);
  });
  const remove = () => during(async () => {
    setAsking(false);
    await school.delete("/v1/webhooks/{id}", { path });
    toast(words.deleted);
    router.push("/webhooks");
  });
  return (
    <Card className="flex flex-col items-start gap-4">
      <p className="max-w-prose text-muted">{words.pauseText}</p>
      <div className="flex flex-wrap gap-2">
        <Button isPending={busy} icon={webhook.enabled ? "minus" : "play"} onPress={() => void set(!webhook.enabled)}>{webhook.enabled ? words.pause : words.resume}</Button>
        <Button isPending={busy} icon="bin" onPress={() => setAsking(true)}>{words.delete}</Button>
      </div>
      <Confirm isOpen={asking} title={words.deleteTitle} text={words.deleteAsk} confirm={words.delete} cancel={messages.cancel} onClose={() => setAsking(false)} onConfirm={() => void remove()} />
    </Card>
  );
}
