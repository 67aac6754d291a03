import type { ReactNode } from "react";

/** What is known of something, name by name. */
export function Facts({ children }: { children: ReactNode }): ReactNode {
  return <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[auto_1fr] sm:gap-y-3">{children}</dl>;
}

/** One of them. */
export function Fact({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <div className="contents">
      <dt className="text-muted">{title}</dt>
      <dd className="mb-2 min-w-0 wrap-anywhere sm:mb-0">{children}</dd>
    </div>
  );
}
