"use client";

import { RATES, type Replay } from "@lectern/client";
import { type RefObject, useEffect } from "react";
import { messages } from "../messages";
import { type Shortcut, useShortcutsEnabled } from "../shortcuts";

const words = messages.replay.shortcuts;
const nothing = () => undefined;

/** The keys, for the list of them. */
export const REPLAY_KEYS: readonly Shortcut[] = (
  [["Space K", words.play], ["← →", words.five], ["J L", words.ten], ["M", words.mute], ["F", words.fullscreen], ["C", words.captions], ["T", words.panel], ["< >", words.speed], ["0–9", words.tenths], ["Home End", words.ends], ["?", words.help]] as const
).map(([key, label]) => ({ key, label, run: nothing }));

/** What else the keys work. */
export interface KeyActions {
  readonly mute: () => void;
  readonly fullscreen: (() => void) | undefined;
  /** Captions on, off. */
  readonly toggleCaptions: () => void;
  readonly panel: () => void;
  readonly keys: () => void;
  readonly rate: (rate: number) => void;
}

/** Where keys belong to what has the focus. */
const TYPING = "input:not([type=range]), textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=tablist], [role=radiogroup], [role=slider]";
/** What a space bar presses. */
const PRESSED = "button, a, summary, [role=button], [role=menuitem]";

/**
 * Keys that work the player wherever the focus is, but never where somebody types, chooses or presses; `Home` and `End` only
 * inside of `root`, for elsewhere they are the page's. People can switch all of them off, as those of the class (WCAG 2.1.4).
 */
export function useReplayKeys(root: RefObject<HTMLElement | null>, replay: Replay | undefined, actions: KeyActions): void {
  const [enabled] = useShortcutsEnabled();
  useEffect(() => {
    if (!enabled || replay === undefined) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target.closest(TYPING) !== null) return;
      if (event.key === " " && target.closest(PRESSED) !== null) return;
      const isInside = root.current?.contains(target) === true;
      if ((event.key === "Home" || event.key === "End") && !isInside) return;
      if (!run(event, replay, actions)) return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled, root, replay, actions]);
}

/** @returns whether the key is one of the player's. */
function run({ key, repeat }: KeyboardEvent, replay: Replay, actions: KeyActions): boolean {
  const { time_s, from_s, to_s, rate, wanted } = replay.state;
  if (/^\d$/.test(key)) {
    replay.seek(from_s + ((to_s - from_s) * Number(key)) / 10);
    return true;
  }
  const move = (seconds: number) => replay.seek(time_s + seconds);
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case "ArrowLeft": move(-5); return true;
    case "ArrowRight": move(5); return true;
    case "j": move(-10); return true;
    case "l": move(10); return true;
    case "Home": replay.seek(from_s); return true;
    case "End": replay.seek(to_s); return true;
    case "<": actions.rate(RATES.findLast((each) => each < rate) ?? rate); return true;
    case ">": actions.rate(RATES.find((each) => each > rate) ?? rate); return true;
  }
  // A key that is held down would flicker.
  if (repeat) return key === " ";
  switch (key.toLowerCase()) {
    case " ":
    case "k":
      if (wanted) replay.pause();
      else replay.play();
      return true;
    case "m": actions.mute(); return true;
    case "c": actions.toggleCaptions(); return true;
    case "t": actions.panel(); return true;
    case "?": actions.keys(); return true;
    case "f":
      actions.fullscreen?.();
      return actions.fullscreen !== undefined;
    default:
      return false;
  }
}
