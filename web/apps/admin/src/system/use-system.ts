"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { useEffect, useState } from "react";

/** From one answer to the next question, milliseconds. */
const EVERY_MS = 5_000;

/** The school's parts, asked for again and again while the page is visible. */
export function useSystem(): {
  /** `undefined` until there is a first answer. */
  readonly parts: readonly Schemas["Part"][] | undefined;
  /** When they were as they are shown, RFC 3339. */
  readonly lookedAt: string | undefined;
  /** Whether the last question had no answer. */
  readonly isLost: boolean;
} {
  const [seen, setSeen] = useState<{ parts: readonly Schemas["Part"][]; lookedAt: string }>();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let abort: AbortController | undefined;
    const look = async () => {
      abort = new AbortController();
      const { signal } = abort;
      try {
        const { parts } = await school.get("/v1/system", { signal });
        setSeen({ parts, lookedAt: new Date().toISOString() });
        setLost(false);
      } catch {
        if (!signal.aborted) setLost(true);
      }
      if (!signal.aborted) timer = setTimeout(() => void look(), EVERY_MS);
    };
    const stop = () => {
      abort?.abort();
      clearTimeout(timer);
    };
    const follow = () => {
      stop();
      if (!document.hidden) void look();
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", follow);
    };
  }, []);
  return { parts: seen?.parts, lookedAt: seen?.lookedAt, isLost };
}
