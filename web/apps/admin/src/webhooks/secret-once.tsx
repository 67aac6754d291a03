"use client";

import { Button, messages, toast } from "@lectern/ui";
import { type ReactNode, useId } from "react";

const words = messages.admin.webhooks;

/** A secret that is shown this once, to be taken away. */
export function SecretOnce({ secret, onKept }: { secret: string; onKept: () => void }): ReactNode {
  const id = useId();
  const copy = async () => {
    // Where it is not allowed, there is still the text.
    await navigator.clipboard.writeText(secret);
    toast(words.copied);
  };
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{words.secretText}</p>
      <div className="flex flex-col gap-1.5">
        <span id={id} className="text-sm font-medium">{words.secret}</span>
        <code aria-labelledby={id} role="textbox" aria-readonly="true" tabIndex={0} className="rounded-xl border border-edge bg-sunken px-4 py-3 select-all wrap-anywhere">{secret}</code>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button icon="copy" onPress={() => void copy().catch(() => undefined)}>{words.copy}</Button>
        <Button variant="primary" onPress={onKept}>{words.kept}</Button>
      </div>
    </div>
  );
}
