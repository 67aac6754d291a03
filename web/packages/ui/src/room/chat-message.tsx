"use client";

import { type ChatMessage, type OutgoingMessage } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "../icons";
import { messages, refusalText } from "../messages";
import { Name, nameOf, RoleTag } from "./person";
import { RichText } from "./rich-text";
import { useRoom } from "./room-context";

const words = messages.chat;
/** What a message can be answered with in one touch. */
export const QUICK_EMOJI = ["👍", "❤️", "😂", "😮", "👏"];

/** What a message asks its list to do. */
export interface MessageActions {
  readonly onReply: (message: ChatMessage) => void;
  readonly onEdit: (message: ChatMessage) => void;
  readonly onPrivate: (message: ChatMessage) => void;
  /** The message with this number, if it is at hand. */
  readonly find: (id: number) => ChatMessage | undefined;
  /** The names behind ids that were seen. */
  readonly namesOf: (ids: readonly string[]) => readonly string[];
}

/** One message. `follows`: it continues the one above it, of the same person. */
export function Message({ message, follows, actions }: { message: ChatMessage; follows: boolean; actions: MessageActions }): ReactNode {
  const { state } = useRoom();
  const self = state?.you.person.id;
  const own = message.from.id === self;
  const mentioned = self !== undefined && (message.mentions ?? []).includes(self);
  const aside = message.to?.kind === "moderators" || message.to?.kind === "person";
  const tone = aside ? "border-l-[3px] border-accent bg-accent-soft/60" : mentioned ? "border-l-[3px] border-warn bg-warn-soft" : "border-l-[3px] border-transparent";
  return (
    <li data-message={message.id} className={`group relative px-3 ${follows ? "pt-0.5" : "pt-2.5"} pb-0.5 ${tone}`}>
      {follows ? null : (
        <div className="flex items-baseline gap-2 pr-9">
          <Name person={message.from} you={own} className="font-semibold" />
          <RoleTag role={message.from.role} />
          <Time atMs={message.at_ms} />
        </div>
      )}
      {aside ? <PrivateTag message={message} /> : null}
      {message.reply_to === undefined ? null : <Quote message={actions.find(message.reply_to)} />}
      {message.deleted === true ? (
        <p className="text-sm italic text-muted">{words.deleted}</p>
      ) : (
        <p dir="auto" data-text="" className="whitespace-pre-wrap pr-9 [overflow-wrap:anywhere]">
          <RichText text={message.text} mentions={actions.namesOf(message.mentions ?? [])} />
          {message.edited_at_ms === undefined ? null : <span className="text-sm text-muted"> ({words.edited})</span>}
        </p>
      )}
      <Reactions message={message} />
      {message.deleted === true ? null : <ActionsMenu message={message} own={own} actions={actions} />}
    </li>
  );
}

/** A message that is not posted yet. */
export function Outgoing({ message }: { message: OutgoingMessage }): ReactNode {
  const { room, link } = useRoom();
  const failed = message.state === "failed";
  return (
    <li className={`border-l-[3px] px-3 py-1.5 ${failed ? "border-bad" : "border-line"}`}>
      <p dir="auto" className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${failed ? "" : "text-muted"}`}>
        {message.text}
      </p>
      {failed ? (
        <div className="flex flex-wrap items-center gap-x-3 text-sm">
          <span className="text-bad">
            {words.failed} {refusalText(message.error?.code ?? "unknown")}
          </span>
          <TextButton onPress={() => room?.retry(message.key)}>{words.retry}</TextButton>
          <TextButton onPress={() => room?.discard(message.key)}>{words.discard}</TextButton>
        </div>
      ) : (
        <p className="flex items-center gap-1.5 text-sm text-muted">
          <Icon name="clock" className="size-3.5" />
          {link.name === "live" ? words.pending : words.waiting}
        </p>
      )}
    </li>
  );
}

/** A message that another one answers, in one line. */
export function Quote({ message }: { message: ChatMessage | undefined }): ReactNode {
  return (
    <p dir="auto" className="my-0.5 flex min-w-0 gap-1.5 border-l-2 border-edge/60 pl-2 text-sm text-muted">
      {message === undefined || message.deleted === true ? (
        <span className="italic">{words.replyGone}</span>
      ) : (
        <>
          <Name person={message.from} className="max-w-[45%] shrink-0 font-medium" />
          <span className="min-w-0 truncate">
            <bdi>{message.text}</bdi>
          </span>
        </>
      )}
    </p>
  );
}

function PrivateTag({ message }: { message: ChatMessage }): ReactNode {
  const { to } = message;
  const { state } = useRoom();
  const known = to?.kind === "person" ? [...(state?.chat ?? [])].find(({ from }) => from.id === to.person)?.from : undefined;
  const text = to?.kind !== "person" ? words.privateQuestion : to.person === state?.you.person.id ? words.privateAnswer(messages.room.you.toLowerCase()) : words.privateAnswer(known === undefined ? messages.room.nameless : nameOf(known));
  return (
    <p className="flex items-center gap-1 text-xs font-medium text-muted">
      <Icon name="lock" className="size-3.5" />
      <bdi>{text}</bdi>
    </p>
  );
}

function Time({ atMs }: { atMs: number }): ReactNode {
  const at = new Date(atMs);
  return (
    <time dateTime={at.toISOString()} className="shrink-0 text-xs tabular-nums text-muted">
      {at.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}
    </time>
  );
}

function Reactions({ message }: { message: ChatMessage }): ReactNode {
  const { ask, may } = useRoom();
  const counts = Object.entries(message.reactions ?? {}).filter(([, n]) => n > 0);
  if (counts.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-1 py-1">
      {counts.map(([emoji, n]) => {
        const mine = (message.mine ?? []).includes(emoji);
        return (
          <AriaButton key={emoji} isDisabled={!may("chat_react")} aria-pressed={mine} aria-label={words.reacted(emoji, n)}
            onPress={() => void ask({ type: "chat_react", message: message.id, emoji, on: !mine })}
            className={`inline-flex min-h-8 cursor-pointer items-center gap-1 rounded-full border px-2.5 text-sm tabular-nums ${mine ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-sunken"}`}>
            <span>{emoji}</span>
            {n.toLocaleString("en")}
          </AriaButton>
        );
      })}
    </div>
  );
}

