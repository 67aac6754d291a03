"use client";

import type { Schemas } from "@lectern/client";
import { school } from "@lectern/ui";
import { useEffect, useState } from "react";

/** A class is asked for its recording again after this, and each time after twice as long, milliseconds: there is one within half a minute. */
const FIRST_MS = 15_000;
/** A class of which there is none by then is not recorded. */
const ASKS_MAX = 5;

/** The recording of a class, as soon as something of it can be watched. */
export function useRecording({ id, state, recording }: Schemas["LiveSession"]): string | undefined {
  const [found, setFound] = useState<string>();
  const known = recording ?? found;
  useEffect(() => {
    if (known !== undefined || state !== "live") return;
    let timer: ReturnType<typeof setTimeout>;
    const ask = (asks: number) => {
      timer = setTimeout(() => {
        void school.get("/v1/live/{id}", { path: { id } }).then((live) => setFound(live.recording ?? undefined), () => undefined);
        if (asks < ASKS_MAX) ask(asks + 1);
      }, FIRST_MS * 2 ** (asks - 1));
    };
    ask(1);
    return () => clearTimeout(timer);
  }, [id, state, known]);
  return known;
}
