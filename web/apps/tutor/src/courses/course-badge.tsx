import type { Schemas } from "@lectern/client";
import { messages } from "@lectern/ui/messages";
import type { ReactNode } from "react";
import { Badge } from "../school/badge";

/** Who sees a course, in a word. */
export function CourseBadge({ state }: { state: Schemas["CourseState"] }): ReactNode {
  return <Badge tone={state === "published" ? "good" : "muted"}>{messages.tutor.courses.states[state]}</Badge>;
}
