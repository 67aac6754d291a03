import type { ReactNode } from "react";
import { Mark } from "../icons";

/** A page of the school, inside of the frame: as wide as can be read. */
export function Page({ children, wide = false }: { children: ReactNode; wide?: boolean }): ReactNode {
  return <div className={`mx-auto flex w-full flex-col gap-8 px-4 pb-12 pt-6 sm:px-6 sm:pt-10 ${wide ? "max-w-6xl" : "max-w-4xl"}`}>{children}</div>;
}

/** The heading of a page, where the focus goes when somebody comes to it, and what can be done there. */
export function PageHead({ title, intro, before, actions }: { title: string; intro?: ReactNode; before?: ReactNode; actions?: ReactNode }): ReactNode {
  return (
    <header className="flex flex-col gap-3">
      {before}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 tabIndex={-1} className="min-w-0 text-2xl font-semibold outline-none wrap-anywhere sm:text-3xl">
          {title}
        </h1>
        {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {intro === undefined ? null : <div className="max-w-prose text-muted wrap-anywhere">{intro}</div>}
    </header>
  );
}

/** A part of a page with a heading of its own. */
export function Section({ title, id, actions, children }: { title: string; id: string; actions?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id={id} className="text-xl font-semibold">
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** A surface for one thing. */
export function Card({ children, className = "" }: { children: ReactNode; className?: string }): ReactNode {
  return <div className={`rounded-(--radius-card) border border-line bg-surface p-5 ${className}`}>{children}</div>;
}

/** A small card in the middle of a page without a frame: for logging in and the like. */
export function CentredCard({ title, intro, children, below, product, home }: {
  title: string;
  intro?: string;
  children: ReactNode;
  below?: ReactNode;
  product: string;
  /** Where the mark leads. */
  home: string;
}): ReactNode {
  return (
    <main id="content" className="grid min-h-dvh place-items-center px-5 py-10">
      <div className="w-full max-w-md">
        <p className="mb-8">
          <a href={home} className="inline-flex items-center gap-3 rounded-lg text-xl font-semibold">
            <Mark className="size-9" />
            {product}
          </a>
        </p>
        <div className="rounded-3xl border border-line bg-surface p-6 shadow-lift sm:p-8">
          <h1 tabIndex={-1} className="text-2xl font-semibold outline-none">{title}</h1>
          {intro === undefined ? null : <p className="mt-2 text-muted">{intro}</p>}
          <div className="mt-6">{children}</div>
        </div>
        {below === undefined ? null : <div className="mt-5 text-center text-muted">{below}</div>}
      </div>
    </main>
  );
}

/** What a list says when there is nothing in it, and what can be done about that. */
export function EmptyState({ icon, title, text, action }: { icon: ReactNode; title: string; text?: string; action?: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col items-center gap-2 rounded-(--radius-card) border border-dashed border-edge/50 px-6 py-10 text-center">
      <span className="text-muted">{icon}</span>
      <p className="font-semibold">{title}</p>
      {text === undefined ? null : <p className="max-w-prose text-muted">{text}</p>}
      {action === undefined ? null : <div className="mt-2">{action}</div>}
    </div>
  );
}
