"use client";

import type { Schemas } from "@lectern/client";
import { Icon, LocalTime, messages } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";
import { NamedLink, PersonName } from "./names";

type AuditRecord = Schemas["AuditRecord"];

const words = messages.admin.audit;

/** One event in a line that reads alone; the rest of what is known about it opens below. */
export function AuditLine({ record }: { record: AuditRecord }): ReactNode {
  const { at, kind, actor, subject } = record;
  const what = words.kinds[kind] ?? kind;
  return (
    <details className="group">
      <summary className="flex min-h-12 cursor-pointer list-none items-start gap-3 px-4 py-3 hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <Icon name="chevron" className="mt-1 size-4 text-muted transition-transform -rotate-90 group-open:rotate-0" />
        <span className="flex min-w-0 flex-1 flex-col gap-x-6 sm:flex-row sm:justify-between">
          <span className="min-w-0 wrap-anywhere">
            {actor == null ? <span className="text-muted">{words.byItself}</span> : <PersonName id={actor} />}
            {" "}{what}
            {subject == null || subject === actor ? null : <>{": "}<PersonName id={subject} /></>}
          </span>
          <span title={at} className="shrink-0 text-sm text-muted sm:pt-0.5"><LocalTime at={at} /></span>
        </span>
      </summary>
      <dl className="grid gap-x-6 px-4 pb-4 pl-11 text-sm sm:grid-cols-[auto_1fr] sm:gap-y-1">
        {facts(record).map(([title, value]) => (
          <div key={title} className="contents">
            <dt className="text-muted">{title}</dt>
            <dd className="mb-1.5 min-w-0 wrap-anywhere sm:mb-0">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function facts({ at, kind, actor, subject, course, room, address, detail }: AuditRecord): readonly (readonly [string, ReactNode])[] {
  const code = (text: string | null | undefined) => (text == null ? null : <code>{text}</code>);
  const link = (place: "people" | "courses", id: string | null | undefined) => (id == null ? null : <NamedLink kind={place} id={id} />);
  const kindLink = <><code>{kind}</code> · <Link href={`/audit?kind=${kind}`} className="underline underline-offset-4">{words.onlyKind}</Link></>;
  const known: readonly (readonly [string, ReactNode])[] = [
    [words.exactly, code(at)], [words.kind, kindLink], [words.by, link("people", actor)], [words.to, link("people", subject)],
    [words.course, link("courses", course)], [words.room, code(room)], [words.address, code(address)],
  ];
  const more = Object.entries(detail ?? {}).map(([name, value]) => [name, code(typeof value === "string" ? value : JSON.stringify(value))] as const);
  return [...known.filter(([, value]) => value !== null), ...more];
}
