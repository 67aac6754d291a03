"use client";

import { type ReactNode, useSyncExternalStore } from "react";

const STYLES = {
  date: { dateStyle: "medium" },
  dateTime: { dateStyle: "medium", timeStyle: "short" },
  day: { weekday: "long", day: "numeric", month: "long" },
  time: { timeStyle: "short" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const never = () => () => undefined;

/** A moment, in words of the reader's own time zone, which the server does not know: there it is UTC. */
export function LocalTime({ at, style = "dateTime" }: { at: string; style?: keyof typeof STYLES }): ReactNode {
  const text = useSyncExternalStore(
    never,
    () => new Intl.DateTimeFormat("en-GB", STYLES[style]).format(new Date(at)),
    () => new Intl.DateTimeFormat("en-GB", { ...STYLES[style], timeZone: "UTC" }).format(new Date(at)),
  );
  return <time dateTime={at}>{text}</time>;
}
