"use client";

import { type ReactNode, useState } from "react";
import { Input } from "react-aria-components/Input";
import { TextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField } from "react-aria-components/TextField";
import { IconButton } from "../button";
import { messages } from "../messages";
import { BOX, FieldLabel, FieldNotes, type FieldWords, marks } from "./field-frame";
import { localToRfc3339, rfc3339ToLocal } from "./local-date-time";
import type { FieldOf } from "./use-form";

interface TextOptions {
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly autoFocus?: boolean;
}

/** A line of text. */
export function TextField({ type = "text", inputMode, placeholder, className = "", ...props }: FieldOf<string> & FieldWords & TextOptions & {
  type?: "text" | "email" | "search" | "url" | "datetime-local";
  inputMode?: "text" | "decimal" | "numeric" | "email" | "url";
  className?: string;
}): ReactNode {
  const { name, label, hint, optional = false, error, value, ...rest } = props;
  return (
    <AriaTextField {...rest} {...marks(name, label)} name={name} value={value} type={type} isRequired={!optional} isInvalid={error !== undefined} validationBehavior="aria"
      className={`flex min-w-0 flex-col gap-1.5 ${className}`}>
      <FieldLabel label={label} optional={optional} />
      <Input className={BOX} placeholder={placeholder} inputMode={inputMode} {...(type === "email" ? { autoCapitalize: "off", spellCheck: false } : {})} />
      <FieldNotes hint={hint} error={error} />
    </AriaTextField>
  );
}

/** Text of several lines. */
export function TextAreaField({ rows = 4, placeholder, ...props }: FieldOf<string> & FieldWords & TextOptions & { rows?: number }): ReactNode {
  const { name, label, hint, optional = false, error, value, ...rest } = props;
  return (
    <AriaTextField {...rest} {...marks(name, label)} name={name} value={value} isRequired={!optional} isInvalid={error !== undefined} validationBehavior="aria" className="flex min-w-0 flex-col gap-1.5">
      <FieldLabel label={label} optional={optional} />
      <TextArea rows={rows} placeholder={placeholder} className={`${BOX} field-sizing-content max-h-[60dvh] py-3 leading-normal`} />
      <FieldNotes hint={hint} error={error} />
    </AriaTextField>
  );
}

/** A password, hidden until its owner wants to see it. */
export function PasswordField({ autoComplete, ...props }: FieldOf<string> & FieldWords & { autoComplete: "current-password" | "new-password" }): ReactNode {
  const { name, label, hint, error, value, ...rest } = props;
  const [shown, setShown] = useState(false);
  return (
    <AriaTextField {...rest} {...marks(name, label)} name={name} value={value} type={shown ? "text" : "password"} autoComplete={autoComplete} isRequired isInvalid={error !== undefined} validationBehavior="aria"
      className="flex min-w-0 flex-col gap-1.5">
      <FieldLabel label={label} />
      <span className="relative flex">
        <Input className={`${BOX} pr-14`} autoCapitalize="off" spellCheck={false} />
        <span className="absolute inset-y-0 right-1 grid place-items-center">
          <IconButton icon={shown ? "eyeOff" : "eye"} label={shown ? messages.forms.hidePassword : messages.forms.showPassword} onPress={() => setShown(!shown)} className="size-10! bg-transparent sm:size-10!" />
        </span>
      </span>
      <FieldNotes hint={hint} error={error} />
    </AriaTextField>
  );
}

/** A date with a time of day, as the person's clock shows it; outside of here RFC 3339 in UTC, or `null` when empty. */
export function DateTimeField({ value, onChange, ...props }: FieldOf<string | null> & FieldWords): ReactNode {
  // What is half typed is no time yet; it stays with the browser's own field until it is one.
  return <TextField {...props} type="datetime-local" value={rfc3339ToLocal(value)} onChange={(text) => onChange(localToRfc3339(text))} />;
}
