"use client";

import { asLecternError, type FieldError, type LecternError } from "@lectern/client";
import { type SyntheticEvent, useCallback, useId, useRef, useState } from "react";
import { messages } from "../messages";

/** What a field of a form is given. */
export interface FieldOf<T> {
  /** Its path in the body: a JSON pointer without the first slash. */
  readonly name: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** What is wrong with it, for people. */
  readonly error: string | undefined;
}

/** What is wrong with a field, and what the field is called. */
export interface ShownError extends FieldError {
  readonly label: string | undefined;
}

/** A form's state; see {@link useForm}. */
export interface FormState<V extends object> {
  /** Of its element. */
  readonly id: string;
  readonly values: V;
  /** Whether it is on its way to the server. */
  readonly busy: boolean;
  /** Why it was refused as a whole, for people. */
  readonly problem: string | undefined;
  readonly errors: readonly ShownError[];
  /** Counts refusals, so that each one takes the focus to the summary. */
  readonly refusals: number;
  /** What the component of one field needs. */
  readonly field: <K extends keyof V & string>(name: K) => FieldOf<V[K]>;
  /** What is wrong at a JSON pointer, for fields below the first level. */
  readonly errorAt: (pointer: string) => string | undefined;
  /** `settled` are the pointers whose errors go with that, if they are not all that lie in the values of `part`. */
  readonly change: (part: Partial<V>, settled?: readonly string[]) => void;
  readonly reset: (values: V) => void;
  readonly submit: (event?: SyntheticEvent) => void;
}

/** Whether an error belongs to a field or to something inside of it. */
export function concerns(error: FieldError, pointer: string): boolean {
  return error.in === "body" && (error.field === pointer || error.field.startsWith(`${pointer}/`));
}

/** The innermost field of a form (by its id) that a pointer leads to. */
export function fieldAt(form: string, pointer: string): HTMLElement | undefined {
  const fields = Array.from(document.getElementById(form)?.querySelectorAll<HTMLElement>("[data-field]") ?? []);
  const length = (field: HTMLElement) => field.dataset["field"]?.length ?? 0;
  return fields.filter(({ dataset: { field } }) => pointer === field || pointer.startsWith(`${field}/`)).sort((a, b) => length(b) - length(a))[0];
}

/** A refusal in words that say what to do: ours if we have some for the code or what it means, else the server's. */
export function explain({ code, status = 0, message, retryAfterMs }: LecternError): string {
  const words = messages.schoolProblems;
  if (status === 429) return messages.tooOften(retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000)));
  const meaning = status === 401 ? "unauthenticated" : status === 503 ? "unavailable" : status === 504 ? "timeout" : status >= 500 ? "internal" : "";
  return words[code] ?? words[meaning] ?? message;
}

/** What is wrong with a required text that is empty; for `check`. */
export function missing(field: string): FieldError {
  return { in: "body", field: `/${field}`, message: messages.forms.required };
}

/**
 * A form's values, what the server said about them, and the way there. `check` finds what need not be sent; `submit` sends
 * and may throw a {@link LecternError}, whose fields are then shown where they stand. What is changed loses its error.
 */
export function useForm<V extends object>({ initial, submit, check, refused = {} }: {
  initial: V;
  submit: (values: V) => Promise<unknown>;
  check?: (values: V) => readonly FieldError[];
  /** Words for what the server refuses at a pointer, where its own do not help. */
  refused?: Readonly<Record<string, string>>;
}): FormState<V> {
  const id = useId();
  const [values, setValues] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ problem: string | undefined; errors: readonly ShownError[]; count: number }>({ problem: undefined, errors: [], count: 0 });
  // A second press before the page is drawn anew must not send twice.
  const sending = useRef(false);

  const refuse = useCallback((problem: string | undefined, errors: readonly FieldError[]) => {
    const shown = errors.map((error) => ({ ...error, label: fieldAt(id, error.field)?.dataset["label"] }));
    setRefusal((before) => ({ problem, errors: shown, count: before.count + 1 }));
  }, [id]);
  const change = useCallback((part: Partial<V>, settled: readonly string[] = Object.keys(part).map((name) => `/${name}`)) => {
    setValues((before) => ({ ...before, ...part }));
    setRefusal((before) => ({ ...before, errors: before.errors.filter((error) => !settled.some((pointer) => concerns(error, pointer))) }));
  }, []);
  const errorAt = useCallback((pointer: string) => refusal.errors.find((error) => error.in === "body" && error.field === pointer)?.message, [refusal.errors]);

  const send = async () => {
    const errors = check?.(values) ?? [];
    if (errors.length > 0) {
      refuse(undefined, errors);
      return;
    }
    sending.current = true;
    setBusy(true);
    try {
      await submit(values);
      setRefusal((before) => ({ ...before, problem: undefined, errors: [] }));
    } catch (thrown) {
      const error = asLecternError(thrown);
      refuse(error.fields.length > 0 ? undefined : explain(error), error.fields.map((field) => ({ ...field, message: refused[field.field] ?? messages.forms.allowed(field.message) })));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };

  return {
    id, values, busy, problem: refusal.problem, errors: refusal.errors, refusals: refusal.count, errorAt, change,
    field: (name) => ({ name, value: values[name], onChange: (value) => change({ [name]: value } as unknown as Partial<V>), error: refusal.errors.find((error) => concerns(error, `/${name}`))?.message }),
    reset: (next) => {
      setValues(next);
      setRefusal((before) => ({ ...before, problem: undefined, errors: [] }));
    },
    submit: (event) => {
      event?.preventDefault();
      if (!sending.current) void send();
    },
  };
}
