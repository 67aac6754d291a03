"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { Button, type ButtonVariant } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { fieldAt, type FormState } from "./use-form";

/** A form: its fields, and above them what was wrong with the last try, where the focus then goes. */
export function Form<V extends object>({ form, label, children, className = "" }: { form: FormState<V>; label?: string; children: ReactNode; className?: string }): ReactNode {
  return (
    <form id={form.id} onSubmit={form.submit} noValidate aria-label={label} className={`flex flex-col gap-5 ${className}`}>
      <Summary form={form} />
      {children}
    </form>
  );
}

/** The button that sends it; it keeps the focus while it is busy. */
export function SubmitButton({ form, children, variant = "primary", className = "" }: {
  form: { readonly busy: boolean };
  children: ReactNode;
  variant?: ButtonVariant;
  className?: string;
}): ReactNode {
  return (
    <Button type="submit" variant={variant} isPending={form.busy} className={`min-h-12 pending:opacity-60 ${className}`}>
      {form.busy ? messages.forms.busy : children}
    </Button>
  );
}

function Summary<V extends object>({ form }: { form: FormState<V> }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const { refusals, errors, problem } = form;
  useEffect(() => {
    if (refusals > 0) box.current?.focus();
  }, [refusals]);
  if (problem === undefined && errors.length === 0) return null;
  return (
    <div ref={box} role="alert" tabIndex={-1} className="flex gap-3 rounded-2xl border border-bad/40 bg-bad-soft px-4 py-3">
      <Icon name="alert" className="mt-0.5 size-5 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{problem ?? messages.forms.summary(errors.length)}</p>
        {errors.length === 0 ? null : (
          <ul className="mt-1 flex flex-col">
            {errors.map(({ field, label, message }) => (
              <li key={field}>
                <button type="button" onClick={() => focusField(form.id, field)} className="cursor-pointer py-1 text-left underline underline-offset-2">
                  {label === undefined ? message : `${label}: ${message}`}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function focusField(form: string, pointer: string): void {
  fieldAt(form, pointer)?.querySelector<HTMLElement>("input:not([type=hidden]), textarea, button, select")?.focus();
}
