"use client";

import { type EventFeed, School, schoolEvents, type SchoolEvents } from "@lectern/client";
import { useEffect, useRef } from "react";

const leavers = new Set<() => void>();

/** The school, as the person of this browser may use it. */
export const school = new School({ onSignedOut: () => leavers.forEach((leave) => leave()) });

let feed: EventFeed | undefined;
let listeners = 0;

/** One stream for the whole page, open as long as anybody listens. */
export function listen<K extends keyof SchoolEvents>(name: K, heard: (value: SchoolEvents[K]) => void): () => void {
  feed ??= schoolEvents(school);
  listeners += 1;
  const off = feed.on(name, heard);
  return () => {
    off();
    listeners -= 1;
    if (listeners > 0) return;
    feed?.close();
    feed = undefined;
  };
}

/**
 * Calls `leave` when the person's session is over for good. It listens for events meanwhile: the stream ends with the session,
 * at once, so that a page learns of it that asks for nothing.
 */
export function whenSignedOut(leave: () => void): () => void {
  leavers.add(leave);
  const off = listen("resync", () => undefined);
  return () => {
    leavers.delete(leave);
    off();
  };
}

/** Calls `heard` for each of the person's events of these names. */
export function useSchoolEvent<K extends keyof SchoolEvents>(names: readonly K[], heard: (value: SchoolEvents[K], name: K) => void): void {
  const latest = useRef(heard);
  useEffect(() => {
    latest.current = heard;
  });
  const list = names.join(" ");
  useEffect(() => {
    const offs = (list.split(" ") as K[]).map((name) => listen(name, (value) => latest.current(value, name)));
    return () => offs.forEach((off) => off());
  }, [list]);
}
