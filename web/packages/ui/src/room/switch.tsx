"use client";

import type { ReactNode } from "react";
import { SwitchButton, SwitchField } from "react-aria-components/Switch";

/** Something that is on or off, with a word about it. */
export function Switch({ label, hint, on, isDisabled = false, onChange }: { label: string; hint?: string; on: boolean; isDisabled?: boolean; onChange: (on: boolean) => void }): ReactNode {
  return (
    <SwitchField isSelected={on} onChange={onChange} isDisabled={isDisabled}>
      <SwitchButton className="group -mx-2 flex min-h-12 cursor-pointer items-center gap-4 rounded-xl px-2 py-1.5 hover:bg-sunken data-[disabled]:cursor-default data-[disabled]:opacity-50">
        <span className="flex min-w-0 flex-1 flex-col leading-tight">
          <span>{label}</span>
          {hint === undefined ? null : <span className="text-sm text-muted">{hint}</span>}
        </span>
        <span aria-hidden="true" className="flex h-7 w-12 shrink-0 items-center rounded-full border-2 border-edge bg-surface px-0.5 transition-colors group-data-[selected]:border-accent group-data-[selected]:bg-accent">
          <span className="size-5 rounded-full bg-edge transition-transform group-data-[selected]:translate-x-4.5 group-data-[selected]:bg-on-accent" />
        </span>
      </SwitchButton>
    </SwitchField>
  );
}
