"use client";

import type { ChatMessage, Person, RoomState } from "@lectern/client";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { Message, type MessageActions, Outgoing, TextButton } from "./chat-message";
import { Composer, type Draft } from "./composer";
import { Name, nameOf } from "./person";
import { RichText } from "./rich-text";
import { useRoom } from "./room-context";

const words = messages.chat;
const NEW: Draft = { kind: "new" };
/** As near to the end as a reader is who reads along. */
const AT_END_PX = 48;
/** Messages of one person within this time stand under one name. */
const GROUP_MS = 120_000;

/** Messages, and where they are written. `onRead` is told how far the person has read. */
export function ChatPanel({ onRead }: { onRead: (id: number) => void }): ReactNode {
  const { state, outbox } = useRoom();
  const [draft, setDraft] = useState<Draft>(NEW);
  const people = useMemo(() => peopleOf(state), [state]);
  const actions = useMemo<MessageActions>(() => {
    const begin = (kind: "reply" | "edit" | "private") => (message: ChatMessage) => setDraft({ kind, message });
    return {
      onReply: begin("reply"), onEdit: begin("edit"), onPrivate: begin("private"),
      find: (id) => state?.chat.find((message) => message.id === id),
      namesOf: (ids) => ids.flatMap((id) => people.filter((person) => person.id === id).map(nameOf)),
    };
  }, [state?.chat, people]);
  if (state === undefined) return <p className="p-5 text-muted">{messages.room.connecting}</p>;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Pinned pinned={state.pinned} />
      <MessageList state={state} outgoing={outbox.length} onRead={onRead}>
        {state.chat.map((message, index) => (
          <Message key={message.id} message={message} follows={follows(state.chat[index - 1], message)} actions={actions} />
        ))}
        {outbox.map((message) => (
          <Outgoing key={message.key} message={message} />
        ))}
      </MessageList>
      <Composer draft={draft} onDone={() => setDraft(NEW)} people={people.filter(({ id }) => id !== state.you.person.id)} />
    </div>
  );
}

function follows(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return before !== undefined && before.from.id === message.from.id && message.at_ms - before.at_ms < GROUP_MS && message.reply_to === undefined
    && (before.to?.kind ?? "everyone") === (message.to?.kind ?? "everyone");
}

/** Those who were seen here: they wrote, are on stage or have a hand up. */
function peopleOf(state: RoomState | undefined): readonly Person[] {
  if (state === undefined) return [];
  const seen = [...state.chat.map(({ from }) => from), ...state.stage.map(({ person }) => person), ...state.hands.map(({ person }) => person)].reverse();
  return [...new Map(seen.map((person) => [person.id, person])).values()];
}

/** Stays at the end while the reader is there, stays where the reader is otherwise, and grows upwards on request. */
function MessageList({ state, outgoing, onRead, children }: { state: RoomState; outgoing: number; onRead: (id: number) => void; children: ReactNode }): ReactNode {
  const { room } = useRoom();
  const list = useRef<HTMLDivElement>(null);
  const position = useRef({ firstId: -1, height: 0, atEnd: true, outgoing: 0 });
  const [atEnd, setAtEnd] = useState(true);
  const [seenId, setSeenId] = useState(state.chat.at(-1)?.id ?? 0);
  const [loading, setLoading] = useState(false);
  const firstId = state.chat[0]?.id ?? -1;
  const lastId = state.chat.at(-1)?.id ?? 0;

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const was = position.current;
    // Older messages came above: what is read stays where it is. One's own message is always in sight.
    if (was.firstId !== -1 && firstId < was.firstId) element.scrollTop += element.scrollHeight - was.height;
    else if (was.atEnd || outgoing > was.outgoing) element.scrollTop = element.scrollHeight;
    position.current = { firstId, height: element.scrollHeight, atEnd: was.atEnd, outgoing };
  });

  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    // The keyboard of a phone, a banner, the window: the end stays in sight.
    const observer = new ResizeObserver(() => {
      if (position.current.atEnd) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  if (atEnd && seenId !== lastId) setSeenId(lastId);
  useEffect(() => {
    if (atEnd) onRead(lastId);
  }, [atEnd, lastId, onRead]);

  const loadOlder = () => {
    if (loading || !state.chatMore || room === undefined) return;
    setLoading(true);
    room.loadOlder().catch(() => undefined).finally(() => setLoading(false));
  };
  const onScroll = () => {
    const element = list.current;
    if (element === null) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    position.current.atEnd = end;
    setAtEnd(end);
    if (element.scrollTop < 80) loadOlder();
  };
  const toEnd = () => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  const fresh = atEnd ? 0 : state.chat.filter(({ id, from }) => id > seenId && from.id !== state.you.person.id).length;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div ref={list} onScroll={onScroll} tabIndex={0} role="region" aria-label={words.list} className="flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain pb-2 [overflow-anchor:none] -outline-offset-3">
        {state.chat.length === 0 && outgoing === 0 ? (
          <p className="m-auto flex flex-col items-center gap-2 p-6 text-center text-muted">
            <Icon name="chat" className="size-8 opacity-60" />
            {words.empty}
          </p>
        ) : (
          <>
            <div className="mt-auto flex justify-center py-1 text-sm text-muted">
              {!state.chatMore ? null : loading ? <span className="py-2.5">{messages.room.loading}</span> : <TextButton onPress={loadOlder}>{words.older}</TextButton>}
            </div>
            <ul className="flex flex-col">{children}</ul>
          </>
        )}
      </div>
      {atEnd ? null : (
        <div className="pointer-events-none absolute inset-x-0 bottom-2 flex justify-center">
          <Button variant="primary" icon="down" onPress={toEnd} className="pointer-events-auto shadow-lift">
            {words.newMessages(fresh)}
          </Button>
        </div>
      )}
    </div>
  );
}

function Pinned({ pinned }: { pinned: readonly ChatMessage[] }): ReactNode {
  const { may, ask } = useRoom();
  const [open, setOpen] = useState(false);
  const last = pinned.at(-1);
  if (last === undefined) return null;
  const shown = open ? [...pinned].reverse() : [last];
  return (
    <section aria-label={words.pinned} className="max-h-[40%] shrink-0 overflow-y-auto border-b border-line bg-sunken/60 px-3 py-1.5">
      <ul className="flex flex-col gap-1">
        {shown.map((message) => (
          <li key={message.id} className="flex items-start gap-2 py-1 text-[0.9375rem]">
            <Icon name="pin" className="mt-1 size-4 text-accent" />
            <p dir="auto" className={`min-w-0 flex-1 [overflow-wrap:anywhere] ${open ? "whitespace-pre-wrap" : "line-clamp-2"}`}>
              <Name person={message.from} className="font-semibold" />{" "}
              {open ? <RichText text={message.text} mentions={[]} /> : <bdi>{message.text}</bdi>}
            </p>
            {open && may("chat_pin") ? <TextButton onPress={() => void ask({ type: "chat_pin", message: message.id, on: false })}>{words.unpin}</TextButton> : null}
          </li>
        ))}
      </ul>
      {pinned.length > 1 || last.text.length > 90 || may("chat_pin") ? (
        <TextButton onPress={() => setOpen((was) => !was)}>{open ? messages.close : words.pinnedAll(pinned.length)}</TextButton>
      ) : null}
    </section>
  );
}
