"use client";

import { Button, explain, Loading, messages, Notice } from "@lectern/ui";
import type { ReactNode } from "react";
import type { Loaded } from "./use-loaded";

/** What was loaded, or that it is on its way, or why it is not there. */
export function Shown<T>({ loaded, children }: { loaded: Loaded<T>; children: (data: T) => ReactNode }): ReactNode {
  const { data, error, reload } = loaded;
  return (
    <>
      {error === undefined ? null : (
        <Notice tone="bad" title={error.status === 404 ? messages.notFound.title : messages.failure.title} action={error.status === 404 ? undefined : <Button onPress={reload}>{messages.tryAgain}</Button>}>
          {explain(error)}
        </Notice>
      )}
      {data === undefined ? (error === undefined ? <Loading /> : null) : children(data)}
    </>
  );
}
