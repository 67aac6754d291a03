"use client";

import { type ChatMessage, asLecternError, type Person, type Recipient } from "@lectern/client";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { TooltipTrigger } from "react-aria-components/Tooltip";
import { Hint as Tip } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { Quote } from "./chat-message";
import { Avatar, Name, nameOf } from "./person";
import { useRoom } from "./room-context";

const words = messages.chat;
/** As the server counts: Unicode scalar values. */
const TEXT_MAX = 2_000;
const MENTIONS_MAX = 10;
const SUGGESTIONS_MAX = 5;

/** What is being written. */
export type Draft =
  | { readonly kind: "new" }
  | { readonly kind: "reply"; readonly message: ChatMessage }
  | { readonly kind: "private"; readonly message: ChatMessage }
  | { readonly kind: "edit"; readonly message: ChatMessage };

/** Where messages are written. `people` can be mentioned. */
export function Composer({ draft, onDone, people }: { draft: Draft; onDone: () => void; people: readonly Person[] }): ReactNode {
  const { room, state, ask, may, moderates, showProblem } = useRoom();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [toTutor, setToTutor] = useState(false);
  const [mentioned, setMentioned] = useState<readonly Person[]>([]);
  const [before, setBefore] = useState(draft);
  const left = useSlowMode();
  const id = useId();
  if (draft !== before) {
    setBefore(draft);
    if (draft.kind === "edit") setText(draft.message.text);
    else if (before.kind === "edit") setText("");
  }
  const completion = useCompletion(text, setText, field, people, (person) => setMentioned((all) => [...all, person]));

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.setProperty("height", "auto");
    element.style.setProperty("height", `${Math.min(element.scrollHeight, 140)}px`);
  }, [text, field]);

  useEffect(() => {
    if (draft.kind === "new") return;
    // After the menu has given the focus back.
    const timer = setTimeout(() => field.current?.focus(), 50);
    return () => clearTimeout(timer);
  }, [draft]);

  if (!may("chat_send") || (state?.settings.chat_locked === true && !moderates)) {
    return <Hint icon="lock">{words.locked}</Hint>;
  }
  const over = Array.from(text).length - TEXT_MAX;
  const ready = text.trim() !== "" && over <= 0 && (left === 0 || draft.kind === "edit");
  const send = () => {
    if (!ready || room === undefined) return;
    if (draft.kind === "edit") void ask({ type: "chat_edit", message: draft.message.id, text: text.trim() });
    else {
      try {
        const mentions = mentioned.filter((person) => text.includes(`@${nameOf(person)}`)).map((person) => person.id);
        room.say(text.trim(), { to: recipient(draft, toTutor), replyTo: draft.kind === "new" ? undefined : draft.message.id, mentions: [...new Set(mentions)].slice(0, MENTIONS_MAX) });
      } catch (thrown) {
        showProblem(asLecternError(thrown));
        return;
      }
    }
    setText("");
    setMentioned([]);
    onDone();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (completion.onKeyDown(event)) return;
    if (event.key === "Escape" && draft.kind !== "new") {
      event.preventDefault();
      onDone();
    }
    // An input method confirms with the same key.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const aside = draft.kind === "private" || (toTutor && draft.kind !== "edit");
  const placeholder = draft.kind === "private" ? words.placeholderTo(nameOf(draft.message.from)) : aside ? words.placeholderPrivate : words.placeholder;
  return (
    <div className="relative border-t border-line p-2">
      {completion.list}
      {draft.kind === "new" ? null : <DraftHead draft={draft} onCancel={onDone} />}
      {left > 0 ? <Hint icon="clock">{words.slowWait(left)}</Hint> : (state?.settings.slow_mode_s ?? 0) > 0 && !moderates ? <Hint icon="clock">{words.slow(state?.settings.slow_mode_s ?? 0)}</Hint> : null}
      {aside ? <Hint icon="lock">{draft.kind === "private" ? words.privateTo(nameOf(draft.message.from)) : words.privateHint}</Hint> : null}
      <div className="flex items-end gap-1.5">
        {moderates || draft.kind === "edit" || draft.kind === "private" ? null : (
          <TooltipTrigger delay={500}>
            <AriaButton aria-pressed={toTutor} aria-label={words.toTutor} onPress={() => setToTutor((on) => !on)}
              className={`grid size-11 shrink-0 cursor-pointer place-items-center rounded-full ${toTutor ? "bg-accent text-on-accent" : "text-muted hover:bg-sunken hover:text-ink"}`}>
              <Icon name="lock" />
            </AriaButton>
            <Tip>{words.toTutor}</Tip>
          </TooltipTrigger>
        )}
        <textarea ref={field} id={id} rows={1} value={text} dir="auto" enterKeyHint="send" aria-label={placeholder} placeholder={placeholder} aria-invalid={over > 0}
          aria-describedby={over > -200 ? `${id}-count` : undefined} {...completion.aria}
          onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
          className="min-h-11 min-w-0 flex-1 resize-none rounded-2xl border border-edge bg-surface px-3.5 py-2 text-base leading-relaxed placeholder:text-muted aria-invalid:border-bad" />
        <AriaButton aria-label={draft.kind === "edit" ? words.save : words.send} isDisabled={!ready} onPress={send}
          className="grid size-11 shrink-0 cursor-pointer place-items-center rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:cursor-default disabled:bg-sunken disabled:text-muted">
          <Icon name={draft.kind === "edit" ? "check" : "send"} />
        </AriaButton>
      </div>
      {over > -200 ? (
        <p id={`${id}-count`} className={`px-2 pt-1 text-right text-xs tabular-nums ${over > 0 ? "text-bad" : "text-muted"}`}>
          {over > 0 ? words.tooLong(over) : words.left(-over)}
        </p>
      ) : null}
    </div>
  );
}

