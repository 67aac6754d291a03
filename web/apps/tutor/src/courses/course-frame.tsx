"use client";

import { messages, NotFoundPage, Page } from "@lectern/ui";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { Shown } from "../school/shown";
import { CourseBadge } from "./course-badge";
import { CourseProvider, useCourse } from "./course-context";

const words = messages.tutor.courses;

const PARTS = [
  ["", words.parts.lessons],
  ["/overview", words.parts.overview],
  ["/people", words.parts.people],
  ["/live", words.parts.live],
  ["/recordings", words.parts.recordings],
  ["/details", words.parts.details],
] as const;

/** What surrounds all pages of a course: its name, and the way between them. */
export function CourseFrame({ id, children }: { id: string; children: ReactNode }): ReactNode {
  return (
    <CourseProvider id={id}>
      <Frame>{children}</Frame>
    </CourseProvider>
  );
}

function Frame({ children }: { children: ReactNode }): ReactNode {
  const { id, course } = useCourse();
  if (course.data === undefined && course.error?.status === 404) return <NotFoundPage />;
  return (
    <Page wide>
      <Shown loaded={course}>
        {({ title, state, may_change: mine }) => mine ? (
          <>
            <header className="flex flex-col gap-4">
              <Link href="/" className="self-start rounded-md py-1 text-sm text-muted underline-offset-4 hover:underline">{words.back}</Link>
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                <h1 tabIndex={-1} className="min-w-0 text-2xl font-semibold outline-none wrap-anywhere sm:text-3xl">{title}</h1>
                <CourseBadge state={state} />
              </div>
              <Parts id={id} />
            </header>
            {children}
          </>
        ) : <p>{words.notYours}</p>}
      </Shown>
    </Page>
  );
}

function Parts({ id }: { id: string }): ReactNode {
  const path = usePathname();
  const base = `/courses/${id}`;
  const current = PARTS.findLast(([part]) => path.startsWith(base + part))?.[0] ?? "";
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone not all parts are in sight.
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [current]);
  return (
    <nav ref={nav} aria-label={words.parts.label} className="-mx-4 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-1">
        {PARTS.map(([part, label]) => (
          <li key={part}>
            <Link href={base + part} aria-current={part === current ? "page" : undefined}
              className="inline-flex min-h-11 items-center whitespace-nowrap border-b-2 border-transparent px-3 font-medium text-muted -outline-offset-3 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink">
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
