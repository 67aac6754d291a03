"use client";

import type { ReactNode } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { Icon } from "../icons";
import { messages } from "../messages";

/** What every field says about itself. */
export interface FieldWords {
  readonly label: string;
  /** What helps before anything goes wrong. */
  readonly hint?: string | undefined;
  /** Says that it may stay empty; `quiet` where nobody would think otherwise, as above a list. */
  readonly optional?: boolean | "quiet";
  readonly isDisabled?: boolean;
}

/** How the box of a field looks. */
export const BOX = "min-h-12 w-full rounded-xl border border-edge bg-surface px-4 text-base placeholder:text-muted disabled:opacity-60 data-[invalid]:border-bad";

/** Finds a field for the summary above the form. */
export function marks(name: string, label: string): { "data-field": string; "data-label": string } {
  return { "data-field": `/${name}`, "data-label": label };
}

/** The label above a field. */
export function FieldLabel({ label, optional = false }: FieldWords): ReactNode {
  return (
    <Label className="text-sm font-medium">
      {label}
      {optional === true ? <span className="font-normal text-muted"> ({messages.forms.optional})</span> : null}
    </Label>
  );
}

/** The hint and the error below a field. */
export function FieldNotes({ hint, error }: { hint?: string | undefined; error?: string | undefined }): ReactNode {
  return (
    <>
      {hint === undefined ? null : <Text slot="description" className="text-sm text-muted">{hint}</Text>}
      {error === undefined ? null : (
        <FieldError className="flex gap-2 text-sm text-bad">
          <Icon name="alert" className="mt-px size-4.5" />
          <span>{error}</span>
        </FieldError>
      )}
    </>
  );
}
