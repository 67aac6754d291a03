import type { Schemas } from "@lectern/client";
import type { IconName } from "@lectern/ui";
import { messages } from "@lectern/ui/messages";
import type { ReactNode } from "react";
import { StateBadge } from "../frame/state-badge";

const words = messages.admin.webhooks.states;

/** How a webhook is: it delivers, nothing arrives, somebody paused it, or it was disabled. */
export function stateOf({ enabled, disabled_reason, failing_since }: Schemas["Webhook"]): keyof typeof words {
  if (enabled) return failing_since == null ? "well" : "failing";
  if (disabled_reason === "failing") return "given_up";
  return disabled_reason === "gone" ? "gone" : "admin";
}

const LOOKS: Record<keyof typeof words, readonly ["good" | "warn" | "bad" | "quiet", IconName]> = {
  well: ["good", "check"],
  failing: ["warn", "alert"],
  admin: ["quiet", "minus"],
  given_up: ["bad", "close"],
  gone: ["bad", "close"],
};

export function WebhookState({ webhook }: { webhook: Schemas["Webhook"] }): ReactNode {
  const state = stateOf(webhook);
  const [tone, icon] = LOOKS[state];
  return <StateBadge tone={tone} icon={icon}>{words[state]}</StateBadge>;
}
