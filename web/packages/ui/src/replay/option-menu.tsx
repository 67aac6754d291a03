"use client";

import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "../icons";

/** Something that can be chosen. */
export interface Option {
  readonly id: string;
  readonly label: string;
  /** Beside the label, smaller. */
  readonly hint?: string;
}

/** A button of the player behind which one of several things is chosen. */
export function OptionMenu({ label, text, icon, keys, on = false, options, value, onChoose }: {
  label: string;
  /** What the button shows instead of an icon. */
  text?: string;
  icon?: IconName;
  /** A key that switches it, for assistive technology. */
  keys?: string;
  /** Whether it does something now, which one sees. */
  on?: boolean;
  options: readonly Option[];
  value: string | undefined;
  onChoose: (id: string) => void;
}): ReactNode {
  return (
    <MenuTrigger>
      <AriaButton aria-label={text === undefined ? label : `${label}: ${text}`} aria-keyshortcuts={keys} className={`grid h-11 min-w-11 shrink-0 sm:h-12 sm:min-w-12 cursor-pointer place-items-center rounded-full px-2 text-sm font-semibold tabular-nums text-ink transition-colors hover:bg-sunken ${on ? "bg-sunken" : ""}`}>
        {icon === undefined ? text : <Icon name={icon} />}
      </AriaButton>
      <Popover placement="top end" className="appear max-h-80 min-w-48 max-w-80 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <Menu aria-label={label} selectionMode="single" disallowEmptySelection selectedKeys={value === undefined ? [] : [value]} onAction={(key) => onChoose(String(key))} className="outline-none">
          {options.map((option) => (
            <MenuItem key={option.id} id={option.id} textValue={option.label} className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focus:bg-sunken">
              <span className="min-w-0 flex-1 wrap-anywhere">{option.label}</span>
              {option.hint === undefined ? null : <span className="text-sm tabular-nums text-muted">{option.hint}</span>}
              <Icon name="check" className="size-4 text-accent opacity-0 group-data-[selected]:opacity-100" />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
