"use client";

import { type ReactNode, useSyncExternalStore } from "react";
import { IconButton } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";

/** A word about what has just been done. */
interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

/** Seen at once; the oldest goes first. */
const TOASTS_MAX = 3;
/** How long one stays: to read a line twice. What went wrong stays until it is closed. */
const STAY_MS = 6_000;

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says something at the edge of the page and to a screen reader. */
export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = (count += 1);
  change([...toasts.slice(1 - TOASTS_MAX), { id, text, tone }]);
  if (tone === "good") setTimeout(() => dismiss(id), STAY_MS);
}

function dismiss(id: number): void {
  change(toasts.filter((each) => each.id !== id));
}

const NONE: readonly Toast[] = [];

/** Where they appear; once on every page. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => NONE,
  );
  return (
    <section aria-label={messages.toasts.label} aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-20 z-50 flex flex-col items-center gap-2 sm:bottom-6">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className="appear pointer-events-auto flex max-w-md items-center gap-3 rounded-2xl border border-line bg-surface py-1.5 pl-4 pr-1.5 shadow-lift">
          <Icon name={tone === "good" ? "check" : "alert"} className={`size-5 ${tone === "good" ? "text-good" : "text-bad"}`} />
          <p className="min-w-0 flex-1">{text}</p>
          <IconButton icon="close" label={messages.toasts.close} onPress={() => dismiss(id)} className="bg-transparent" />
        </div>
      ))}
    </section>
  );
}
