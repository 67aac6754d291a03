import Link from "next/link";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../icons";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-edge/50 bg-surface text-ink hover:bg-sunken",
  quiet: "text-ink hover:bg-sunken",
} as const;

/** A link that looks like a button; `outside` leaves this app, to another one of the same origin. */
export function LinkButton({ href, variant = "plain", icon, outside = false, children, className = "" }: {
  href: string;
  variant?: keyof typeof LOOKS;
  icon?: IconName;
  outside?: boolean;
  children: ReactNode;
  className?: string;
}): ReactNode {
  const look = `inline-flex min-h-11 shrink-0 select-none items-center justify-center gap-2 rounded-full px-5 text-[0.9375rem] font-semibold transition-colors duration-150 ${LOOKS[variant]} ${className}`;
  const content = (
    <>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </>
  );
  return outside ? <a href={href} className={look}>{content}</a> : <Link href={href} className={look}>{content}</Link>;
}
