"use client";

import { asLecternError, type LecternError } from "@lectern/client";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "../button";
import { explain } from "../form/use-form";
import { messages } from "../messages";
import { Announcer, Notice } from "../status";

/** One page of a list, as the API sends it. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next?: string | null | undefined;
}

/** A list that is loaded page by page; see {@link usePages}. */
export interface Pages<T> {
  readonly items: readonly T[];
  /** Whether there is more. */
  readonly more: boolean;
  /** Whether nothing has been loaded yet. */
  readonly starting: boolean;
  readonly loading: boolean;
  readonly error: LecternError | undefined;
  readonly loadMore: () => void;
  /** From the first page on, as much as is shown; that stays until then. */
  readonly reload: () => void;
  /** Changes what is shown, after an own write. */
  readonly update: (change: (items: readonly T[]) => readonly T[]) => void;
}

/**
 * Loads a list page by page. `load` decides which list: keep it stable with `useCallback`; another one starts over.
 * `first` is a first page that is there already, as from the server.
 */
export function usePages<T>(load: (after: string | undefined, signal: AbortSignal) => Promise<PageOf<T>>, first?: PageOf<T>): Pages<T> {
  const [state, setState] = useState({ items: first?.items ?? [], next: first === undefined ? undefined : (first.next ?? null), loading: first === undefined, error: undefined as LecternError | undefined, load });
  const [given, setGiven] = useState(first);
  const running = useRef<AbortController>(undefined);

  // Rendered anew by the server: what it says now holds.
  if (first !== given) {
    setGiven(first);
    if (first !== undefined) setState({ items: first.items, next: first.next ?? null, loading: false, error: undefined, load });
  }

  const run = useCallback(async (after: string | undefined, count = 0) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    try {
      let page = await load(after, abort.signal);
      const items = [...page.items];
      while (items.length < count && typeof page.next === "string") {
        page = await load(page.next, abort.signal);
        items.push(...page.items);
      }
      if (abort.signal.aborted) return;
      setState((before) => ({ items: after === undefined ? items : [...before.items, ...items], next: page.next ?? null, loading: false, error: undefined, load }));
    } catch (thrown) {
      if (!abort.signal.aborted) setState((before) => ({ ...before, loading: false, error: asLecternError(thrown), load }));
    }
  }, [load]);

  const started = useRef(first === undefined ? undefined : load);
  useEffect(() => {
    if (started.current === load) return;
    started.current = load;
    void run(undefined);
  }, [load, run]);
  useEffect(() => () => running.current?.abort(), []);

  const start = (after: string | undefined, count?: number) => {
    setState((before) => ({ ...before, loading: true, error: undefined }));
    void run(after, count);
  };
  const loading = state.loading || state.load !== load;
  return {
    items: state.items,
    more: typeof state.next === "string",
    starting: state.next === undefined && loading,
    loading,
    error: state.error,
    loadMore: () => {
      if (!loading && typeof state.next === "string") start(state.next);
    },
    reload: () => start(undefined, state.items.length),
    update: (change) => setState((before) => ({ ...before, items: change(before.items) })),
  };
}

/** Shows such a list. The button for more keeps the focus while it works; when it is gone, the first new item has it. */
export function PagedList<T>({ pages, label, keyOf, render, empty, className = "flex flex-col gap-3" }: {
  pages: Pages<T>;
  label: string;
  keyOf: (item: T) => string;
  render: (item: T) => ReactNode;
  empty: ReactNode;
  className?: string;
}): ReactNode {
  if (pages.starting) return <Loading />;
  if (pages.items.length === 0 && pages.error === undefined) return empty;
  return (
    <MoreBelow pages={pages}>
      <ul aria-label={label} aria-busy={pages.loading} className={className}>
        {pages.items.map((item) => <li key={keyOf(item)} tabIndex={-1} data-paged className="min-w-0 outline-none">{render(item)}</li>)}
      </ul>
    </MoreBelow>
  );
}

/** Says that something is on its way. */
export function Loading(): ReactNode {
  return <p role="status" className="animate-pulse py-10 text-center text-muted">{messages.lists.loading}</p>;
}

/** A list (whose items carry `data-paged`) and below it the way to more. */
export function MoreBelow<T>({ pages, children }: { pages: Pages<T>; children: ReactNode }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const asked = useRef<number>(undefined);
  const [added, setAdded] = useState("");
  const { items, more, loading, error } = pages;
  useEffect(() => {
    const from = asked.current;
    if (from === undefined || loading) return;
    asked.current = undefined;
    if (!more && items.length > from) box.current?.querySelectorAll<HTMLElement>("[data-paged]")[from]?.focus();
  }, [items.length, more, loading]);
  return (
    <div ref={box} className="flex flex-col gap-4">
      {children}
      {error === undefined ? null : <Notice tone="bad" title={items.length === 0 ? messages.lists.failed : messages.lists.moreFailed} action={<Button onPress={items.length === 0 ? pages.reload : pages.loadMore}>{messages.tryAgain}</Button>}>{explain(error)}</Notice>}
      {more ? (
        <Button className="self-center pending:opacity-60" isPending={loading} onPress={() => {
          asked.current = items.length;
          setAdded(messages.lists.loading);
          pages.loadMore();
        }}>
          {loading ? messages.lists.loading : messages.lists.more}
        </Button>
      ) : null}
      <Announcer text={added !== "" && loading ? added : ""} />
    </div>
  );
}
