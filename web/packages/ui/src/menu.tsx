"use client";

import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "./icons";

/** Something that a menu offers. */
export interface MenuEntry {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly run: () => void;
}

/** A round button behind which there is what has no room beside it. */
export function MoreMenu({ label, entries, className = "" }: { label: string; entries: readonly MenuEntry[]; className?: string }): ReactNode {
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className={`grid size-11 shrink-0 cursor-pointer place-items-center rounded-full bg-sunken text-ink transition-colors hover:bg-line sm:size-12 ${className}`}>
        <Icon name="dots" />
      </AriaButton>
      <Popover placement="top end" className="appear min-w-60 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <Menu className="outline-none" aria-label={label} onAction={(key) => entries.find((entry) => entry.id === key)?.run()}>
          {entries.map((entry) => (
            <MenuItem key={entry.id} id={entry.id} textValue={entry.label} className="flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focus:bg-sunken">
              <Icon name={entry.icon} />
              {entry.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
