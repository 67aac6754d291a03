"use client";

import { asLecternError, type LecternError } from "@lectern/client";
import { useCallback, useEffect, useRef, useState } from "react";

/** Something that a page shows, from the school. */
export interface Loaded<T> {
  readonly data: T | undefined;
  /** Why it could not be read; what was there before stays. */
  readonly error: LecternError | undefined;
  /** Reads it again; what is shown stays until then. */
  readonly reload: () => void;
  /** What it is now, after an own write. */
  readonly set: (data: T) => void;
}

/** Reads something when the page opens, and again when asked. `load` decides what: keep it stable with `useCallback`. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: LecternError | undefined; load: unknown }>({ data: undefined, error: undefined, load });
  const running = useRef<AbortController>(undefined);

  const run = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    load(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: undefined, load });
      },
      (thrown: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ data: before.load === load ? before.data : undefined, error: asLecternError(thrown), load }));
      },
    );
  }, [load]);
  useEffect(() => {
    run();
    return () => running.current?.abort();
  }, [run]);

  const set = useCallback((data: T) => {
    // An answer that is still under way is older.
    running.current?.abort();
    setState({ data, error: undefined, load });
  }, [load]);
  const current = state.load === load;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, reload: run, set };
}
