"use client";

import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { CheckboxButton, CheckboxField } from "react-aria-components/Checkbox";
import { CheckboxGroup } from "react-aria-components/CheckboxGroup";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { RadioButton, RadioField, RadioGroup } from "react-aria-components/RadioGroup";
import { Select, SelectValue } from "react-aria-components/Select";
import type { Choice } from "../field";
import { Icon } from "../icons";
import { messages } from "../messages";
import { BOX, FieldLabel, FieldNotes, type FieldWords, marks } from "./field-frame";
import type { FieldOf } from "./use-form";

/** One of several, in a list that opens. */
export function SelectField<T extends string>({ choices, ...props }: FieldOf<T> & FieldWords & { choices: readonly (Choice & { readonly id: T })[] }): ReactNode {
  const { name, label, hint, optional = false, error, value, onChange, isDisabled = false } = props;
  return (
    <Select {...marks(name, label)} name={name} value={value} onChange={(key) => onChange(key as T)} placeholder={messages.forms.choose} isDisabled={isDisabled} isInvalid={error !== undefined}
      validationBehavior="aria" className="flex min-w-0 flex-col gap-1.5">
      <FieldLabel label={label} optional={optional} />
      <Button className={`${BOX} flex cursor-pointer items-center gap-3 text-left hover:bg-sunken disabled:cursor-default`}>
        <SelectValue className="min-w-0 flex-1 truncate data-[placeholder]:text-muted">{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <Icon name="chevron" className="size-4 text-muted" />
      </Button>
      <FieldNotes hint={hint} error={error} />
      <Popover className="appear w-(--trigger-width) min-w-56 overflow-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-lift">
        <ListBox items={choices} className="outline-none">
          {(choice) => (
            <ListBoxItem id={choice.id} textValue={choice.label} className="group flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 outline-none focus:bg-sunken">
              <span className="min-w-0 flex-1">{choice.label}</span>
              <Icon name="check" className="size-4 text-accent opacity-0 group-data-[selected]:opacity-100" />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** One of a few, all in sight. */
export function RadioFields<T extends string>({ choices, ...props }: FieldOf<T | null> & FieldWords & { choices: readonly (Choice & { readonly id: T })[] }): ReactNode {
  const { name, label, hint, optional = false, error, value, onChange, isDisabled = false } = props;
  return (
    <RadioGroup {...marks(name, label)} name={name} value={value} onChange={(next) => onChange(next as T)} isDisabled={isDisabled} isInvalid={error !== undefined} validationBehavior="aria" className="flex flex-col gap-1">
      <FieldLabel label={label} optional={optional} />
      {choices.map((choice) => (
        <RadioField key={choice.id} value={choice.id}>
          <RadioButton className="group -mx-2 flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-2 py-1.5 hover:bg-sunken data-[disabled]:cursor-default data-[disabled]:opacity-60">
            <span className="grid size-5 shrink-0 place-items-center rounded-full border-2 border-edge group-data-[selected]:border-accent">
              <span className="size-2.5 rounded-full group-data-[selected]:bg-accent" />
            </span>
            <ChoiceWords choice={choice} />
          </RadioButton>
        </RadioField>
      ))}
      <FieldNotes hint={hint} error={error} />
    </RadioGroup>
  );
}

/** Any of a few. */
export function CheckFields({ choices, ...props }: FieldOf<readonly string[]> & FieldWords & { choices: readonly Choice[] }): ReactNode {
  const { name, label, hint, optional = false, error, value, onChange, isDisabled = false } = props;
  return (
    <CheckboxGroup {...marks(name, label)} name={name} value={[...value]} onChange={onChange} isDisabled={isDisabled} isInvalid={error !== undefined} validationBehavior="aria" className="flex flex-col gap-1">
      <FieldLabel label={label} optional={optional} />
      {choices.map((choice) => (
        <CheckboxField key={choice.id} value={choice.id}>
          <CheckboxButton className={CHECK_ROW}>
            <CheckMark />
            <ChoiceWords choice={choice} />
          </CheckboxButton>
        </CheckboxField>
      ))}
      <FieldNotes hint={hint} error={error} />
    </CheckboxGroup>
  );
}

/** Yes or no. */
export function CheckField(props: FieldOf<boolean> & FieldWords): ReactNode {
  const { name, label, hint, error, value, onChange, isDisabled = false } = props;
  return (
    <CheckboxField {...marks(name, label)} name={name} isSelected={value} onChange={onChange} isDisabled={isDisabled} isInvalid={error !== undefined} validationBehavior="aria" className="flex flex-col gap-1">
      <CheckboxButton className={CHECK_ROW}>
        <CheckMark />
        <ChoiceWords choice={{ id: name, label }} />
      </CheckboxButton>
      <FieldNotes hint={hint} error={error} />
    </CheckboxField>
  );
}

const CHECK_ROW = "group -mx-2 flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-2 py-1.5 hover:bg-sunken data-[disabled]:cursor-default data-[disabled]:opacity-60";

function CheckMark(): ReactNode {
  return (
    <span className="grid size-5 shrink-0 place-items-center rounded-md border-2 border-edge bg-surface group-data-[selected]:border-accent group-data-[selected]:bg-accent">
      <Icon name="check" className="size-4 text-on-accent opacity-0 group-data-[selected]:opacity-100" />
    </span>
  );
}

function ChoiceWords({ choice }: { choice: Choice }): ReactNode {
  return (
    <span className="flex min-w-0 flex-col leading-tight">
      <span className="wrap-anywhere">{choice.label}</span>
      {choice.hint === undefined ? null : <span className="text-sm text-muted">{choice.hint}</span>}
    </span>
  );
}
