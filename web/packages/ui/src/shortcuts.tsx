"use client";

import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Dialog } from "./dialog";
import { messages } from "./messages";

/** A key and what it does. */
export interface Shortcut {
  /** As `KeyboardEvent.key`, lower case. */
  readonly key: string;
  readonly label: string;
  readonly run: () => void;
}

const STORE_KEY = "lectern.shortcuts";
const listeners = new Set<() => void>();

/** Whether keys are shortcuts: people who speak to their computer may have to switch them off (WCAG 2.1.4). */
export function useShortcutsEnabled(): [boolean, (enabled: boolean) => void] {
  const enabled = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.localStorage.getItem(STORE_KEY) !== "off",
    () => true,
  );
  return [
    enabled,
    (on) => {
      window.localStorage.setItem(STORE_KEY, on ? "on" : "off");
      for (const listener of listeners) listener();
    },
  ];
}

/** Runs shortcuts, but never while somebody types, holds a modifier or has a dialog or menu open. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const [enabled] = useShortcutsEnabled();
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=listbox], [role=slider]") != null) return;
      const shortcut = shortcuts.find((each) => each.key === event.key.toLowerCase());
      if (shortcut === undefined) return;
      event.preventDefault();
      shortcut.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [shortcuts, enabled]);
}

/** The list of them. */
export function ShortcutsDialog({ shortcuts, isOpen, onClose }: { shortcuts: readonly Shortcut[]; isOpen: boolean; onClose: () => void }): ReactNode {
  const [enabled, setEnabled] = useShortcutsEnabled();
  return (
    <Dialog title={messages.classroom.shortcuts} isOpen={isOpen} onClose={onClose}>
      <p className="pb-3 text-muted">{messages.shortcuts.intro}</p>
      <dl className="flex flex-col">
        {shortcuts.map((shortcut) => (
          <div key={shortcut.key} className="flex min-h-11 items-center justify-between gap-4 border-b border-line last:border-0">
            <dt>{shortcut.label}</dt>
            <dd>
              <kbd className="inline-grid min-w-8 place-items-center rounded-lg border border-edge/60 bg-sunken px-2 py-0.5 font-sans text-sm font-medium uppercase">{shortcut.key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex min-h-11 cursor-pointer items-center gap-3 font-medium">
        <input type="checkbox" checked={enabled} onChange={(event) => setEnabled(event.target.checked)} className="size-5 accent-(--accent)" />
        {messages.shortcuts.enabled}
      </label>
    </Dialog>
  );
}
