"use client";

import { asLecternError } from "@lectern/client";
import { type ReactNode, useEffect, useState } from "react";
import { ComboBox } from "react-aria-components/ComboBox";
import { Input } from "react-aria-components/Input";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Icon } from "../icons";
import { messages } from "../messages";
import { BOX, FieldLabel, FieldNotes, marks } from "./field-frame";
import { explain } from "./use-form";

/** How long somebody who types has paused when it is looked for, milliseconds. */
const PAUSE_MS = 250;
/** Longer than any name, and than an address is likely to be. */
const TYPED_MAX = 120;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NONE: readonly Candidate[] = [];

const words = messages.forms;

/** Something that can be picked. */
interface Candidate {
  readonly id: string;
  readonly label: string;
  /** What tells it from others of the same name. */
  readonly detail?: string;
}

/** What there is for what is typed. */
interface Found {
  readonly typed: string;
  readonly items: readonly Candidate[];
  /** Why nobody could look. */
  readonly problem?: string;
}

/** Where picks come from. The same object each time, or everything is asked anew. */
export interface Picks {
  /** Those that have these words; a few. */
  readonly find: (typed: string, signal: AbortSignal) => Promise<readonly Candidate[]>;
  /** What the one of an identifier is called. */
  readonly nameOf: (id: string, signal: AbortSignal) => Promise<string>;
}

/** One of very many, found by what is typed; an identifier does as well. Outside of here it is its identifier, or empty. */
export function PickField({ name, label, hint, value, picks, onChange }: {
  name: string;
  label: string;
  hint: string;
  value: string;
  picks: Picks;
  onChange: (id: string) => void;
}): ReactNode {
  // Words to look for, until something is chosen or the field is left.
  const [typed, setTyped] = useState<string>();
  const found = useFound(picks, typed ?? "");
  const [known, know] = useName(picks, value);
  const choose = (id: string) => {
    setTyped(undefined);
    if (id !== value) onChange(id);
  };
  const type = (text: string) => {
    const id = text.trim().toLowerCase();
    if (id === "" || ID.test(id)) choose(id);
    else setTyped(text);
  };
  return (
    <ComboBox {...marks(name, label)} name={name} inputValue={typed ?? known} onInputChange={type} onBlur={() => setTyped(undefined)} value={value === "" ? null : value} items={found?.items ?? NONE} allowsCustomValue allowsEmptyCollection={typed !== undefined} className="col-span-2 flex min-w-0 flex-col gap-1.5 md:col-span-1"
      onChange={(key) => {
        const chosen = found?.items.find(({ id }) => id === key);
        if (chosen === undefined) return;
        know(chosen);
        choose(chosen.id);
      }}>
      <FieldLabel label={label} optional="quiet" />
      <Input maxLength={TYPED_MAX} autoComplete="off" spellCheck={false} className={BOX} />
      <FieldNotes hint={hint} />
      <Popover className="appear w-(--trigger-width) min-w-64 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <ListBox<Candidate> className="outline-none" renderEmptyState={() => <p className="px-3 py-2.5 text-muted">{found === undefined ? words.looking : (found.problem ?? words.nothingLikeIt)}</p>}>
          {(pick) => (
            <ListBoxItem id={pick.id} textValue={pick.label} className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 py-1.5 outline-none data-[focused]:bg-sunken">
              <span className="flex min-w-0 flex-1 flex-col leading-tight">
                <span className="wrap-anywhere">{pick.label}</span>
                {pick.detail === undefined ? null : <span className="text-sm text-muted wrap-anywhere">{pick.detail}</span>}
              </span>
              <Icon name="check" className="size-4 text-accent opacity-0 group-data-[selected]:opacity-100" />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** What the one with this identifier is called, as far as it is known; and how to say so. */
function useName(picks: Picks, id: string): [string, (candidate: Candidate) => void] {
  const [known, setKnown] = useState<Candidate>();
  const isKnown = id === "" || known?.id === id;
  useEffect(() => {
    if (isKnown) return;
    const abort = new AbortController();
    picks.nameOf(id, abort.signal).then((label) => setKnown({ id, label })).catch(() => undefined);
    return () => abort.abort();
  }, [picks, id, isKnown]);
  return [known?.id === id ? known.label : id, setKnown];
}

/** What was found; `undefined` until it is known. */
function useFound(picks: Picks, typed: string): Found | undefined {
  const [found, setFound] = useState<Found>();
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted === "") return;
    const abort = new AbortController();
    const show = (found: Omit<Found, "typed">) => {
      if (!abort.signal.aborted) setFound({ typed: wanted, ...found });
    };
    const look = () => picks.find(wanted, abort.signal).then((items) => show({ items }), (thrown: unknown) => show({ items: NONE, problem: explain(asLecternError(thrown)) }));
    const timer = setTimeout(() => void look(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [picks, wanted]);
  return found?.typed === wanted ? found : undefined;
}
