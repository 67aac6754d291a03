import type { Schemas } from "@lectern/client";
import { messages } from "@lectern/ui/messages";
import type { ReactNode } from "react";
import { StateBadge } from "../frame/state-badge";

const LOOKS = { draft: ["quiet", "edit"], published: ["good", "check"], archived: ["quiet", "archive"] } as const;

/** Who sees a course. */
export function CourseState({ state }: { state: Schemas["CourseState"] }): ReactNode {
  const [tone, icon] = LOOKS[state];
  return <StateBadge tone={tone} icon={icon}>{messages.admin.courses.states[state]}</StateBadge>;
}
