"use client";

import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { TooltipTrigger } from "react-aria-components/Tooltip";
import { Hint } from "../button";
import { Icon, type IconName } from "../icons";
import { messages } from "../messages";
import { Badge, type PanelState, type PanelTab } from "./room-panel";

const words = messages.room;

/** The ways into the panel, with what waits behind each; on a phone one button for all. */
export function PanelButtons({ panel }: { panel: PanelState }): ReactNode {
  const { unread, peopleWait } = panel;
  const polls = panel.pollWaits ? 1 : 0;
  return (
    <>
      <PanelButton panel={panel} tab="chat" icon="chat" label={words.chat} keys="c" count={unread} countLabel={words.unread(unread)} className="max-lg:hidden" />
      <PanelButton panel={panel} tab="polls" icon="poll" label={words.polls} count={polls} countLabel={words.pollWaits} className="max-lg:hidden" />
      <PanelButton panel={panel} tab="people" icon="people" label={words.people} count={peopleWait} countLabel={words.waitingFor(peopleWait)} className="max-lg:hidden" />
      <PanelButton panel={panel} tab={peopleWait > 0 && unread === 0 ? "people" : polls > 0 && unread === 0 ? "polls" : "chat"} icon="chat" label={words.panel} count={unread + polls + peopleWait} countLabel={words.news(unread + polls + peopleWait)} className="lg:hidden" />
    </>
  );
}

function PanelButton({ panel, tab, icon, label, keys, count, countLabel, className }: {
  panel: PanelState;
  tab: PanelTab;
  icon: IconName;
  label: string;
  keys?: string;
  count: number;
  countLabel: string;
  className: string;
}): ReactNode {
  const phone = className === "lg:hidden";
  const open = phone ? panel.tab !== undefined : panel.tab === tab;
  return (
    <TooltipTrigger delay={500}>
      <AriaButton data-panel-button="" aria-label={count > 0 ? `${label}, ${countLabel}` : label} aria-expanded={open} aria-keyshortcuts={keys} onPress={() => (phone && open ? panel.show(undefined) : panel.toggle(tab))}
        className={`relative grid size-11 shrink-0 cursor-pointer place-items-center rounded-full transition-colors sm:size-12 ${open ? "bg-accent text-on-accent hover:bg-accent-strong" : "bg-sunken text-ink hover:bg-line"} ${className}`}>
        <Icon name={icon} />
        <Badge count={open ? 0 : count} label="" className="absolute -right-1 -top-1" />
      </AriaButton>
      <Hint>{label}</Hint>
    </TooltipTrigger>
  );
}
