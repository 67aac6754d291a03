"use client";

import { asLecternError, download, type Schemas } from "@lectern/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { explain } from "../form/use-form";
import { toast } from "../page/toasts";
import { school } from "../school";

/** How long a saved file's address is kept, for the browser to read it; milliseconds. */
const KEPT_MS = 60_000;

/** Files of lessons on their way to this computer. */
export interface MaterialDownload {
  /** How much of a file is here, per cent, by its id; `undefined` as a value while that is not known. */
  readonly running: ReadonlyMap<string, number | undefined>;
  readonly start: (material: Schemas["Material"]) => void;
  readonly cancel: (id: string) => void;
}

/**
 * Downloads files of lessons and saves them under their names: the store knows a generated name alone, and would show a
 * picture in place of the page. Leaving the page ends what is under way.
 */
export function useMaterialDownload(): MaterialDownload {
  const [running, setRunning] = useState<ReadonlyMap<string, number | undefined>>(new Map());
  const aborts = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const all = aborts.current;
    return () => all.forEach((abort) => abort.abort());
  }, []);

  const start = useCallback(({ id, name, bytes }: Schemas["Material"]) => {
    if (aborts.current.has(id)) return;
    const abort = new AbortController();
    aborts.current.set(id, abort);
    const { signal } = abort;
    const show = (percent: number | undefined) => setRunning((before) => new Map(before).set(id, percent));
    const run = async () => {
      show(undefined);
      const { url } = await school.get("/v1/materials/{id}/address", { path: { id }, signal });
      save(await download(url, { signal, onProgress: (received) => show(bytes === 0 ? 100 : (received / bytes) * 100) }), name);
    };
    void run().catch((thrown: unknown) => {
      if (!signal.aborted) toast(explain(asLecternError(thrown)), "bad");
    }).finally(() => {
      aborts.current.delete(id);
      setRunning((before) => new Map([...before].filter(([each]) => each !== id)));
    });
  }, []);
  const cancel = useCallback((id: string) => aborts.current.get(id)?.abort(), []);
  return { running, start, cancel };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
