import { Icon, type IconName } from "@lectern/ui";
import type { ReactNode } from "react";

const TONES = {
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
  quiet: "text-muted",
} as const;

/** The state of something, as picture, word and colour: each says it without the others. */
export function StateBadge({ tone, icon, children }: { tone: keyof typeof TONES; icon: IconName; children: ReactNode }): ReactNode {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${TONES[tone]}`}>
      <Icon name={icon} className="size-4.5" />
      {children}
    </span>
  );
}
