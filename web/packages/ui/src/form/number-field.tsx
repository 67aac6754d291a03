"use client";

import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { NumberField as AriaNumberField } from "react-aria-components/NumberField";
import { Icon } from "../icons";
import { BOX, FieldLabel, FieldNotes, type FieldWords, marks } from "./field-frame";
import type { FieldOf } from "./use-form";

const STEP = "grid size-12 shrink-0 cursor-pointer place-items-center rounded-xl border border-edge bg-surface text-ink hover:bg-sunken disabled:cursor-default disabled:opacity-50";

/** A number, typed or stepped; `null` when empty. */
export function NumberField({ min, max, step, unit, formatOptions, ...props }: FieldOf<number | null> & FieldWords & {
  min?: number;
  max?: number;
  step?: number;
  /** Shown behind the number, as "s" or "%". */
  unit?: string;
  formatOptions?: Intl.NumberFormatOptions;
}): ReactNode {
  const { name, label, hint, optional = false, error, value, onChange, isDisabled = false } = props;
  return (
    <AriaNumberField {...marks(name, label)} name={name} value={value ?? NaN} onChange={(next) => onChange(Number.isNaN(next) ? null : next)}
      minValue={min} maxValue={max} step={step} formatOptions={formatOptions} isRequired={!optional} isDisabled={isDisabled} isInvalid={error !== undefined} validationBehavior="aria"
      className="flex min-w-0 flex-col gap-1.5">
      <FieldLabel label={label} optional={optional} />
      <Group className="flex gap-2">
        <span className="relative flex min-w-0 flex-1">
          <Input className={`${BOX} ${unit === undefined ? "" : "pr-14"}`} />
          {unit === undefined ? null : <span aria-hidden="true" className="pointer-events-none absolute inset-y-0 right-4 grid place-items-center text-muted">{unit}</span>}
        </span>
        <Button slot="decrement" className={STEP}><Icon name="minus" /></Button>
        <Button slot="increment" className={STEP}><Icon name="plus" /></Button>
      </Group>
      <FieldNotes hint={hint} error={error} />
    </AriaNumberField>
  );
}
