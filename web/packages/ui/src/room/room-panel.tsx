"use client";

import { type ReactNode, useCallback, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";
import { IconButton } from "../button";
import { Icon, type IconName } from "../icons";
import { messages } from "../messages";
import { ChatPanel } from "./chat-panel";
import { focusPanelButton } from "./focus";
import { PeoplePanel } from "./people-panel";
import { PollPanel } from "./poll-panel";
import { useRoom } from "./room-context";

const words = messages.room;

/** What the panel beside the pictures shows. */
export type PanelTab = "chat" | "polls" | "people";

/** Which tab is open, and what waits behind the others. */
export interface PanelState {
  /** Undefined while the panel is closed. */
  readonly tab: PanelTab | undefined;
  readonly show: (tab: PanelTab | undefined) => void;
  /** Opens a tab, or closes the panel when that tab is open. */
  readonly toggle: (tab: PanelTab) => void;
  readonly unread: number;
  /** A poll is open that this person has not voted in. */
  readonly pollWaits: boolean;
  /** Hands and people in the waiting room, for those who care for them. */
  readonly peopleWait: number;
  readonly onRead: (id: number) => void;
}

/** The panel's state; `first` is what is open at the beginning. */
export function usePanel(first: PanelTab | undefined): PanelState {
  const { state, may } = useRoom();
  const [tab, show] = useState(first);
  // What was said before one came in is not news.
  const [readId, setReadId] = useState<{ epoch: string; id: number }>();
  if (state !== undefined && readId?.epoch !== state.epoch) setReadId({ epoch: state.epoch, id: state.chat.at(-1)?.id ?? 0 });
  const toggle = useCallback((next: PanelTab) => show((before) => (before === next ? undefined : next)), []);
  const onRead = useCallback((id: number) => setReadId((before) => (before === undefined || before.id >= id ? before : { ...before, id })), []);
  const unread = state === undefined || readId === undefined ? 0
    : state.chat.filter(({ id, from, deleted }) => id > readId.id && from.id !== state.you.person.id && deleted !== true).length;
  return {
    tab, show, toggle, onRead, unread,
    pollWaits: state?.poll !== undefined && state.poll.mine === undefined && may("poll_vote"),
    peopleWait: may("hand_dismiss") ? (state?.hands.length ?? 0) + (state?.waiting ?? 0) : 0,
  };
}

/** Chat, polls and people: beside the pictures on a wide window, below them on a phone. */
export function RoomPanel({ panel, className = "" }: { panel: PanelState; className?: string }): ReactNode {
  if (panel.tab === undefined) return null;
  return (
    <aside aria-label={words.panel} className={`appear flex h-[58dvh] min-h-0 shrink-0 flex-col overflow-hidden rounded-card border border-line bg-surface lg:h-auto lg:w-88 ${className}`}>
      <Tabs selectedKey={panel.tab} onSelectionChange={(key) => panel.show(key as PanelTab)} className="flex min-h-0 flex-1 flex-col">
        <div className="flex items-center border-b border-line pr-1">
          <TabList aria-label={words.panel} className="flex min-w-0 flex-1">
            <PanelTabHead id="chat" icon="chat" label={words.chat} count={panel.tab === "chat" ? 0 : panel.unread} countLabel={words.unread(panel.unread)} />
            <PanelTabHead id="polls" icon="poll" label={words.polls} count={panel.pollWaits && panel.tab !== "polls" ? 1 : 0} countLabel={words.pollWaits} />
            <PanelTabHead id="people" icon="people" label={words.people} count={panel.peopleWait} countLabel={words.waitingFor(panel.peopleWait)} />
          </TabList>
          <IconButton icon="close" label={messages.close} className="bg-transparent" onPress={() => {
            panel.show(undefined);
            focusPanelButton();
          }} />
        </div>
        <RoomStatus />
        <TabPanel id="chat" className="flex min-h-0 flex-1 flex-col outline-none"><ChatPanel onRead={panel.onRead} /></TabPanel>
        <TabPanel id="polls" className="flex min-h-0 flex-1 flex-col outline-none"><PollPanel /></TabPanel>
        <TabPanel id="people" className="flex min-h-0 flex-1 flex-col outline-none"><PeoplePanel /></TabPanel>
      </Tabs>
    </aside>
  );
}

function PanelTabHead({ id, icon, label, count, countLabel }: { id: PanelTab; icon: IconName; label: string; count: number; countLabel: string }): ReactNode {
  return (
    <Tab id={id} className="relative flex min-h-12 flex-1 cursor-pointer items-center justify-center gap-1.5 border-b-2 border-transparent px-2 text-[0.9375rem] font-medium text-muted hover:text-ink selected:border-accent selected:text-ink -outline-offset-3">
      <Icon name={icon} className="size-4.5" />
      {label}
      <Badge count={count} label={countLabel} />
    </Tab>
  );
}

/** A number on something, when it is not zero. */
export function Badge({ count, label, className = "" }: { count: number; label: string; className?: string }): ReactNode {
  if (count === 0) return null;
  return (
    <span className={`grid h-5 min-w-5 place-items-center rounded-full bg-live px-1 text-xs font-semibold tabular-nums text-on-live ${className}`}>
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** A word when the room is not what it should be. */
function RoomStatus(): ReactNode {
  const { link, state } = useRoom();
  const text = link.name === "reconnecting" ? words.offline : link.name === "over" ? words.ticketOff : state?.available === false ? words.unavailable : undefined;
  if (text === undefined) return null;
  return (
    <p className="flex gap-2 border-b border-line bg-warn-soft px-3 py-2 text-sm">
      <Icon name="alert" className="mt-px size-4.5 text-warn" />
      {text}
    </p>
  );
}
