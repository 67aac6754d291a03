import { Icon, type IconName } from "@lectern/ui";
import type { ReactNode } from "react";

const TONES = {
  muted: "bg-sunken text-muted",
  good: "bg-accent-soft text-accent-strong",
  warn: "bg-warn-soft text-warn",
  live: "bg-live text-on-live",
} as const;

/** A word about the state of something. */
export function Badge({ tone = "muted", icon, children }: { tone?: keyof typeof TONES; icon?: IconName; children: ReactNode }): ReactNode {
  return (
    <span className={`inline-flex min-h-7 items-center gap-1.5 rounded-full px-2.5 text-sm font-medium ${TONES[tone]}`}>
      {icon === undefined ? null : <Icon name={icon} className="size-4" />}
      {children}
    </span>
  );
}
