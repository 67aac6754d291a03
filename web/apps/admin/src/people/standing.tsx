import type { Schemas } from "@lectern/client";
import { messages } from "@lectern/ui/messages";
import type { ReactNode } from "react";
import { StateBadge } from "../frame/state-badge";

const words = messages.admin.people;

/** Whether somebody may log in. */
export function Standing({ person }: { person: Schemas["Person"] }): ReactNode {
  return person.suspended_at == null ? <StateBadge tone="good" icon="check">{words.active}</StateBadge> : <StateBadge tone="bad" icon="lock">{words.suspended}</StateBadge>;
}