function ActionsMenu({ message, own, actions }: { message: ChatMessage; own: boolean; actions: MessageActions }): ReactNode {
  const { ask, may } = useRoom();
  const [isOpen, setOpen] = useState(false);
  const pinned = message.pinned === true;
  const does = (run: () => unknown) => () => {
    setOpen(false);
    run();
  };
  const entries: { icon: IconName; label: string; run: () => unknown; shown: boolean; bad?: boolean }[] = [
    { icon: "reply", label: words.reply, run: () => actions.onReply(message), shown: may("chat_send") },
    { icon: "lock", label: words.answerPrivately, run: () => actions.onPrivate(message), shown: may("chat_pin") && !own && message.from.role === "student" },
    { icon: "edit", label: words.edit, run: () => actions.onEdit(message), shown: own && may("chat_edit") },
    { icon: "pin", label: pinned ? words.unpin : words.pin, run: () => ask({ type: "chat_pin", message: message.id, on: !pinned }), shown: may("chat_pin") && message.to?.kind !== "person" && message.to?.kind !== "moderators" },
    { icon: "bin", label: words.remove, run: () => ask({ type: "chat_delete", message: message.id }), shown: (own && may("chat_delete")) || may("chat_pin"), bad: true },
  ];
  const shown = entries.filter((entry) => entry.shown);
  if (shown.length === 0 && !may("chat_react")) return null;
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <AriaButton aria-label={words.actions(nameOf(message.from))}
        className="absolute right-0 top-0 grid size-11 cursor-pointer place-items-center rounded-full text-muted hover:bg-sunken hover:text-ink focus-visible:opacity-100 aria-expanded:opacity-100 lg:opacity-0 lg:group-hover:opacity-100">
        <Icon name="dots" className="size-5" />
      </AriaButton>
      <Popover placement="bottom end" className="appear rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <Dialog aria-label={words.actions(nameOf(message.from))} className="flex min-w-56 flex-col outline-none">
          {may("chat_react") ? (
            <div className="flex justify-between">
              {QUICK_EMOJI.map((emoji) => (
                <AriaButton key={emoji} aria-label={words.react(emoji)} className="grid size-11 cursor-pointer place-items-center rounded-full text-xl hover:bg-sunken"
                  onPress={does(() => ask({ type: "chat_react", message: message.id, emoji, on: !(message.mine ?? []).includes(emoji) }))}>
                  {emoji}
                </AriaButton>
              ))}
            </div>
          ) : null}
          {shown.map(({ icon, label, run, bad = false }) => (
            <AriaButton key={label} onPress={does(run)} className={`flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 text-left hover:bg-sunken ${bad ? "text-bad" : ""}`}>
              <Icon name={icon} />
              {label}
            </AriaButton>
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** A button that looks like a link in a line of text. */
export function TextButton({ onPress, children }: { onPress: () => void; children: ReactNode }): ReactNode {
  return (
    <AriaButton onPress={onPress} className="-my-1 inline-flex min-h-11 cursor-pointer items-center font-semibold text-accent underline-offset-2 hover:underline">
      {children}
    </AriaButton>
  );
}
