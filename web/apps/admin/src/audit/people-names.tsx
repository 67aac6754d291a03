"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import Link from "next/link";
import { createContext, type ReactNode, use, useEffect, useState } from "react";

/** `null`: there is nobody of that identifier any more, or it names no person. */
const Names = createContext<ReadonlyMap<string, string | null>>(new Map());

/** Asked for at the same time. */
const ASKED_MAX = 4;
const PERSON_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The trail knows people by their identifiers; here they get the names that they have today. */
export function PeopleNames({ records, children }: { records: readonly Schemas["AuditRecord"][]; children: ReactNode }): ReactNode {
  const [names, setNames] = useState<ReadonlyMap<string, string | null>>(new Map());
  useEffect(() => {
    const wanted = new Set(records.flatMap(({ actor, subject }) => [actor, subject]).filter((id) => id != null && PERSON_ID.test(id)) as string[]);
    const missing = Array.from(wanted).filter((id) => !names.has(id));
    if (missing.length === 0) return;
    const abort = new AbortController();
    const ask = async (id: string) => [id, await school.get("/v1/people/{id}", { path: { id }, signal: abort.signal }).then(({ name }) => name, () => null)] as const;
    const askSome = async () => {
      const found = await Promise.all(missing.slice(0, ASKED_MAX).map(ask));
      if (!abort.signal.aborted) setNames((before) => new Map([...before, ...found]));
    };
    void askSome();
    return () => abort.abort();
  }, [records, names]);
  return <Names value={names}>{children}</Names>;
}

/** Somebody, by name where it is known. */
export function PersonName({ id }: { id: string }): ReactNode {
  const name = use(Names).get(id);
  return name == null ? <code className="text-sm wrap-anywhere">{id}</code> : <span className="font-semibold">{name}</span>;
}

/** Somebody's identifier; where it is known whose, it leads to them. */
export function PersonLink({ id }: { id: string }): ReactNode {
  const isKnown = use(Names).get(id) != null;
  return isKnown ? <Link href={`/people/${id}`} className="underline underline-offset-4">{id}</Link> : id;
}
