"use client";

import type { RosterEntry, RosterFilter } from "@lectern/client";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { Avatar, Name, RoleTag } from "./person";
import { PersonMenu } from "./person-menu";
import { useRoom } from "./room-context";

const words = messages.people;
const PAGE = 50;
/** Typing is over after this. */
const TYPED_MS = 250;
/** The list follows who comes and goes, but not faster than this. */
const REFRESH_MS = 5_000;

interface Page {
  readonly entries: readonly RosterEntry[];
  readonly total: number;
  readonly next: string | undefined;
}

/** A list of people that the server keeps, by page and by name. `version` changes when it may be another one. */
export function useRoster(filter: RosterFilter, search: string, version: unknown): { page: Page | undefined; more: () => void } {
  const { room, link } = useRoom();
  const [page, setPage] = useState<Page>();
  const live = link.name === "live";
  useEffect(() => {
    if (room === undefined || !live) return;
    let current = true;
    const load = () => {
      room.request({ type: "roster", filter, limit: PAGE, ...(search === "" ? {} : { search }) }).then((reply) => {
        if (current) setPage({ entries: reply.entries, total: reply.total, next: reply.next });
      }, () => undefined);
    };
    const timer = setTimeout(load, search === "" ? 0 : TYPED_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [room, live, filter, search, version]);
  const more = () => {
    if (room === undefined || page?.next === undefined) return;
    room.request({ type: "roster", filter, limit: PAGE, after: page.next, ...(search === "" ? {} : { search }) }).then((reply) => {
      setPage((before) => (before === undefined ? undefined : { entries: [...before.entries, ...reply.entries], total: reply.total, next: reply.next }));
    }, () => undefined);
  };
  return { page, more };
}

/** Everybody who is here, to be searched; for tutors also those who are banned. */
export function Roster(): ReactNode {
  const { state, may, ask } = useRoom();
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState<"present" | "banned">("present");
  const [unbanned, setUnbanned] = useState(0);
  const version = useCalm(JSON.stringify([state?.present, state?.stage, state?.hands.length, state?.muted, state?.coTutors]), REFRESH_MS);
  const { page, more } = useRoster(filter, search.trim(), `${version} ${unbanned}`);
  const self = state?.you.person.id;
  return (
    <section aria-label={messages.people.here} className="flex flex-col gap-2">
      <div className="flex gap-2">
        <label className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-full border border-edge bg-surface px-3.5 focus-within:outline-3 focus-within:outline-accent">
          <Icon name="search" className="size-4.5 text-muted" />
          <input type="search" value={search} maxLength={100} dir="auto" aria-label={words.search} placeholder={words.search} onChange={(event) => setSearch(event.target.value)}
            className="min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted focus-visible:outline-none" />
        </label>
        {may("unban") ? (
          <select aria-label={words.filter} value={filter} onChange={(event) => setFilter(event.target.value === "banned" ? "banned" : "present")} className="min-h-11 rounded-full border border-edge bg-surface px-3 text-[0.9375rem]">
            <option value="present">{words.here}</option>
            <option value="banned">{words.banned}</option>
          </select>
        ) : null}
      </div>
      {page === undefined ? null : <p className="px-1 text-sm tabular-nums text-muted">{words.total(page.total)}</p>}
      {page !== undefined && page.entries.length === 0 ? <p className="px-1 py-3 text-muted">{filter === "banned" ? words.nobodyBanned : words.none}</p> : null}
      <ul className="flex flex-col">
        {page?.entries.map((entry) => (
          <li key={entry.person.id} className="flex min-h-13 items-center gap-2.5 rounded-xl px-1">
            <Avatar person={entry.person} />
            <Name person={entry.person} you={entry.person.id === self} />
            <RoleTag role={entry.person.role} />
            <span className="flex-1" />
            <Marks entry={entry} />
            {filter === "banned" ? (
              <Button className="px-4" onPress={() => void ask({ type: "unban", person: entry.person.id }).then(() => setUnbanned((n) => n + 1))}>{words.unban}</Button>
            ) : (
              <PersonMenu person={entry.person} onStage={state?.stage.some(({ person }) => person.id === entry.person.id) === true} />
            )}
          </li>
        ))}
      </ul>
      {page?.next === undefined ? null : <Button variant="quiet" onPress={more}>{messages.room.more}</Button>}
    </section>
  );
}

function Marks({ entry }: { entry: RosterEntry }): ReactNode {
  const marks = [
    entry.hand === true ? { icon: "hand", label: words.handUp } as const : undefined,
    entry.place === undefined ? undefined : { icon: "broadcast", label: words.onStage(entry.place) } as const,
    entry.muted === true ? { icon: "micOff", label: words.muted } as const : undefined,
  ];
  return marks.map((mark) => mark === undefined ? null : (
    <span key={mark.icon} title={mark.label} className="text-accent">
      <Icon name={mark.icon} className="size-4.5" />
      <span className="sr-only">{mark.label}</span>
    </span>
  ));
}

/** A value that changes at most every `ms`; at once after a quiet time. */
function useCalm<T>(value: T, ms: number): T {
  const [calm, setCalm] = useState({ value, atMs: 0 });
  useEffect(() => {
    if (value === calm.value) return;
    const timer = setTimeout(() => setCalm({ value, atMs: Date.now() }), Math.max(0, calm.atMs + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [value, calm, ms]);
  return calm.value;
}