function recipient(draft: Draft, toTutor: boolean): Recipient {
  if (draft.kind === "private") return { kind: "person", person: draft.message.from.id };
  return toTutor ? { kind: "moderators" } : { kind: "everyone" };
}

function Hint({ icon, children }: { icon: "lock" | "clock"; children: ReactNode }): ReactNode {
  return (
    <p className="flex min-h-8 items-center gap-2 px-2 py-1 text-sm text-muted">
      <Icon name={icon} className="size-4" />
      <bdi>{children}</bdi>
    </p>
  );
}

function DraftHead({ draft, onCancel }: { draft: Exclude<Draft, { kind: "new" }>; onCancel: () => void }): ReactNode {
  return (
    <div className="flex items-center gap-1 pl-2">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">
          <bdi>{draft.kind === "edit" ? words.editing : words.replyTo(nameOf(draft.message.from))}</bdi>
        </p>
        {draft.kind === "edit" ? null : <Quote message={draft.message} />}
      </div>
      <AriaButton aria-label={messages.cancel} onPress={onCancel} className="grid size-11 shrink-0 cursor-pointer place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink">
        <Icon name="close" />
      </AriaButton>
    </div>
  );
}

/** Seconds until the next message may be written. */
function useSlowMode(): number {
  const { room, state, moderates } = useRoom();
  const slowS = moderates ? 0 : (state?.settings.slow_mode_s ?? 0);
  const lastMs = state?.chat.findLast(({ from }) => from.id === state.you.person.id)?.at_ms ?? 0;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (room === undefined) return;
    const tick = () => setLeft(Math.max(0, Math.ceil((lastMs + slowS * 1000 - room.nowMs()) / 1000)));
    tick();
    const timer = slowS > 0 ? setInterval(tick, 500) : undefined;
    return () => clearInterval(timer);
  }, [room, slowS, lastMs]);
  return Math.min(left, slowS);
}

/** People whose name follows an `@` before the cursor, to be chosen by arrow keys or touch. */
function useCompletion(text: string, setText: (text: string) => void, field: RefObject<HTMLTextAreaElement | null>, people: readonly Person[], onMention: (person: Person) => void) {
  const [chosen, setChosen] = useState(0);
  const [dismissed, setDismissed] = useState<string>();
  const listId = useId();
  const query = /(?:^|\s)@([^\s@]{0,30})$/.exec(text)?.[1];
  const wanted = query?.toLocaleLowerCase();
  const found = wanted === undefined || text === dismissed ? [] : people.filter((person) => nameOf(person).toLocaleLowerCase().includes(wanted)).slice(0, SUGGESTIONS_MAX);
  const index = Math.min(chosen, Math.max(0, found.length - 1));
  const options = useRef<HTMLUListElement>(null);
  const take = (person: Person | undefined) => {
    if (person === undefined || query === undefined) return;
    setText(`${text.slice(0, text.length - query.length)}${nameOf(person)} `);
    onMention(person);
    setChosen(0);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (found.length === 0) return false;
    if (event.key === "ArrowDown") setChosen((index + 1) % found.length);
    else if (event.key === "ArrowUp") setChosen((index + found.length - 1) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") take(found[index]);
    else if (event.key === "Escape") setDismissed(text);
    else return false;
    event.preventDefault();
    return true;
  };
  const open = found.length > 0;
  const list = open ? (
    <ul ref={options} id={listId} role="listbox" aria-label={words.mentions} className="appear absolute inset-x-2 bottom-full z-10 mb-1 overflow-hidden rounded-2xl border border-line bg-surface p-1 shadow-lift">
      {found.map((person, n) => (
        <li key={person.id} id={`${listId}-${n}`} role="option" aria-selected={n === index} onPointerDown={(event) => {
          event.preventDefault();
          take(person);
        }} className={`flex min-h-11 cursor-pointer items-center gap-2.5 rounded-xl px-2 ${n === index ? "bg-sunken" : ""}`}>
          <Avatar person={person} />
          <Name person={person} />
        </li>
      ))}
    </ul>
  ) : null;
  const aria = { "aria-autocomplete": "list" as const, "aria-haspopup": "listbox" as const, "aria-controls": open ? listId : undefined, "aria-activedescendant": open ? `${listId}-${index}` : undefined };
  return { list, aria, onKeyDown };
}
