"use client";

import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { Tooltip, TooltipTrigger } from "react-aria-components/Tooltip";
import { Icon, type IconName } from "./icons";

const BASE =
  "inline-flex shrink-0 cursor-pointer select-none items-center justify-center gap-2 font-semibold transition-colors duration-150 disabled:cursor-default disabled:opacity-50 pressed:scale-[0.98]";

const VARIANTS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-edge/50 bg-surface text-ink hover:bg-sunken",
  live: "bg-live text-on-live hover:brightness-110",
  quiet: "text-ink hover:bg-sunken",
} as const;

/** How a button looks; what it means decides. */
export type ButtonVariant = keyof typeof VARIANTS;

/**
 * A button with words, at least 44 px high. While it is pending it keeps the focus and does nothing; the library's own way
 * leaves a nameless picture behind, for screen readers.
 */
export function Button({ variant = "plain", icon, children, className = "", isPending = false, onPress, ...props }: Omit<AriaButtonProps, "children" | "className"> & {
  variant?: ButtonVariant;
  icon?: IconName;
  children: ReactNode;
  className?: string;
}): ReactNode {
  return (
    <AriaButton {...props} {...(isPending ? { "data-pending": true } : { onPress })} className={`${BASE} min-h-11 rounded-full px-5 text-[0.9375rem] ${VARIANTS[variant]} ${className}`}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

const ROUND = `${BASE} size-11 rounded-full sm:size-12`;

/** The name of a round button, shown on hover and focus. */
export function Hint({ children }: { children: ReactNode }): ReactNode {
  return (
    <Tooltip offset={8} className="appear z-50 rounded-lg bg-ink px-2.5 py-1 text-sm text-ground shadow-lift">
      {children}
    </Tooltip>
  );
}

/** A round button with a picture; `label` is its name. */
export function IconButton({ icon, label, keys, className = "", ...props }: Omit<AriaButtonProps, "children" | "className" | "aria-label"> & {
  icon: IconName;
  label: string;
  /** Its keyboard shortcut, for assistive technology. */
  keys?: string;
  className?: string;
}): ReactNode {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...props} aria-label={label} aria-keyshortcuts={keys} className={`${ROUND} bg-sunken text-ink hover:bg-line ${className}`}>
        <Icon name={icon} />
      </AriaButton>
      <Hint>{label}</Hint>
    </TooltipTrigger>
  );
}

/**
 * A round button for something that is on or off. The label names what a press does, so there is no "pressed" beside it
 * to contradict it; colour and picture show the state. `alarm`: being off is worth a look.
 */
export function SwitchButton({ on, icon, offIcon, label, keys, tone = "plain", onPress, isDisabled = false, id }: {
  on: boolean;
  icon: IconName;
  offIcon: IconName;
  label: string;
  keys?: string;
  tone?: "plain" | "alarm" | "accent";
  onPress: () => void;
  isDisabled?: boolean;
  id?: string;
}): ReactNode {
  const colours =
    tone === "alarm" && !on ? "bg-bad-soft text-bad" : tone === "accent" && on ? "bg-accent text-on-accent hover:bg-accent-strong" : "bg-sunken text-ink hover:bg-line";
  return (
    <TooltipTrigger delay={500}>
      <AriaButton id={id} isDisabled={isDisabled} onPress={onPress} aria-label={label} aria-keyshortcuts={keys} className={`${ROUND} ${colours}`}>
        <Icon name={on ? icon : offIcon} />
      </AriaButton>
      <Hint>{label}</Hint>
    </TooltipTrigger>
  );
}

/** A round button that stays pressed; its label names what is on or off. */
export function StayButton({ on, icon, label, keys, onChange }: { on: boolean; icon: IconName; label: string; keys?: string; onChange: (on: boolean) => void }): ReactNode {
  return (
    <TooltipTrigger delay={500}>
      <ToggleButton isSelected={on} onChange={onChange} aria-label={label} aria-keyshortcuts={keys} className={`${ROUND} bg-sunken text-ink hover:bg-line selected:bg-accent selected:text-on-accent`}>
        <Icon name={icon} />
      </ToggleButton>
      <Hint>{label}</Hint>
    </TooltipTrigger>
  );
}
