"use client";

import { Button, type Choice, messages, SelectField, TextField } from "@lectern/ui";
import { type ReactNode, useEffect, useRef, useState } from "react";

/** How long somebody who types has paused when the list follows, milliseconds. */
const PAUSE_MS = 400;

const words = messages.admin.filters;

/** What narrows a list down, above it. */
export function FilterBar({ isAll, onClear, children }: { isAll: boolean; onClear: () => void; children: ReactNode }): ReactNode {
  return (
    <search className="flex flex-col gap-4">
      <div className="grid grid-cols-2 items-start gap-x-3 gap-y-4 md:grid-cols-3">{children}</div>
      {isAll ? null : <Button variant="quiet" icon="close" className="self-start" onPress={onClear}>{words.clear}</Button>}
    </search>
  );
}

/** Text that the list follows when the typing pauses. */
export function FilterText({ name, label, value, maxLength, onChange }: {
  name: string;
  label: string;
  value: string;
  maxLength: number;
  onChange: (value: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(value);
  const [given, setGiven] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Changed from elsewhere: cleared, or gone back.
  if (value !== given) {
    setGiven(value);
    if (value !== typed.trim()) setTyped(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), PAUSE_MS);
  };
  return <TextField name={name} label={label} type="search" value={typed} onChange={type} error={undefined} maxLength={maxLength} optional="quiet" autoComplete="off" className="col-span-2 md:col-span-1" />;
}

/** One of a few. */
export function FilterSelect({ name, label, value, choices, onChange }: { name: string; label: string; value: string; choices: readonly Choice[]; onChange: (value: string) => void }): ReactNode {
  return <SelectField name={name} label={label} value={value} choices={choices} onChange={onChange} error={undefined} />;
}
