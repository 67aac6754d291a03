"use client";

import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components/RadioGroup";
import { Select, SelectValue } from "react-aria-components/Select";
import { Slider, SliderFill, SliderThumb, SliderTrack } from "react-aria-components/Slider";
import { Icon, type IconName } from "./icons";

/** One of several. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
}

/** A list that opens, for choosing a device. */
export function Picker({ label, icon, choices, value, placeholder, onChange }: {
  label: string;
  icon: IconName;
  choices: readonly Choice[];
  value: string | undefined;
  placeholder: string;
  onChange: (id: string) => void;
}): ReactNode {
  return (
    <Select
      value={value ?? null}
      onChange={(key) => {
        if (typeof key === "string") onChange(key);
      }}
      placeholder={placeholder}
      isDisabled={choices.length === 0}
      className="flex min-w-0 flex-col gap-1.5"
    >
      <Label className="text-sm font-medium text-muted">{label}</Label>
      <Button className="flex min-h-12 w-full cursor-pointer items-center gap-3 rounded-xl border border-edge bg-surface px-3.5 text-left transition-colors hover:bg-sunken disabled:cursor-default disabled:opacity-60">
        <Icon name={icon} className="size-5 text-muted" />
        <SelectValue className="min-w-0 flex-1 truncate data-[placeholder]:text-muted">{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <Icon name="chevron" className="size-4 text-muted" />
      </Button>
      <Popover className="appear w-(--trigger-width) min-w-56 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <ListBox items={choices} className="outline-none">
          {(choice) => (
            <ListBoxItem id={choice.id} textValue={choice.label} className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focused:bg-sunken">
              <span className="min-w-0 flex-1 truncate">{choice.label}</span>
              <Icon name="check" className="size-4 text-accent opacity-0 group-data-[selected]:opacity-100" />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** One of a few, all in sight. */
export function Choices({ label, choices, value, onChange, isDisabled = false }: {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (id: string) => void;
  isDisabled?: boolean;
}): ReactNode {
  return (
    <RadioGroup aria-label={label} value={value} onChange={onChange} isDisabled={isDisabled} className="flex flex-col gap-1">
      {choices.map((choice) => (
        <RadioField key={choice.id} value={choice.id}>
          <RadioButton className="group -mx-2 flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-2 py-1.5 hover:bg-sunken data-[disabled]:cursor-default data-[disabled]:opacity-50">
            <span className="grid size-5 shrink-0 place-items-center rounded-full border-2 border-edge group-data-[selected]:border-accent">
              <span className="size-2.5 rounded-full group-data-[selected]:bg-accent" />
            </span>
            <span className="flex min-w-0 flex-col leading-tight">
              <span>{choice.label}</span>
              {choice.hint === undefined ? null : <span className="text-sm text-muted">{choice.hint}</span>}
            </span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}

/** A volume from 0 to 1. */
export function VolumeSlider({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }): ReactNode {
  return (
    <Slider
      value={value}
      minValue={0}
      maxValue={1}
      step={0.05}
      formatOptions={{ style: "percent" }}
      onChange={(next) => onChange(typeof next === "number" ? next : (next[0] ?? 0))}
      aria-label={label}
      className="w-24"
    >
      <SliderTrack className="flex h-11 items-center">
        <span className="relative h-1.5 w-full overflow-hidden rounded-full bg-edge/50">
          <SliderFill className="bg-accent" />
        </span>
        <SliderThumb className="top-1/2 size-5 rounded-full border-2 border-surface bg-accent shadow-sm" />
      </SliderTrack>
    </Slider>
  );
}
