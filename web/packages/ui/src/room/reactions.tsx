"use client";

import { type CSSProperties, type ReactNode, useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { TooltipTrigger } from "react-aria-components/Tooltip";
import { Hint } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { useRoom } from "./room-context";

const words = messages.reactions;
/** In the order of the picker. */
const EMOJI = Object.keys(words.names);
/** As many of one kind rise at once; the rest is a number. */
const RISING_MAX = 6;
const SHOWN_MS = 2_600;

/** The button that opens the choice of reactions. */
export function ReactButton(): ReactNode {
  const { ask, may, link } = useRoom();
  const [isOpen, setOpen] = useState(false);
  if (!may("react")) return null;
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <TooltipTrigger delay={500}>
        <AriaButton isDisabled={link.name !== "live"} aria-label={words.title} className="grid size-11 shrink-0 cursor-pointer place-items-center rounded-full bg-sunken text-ink transition-colors hover:bg-line disabled:cursor-default disabled:opacity-50 sm:size-12">
          <Icon name="smile" />
        </AriaButton>
        <Hint>{words.title}</Hint>
      </TooltipTrigger>
      <Popover placement="top" className="appear rounded-full border border-line bg-surface p-1.5 shadow-lift max-sm:rounded-3xl">
        <Dialog aria-label={words.title} className="grid grid-cols-4 outline-none sm:grid-cols-8">
          {EMOJI.map((emoji) => (
            <AriaButton key={emoji} aria-label={words.send(words.names[emoji] ?? emoji)} className="grid size-11 cursor-pointer place-items-center rounded-full text-2xl hover:bg-sunken"
              onPress={() => {
                setOpen(false);
                void ask({ type: "react", emoji });
              }}>
              {emoji}
            </AriaButton>
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface Rising {
  readonly key: number;
  readonly emoji: string;
  readonly count: number;
  /** Which kind of those that came together: the first of each stands beside the others where nothing may move. */
  readonly kind: number | undefined;
  /** From the left, percent. */
  readonly x: number;
  readonly delayMs: number;
}

/** What the class feels, rising over the pictures; standing still for those who prefer that. Decoration: it is not announced. */
export function FloatingReactions(): ReactNode {
  const { room } = useRoom();
  const [rising, setRising] = useState<readonly Rising[]>([]);
  useEffect(() => {
    if (room === undefined) return;
    const abort = new AbortController();
    let next = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    room.on("reactions", ({ counts }) => {
      const born = Object.entries(counts).flatMap(([emoji, count], kind) =>
        Array.from({ length: Math.min(count, RISING_MAX) }, (_, n): Rising => ({ key: (next += 1), emoji, count: n === 0 ? count : 1, kind: n === 0 ? kind : undefined, x: Math.random() * 100, delayMs: Math.random() * 450 })),
      );
      setRising((all) => [...all, ...born]);
      const timer = setTimeout(() => {
        timers.delete(timer);
        setRising((all) => all.filter((each) => !born.includes(each)));
      }, SHOWN_MS + 450);
      timers.add(timer);
    }, abort.signal);
    return () => {
      abort.abort();
      timers.forEach(clearTimeout);
      setRising([]);
    };
  }, [room]);
  return (
    <div aria-hidden="true" data-reactions className="pointer-events-none absolute bottom-16 left-3 z-10 h-1/2 w-36 sm:w-52">
      {rising.map(({ key, emoji, count, kind, x, delayMs }) => (
        <span key={key} data-extra={kind === undefined ? "yes" : undefined} className="rise absolute bottom-0 flex items-center gap-1 text-3xl" style={{ left: `${x * 0.75}%`, animationDelay: `${delayMs}ms`, "--still": `${(kind ?? 0) * 5.500}rem` } as CSSProperties}>
          {emoji}
          {count > RISING_MAX ? <b className="rounded-full bg-black/65 px-2 text-sm font-semibold tabular-nums text-white">{count.toLocaleString("en")}</b> : null}
        </span>
      ))}
    </div>
  );
}
