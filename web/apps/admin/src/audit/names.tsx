"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import Link from "next/link";
import { createContext, type ReactNode, use, useEffect, useState } from "react";

type AuditRecord = Schemas["AuditRecord"];
/** Where a person or a course is shown: `people/ID`, `courses/ID`. */
type Place = `${"people" | "courses"}/${string}`;

/** `null`: there is nothing of that identifier any more, or it names none. */
const Names = createContext<ReadonlyMap<string, string | null>>(new Map());

/** Asked for at the same time. */
const ASKED_MAX = 4;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The trail knows people and courses by their identifiers; here they get the names that they have today. */
export function KnownNames({ records, children }: { records: readonly AuditRecord[]; children: ReactNode }): ReactNode {
  const [names, setNames] = useState<ReadonlyMap<string, string | null>>(new Map());
  useEffect(() => {
    const missing = Array.from(new Set(records.flatMap(placesOf))).filter((place) => !names.has(place));
    if (missing.length === 0) return;
    const abort = new AbortController();
    const ask = async (place: Place) => [place, await nameOf(place, abort.signal).catch(() => null)] as const;
    const askSome = async () => {
      const found = await Promise.all(missing.slice(0, ASKED_MAX).map(ask));
      if (!abort.signal.aborted) setNames((before) => new Map([...before, ...found]));
    };
    void askSome();
    return () => abort.abort();
  }, [records, names]);
  return <Names value={names}>{children}</Names>;
}

function placesOf({ actor, subject, course }: AuditRecord): readonly Place[] {
  const of = (kind: "people" | "courses", id: string | null | undefined): readonly Place[] => (id != null && ID.test(id) ? [`${kind}/${id}`] : []);
  return [...of("people", actor), ...of("people", subject), ...of("courses", course)];
}

async function nameOf(place: Place, signal: AbortSignal): Promise<string> {
  const [kind, id = ""] = place.split("/");
  if (kind === "people") return (await school.get("/v1/people/{id}", { path: { id }, signal })).name;
  return (await school.get("/v1/courses/{id}", { path: { id }, signal })).title;
}

/** Somebody, by name where it is known. */
export function PersonName({ id }: { id: string }): ReactNode {
  const name = use(Names).get(`people/${id}`);
  return name == null ? <code className="text-sm wrap-anywhere">{id}</code> : <span className="font-semibold">{name}</span>;
}

/** A name, with a way to whom or what it is of; where it is not known, the identifier. */
export function NamedLink({ kind, id }: { kind: "people" | "courses"; id: string }): ReactNode {
  const name = use(Names).get(`${kind}/${id}`);
  return name == null ? <code>{id}</code> : <Link href={`/${kind}/${id}`} className="underline underline-offset-4">{name}</Link>;
}
