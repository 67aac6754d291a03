"use client";

import { Button, CheckField, type FieldOf, IconButton, type MenuEntry, messages, MoreMenu, NumberField, SelectField, TextAreaField, TextField } from "@lectern/ui";
import type { ReactNode } from "react";
import { type Kind, OPTIONS_MAX, OPTIONS_MIN, type QuestionDraft, withKind, withoutOption, withRight } from "./question-draft";

const words = messages.tutor.quizzes;
const KINDS = (["single", "multiple", "numeric", "short_text"] as const).map((id) => ({ id, label: words.kinds[id] }));

interface EditorProps {
  readonly draft: QuestionDraft;
  readonly index: number;
  readonly fixed: boolean;
  readonly errorAt: (pointer: string) => string | undefined;
  /** The new draft, and the names of the fields whose errors are settled by that. */
  readonly onChange: (draft: QuestionDraft, touched: readonly string[]) => void;
}

/** One question: what is asked, what is to be done, what is right. */
export function QuestionEditor({ last, onMove, onCopy, onRemove, ...props }: EditorProps & {
  last: boolean;
  onMove: (by: -1 | 1) => void;
  onCopy: () => void;
  onRemove: () => void;
}): ReactNode {
  const { draft, index, fixed, onChange } = props;
  const field = fieldsOf(props);
  const menu: MenuEntry[] = [
    ...(index > 0 ? [{ id: "up", icon: "up" as const, label: messages.tutor.lessons.moveUp, run: () => onMove(-1) }] : []),
    ...(last ? [] : [{ id: "down", icon: "down" as const, label: messages.tutor.lessons.moveDown, run: () => onMove(1) }]),
    { id: "copy", icon: "copy", label: words.copyQuestion, run: onCopy },
    { id: "remove", icon: "bin", label: words.removeQuestion, run: onRemove },
  ];
  return (
    <fieldset disabled={fixed} className="flex min-w-0 flex-col gap-4 rounded-(--radius-card) border border-line bg-surface p-4 sm:p-5">
      <legend className="sr-only">{words.question(index + 1)}</legend>
      <div className="flex items-center justify-between gap-3">
        <h3 aria-hidden="true" className="font-semibold">{words.question(index + 1)}</h3>
        {fixed ? null : <MoreMenu label={words.questionActions(index + 1)} entries={menu} className="-my-2 bg-transparent" />}
      </div>
      <TextAreaField label={words.fields.prompt} rows={2} isDisabled={fixed} {...field("prompt", "prompt")} />
      <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
        <SelectField label={words.fields.kind} choices={KINDS} isDisabled={fixed} name={`questions/${index}/task`} value={draft.kind} error={undefined}
          onChange={(kind: Kind) => onChange(withKind(draft, kind), ["task", "key"])} />
        <NumberField label={words.fields.points} min={1} max={100} isDisabled={fixed} {...field("points", "points")} />
      </div>
      {draft.kind === "single" || draft.kind === "multiple" ? <Options {...props} /> : null}
      {draft.kind === "numeric" ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField label={words.fields.value} formatOptions={PLAIN_NUMBER} isDisabled={fixed} {...field("key/value", "value")} />
          <NumberField label={words.fields.tolerance} hint={words.fields.toleranceHint} min={0} formatOptions={PLAIN_NUMBER} isDisabled={fixed} {...field("key/tolerance", "tolerance")} />
        </div>
      ) : null}
      {draft.kind === "short_text" ? (
        <>
          <TextAreaField label={words.fields.accepted} hint={words.fields.acceptedHint} rows={2} isDisabled={fixed} {...field("key/accepted", "accepted")} />
          <CheckField label={words.fields.caseSensitive} isDisabled={fixed} {...field("key/case_sensitive", "caseSensitive")} />
        </>
      ) : null}
    </fieldset>
  );
}

const PLAIN_NUMBER: Intl.NumberFormatOptions = { maximumFractionDigits: 10, useGrouping: false };

/** What the field of a draft's part needs; `name` is where the school's refusals look for it. */
function fieldsOf({ draft, index, errorAt, onChange }: EditorProps) {
  return <K extends keyof QuestionDraft>(name: string, part: K): FieldOf<QuestionDraft[K]> => ({
    name: `questions/${index}/${name}`,
    value: draft[part],
    onChange: (value) => onChange({ ...draft, [part]: value }, [name]),
    error: errorAt(`/questions/${index}/${name}`),
  });
}

/** The options of a choice, each with a mark for being right. */
function Options({ draft, index, fixed, errorAt, onChange }: EditorProps): ReactNode {
  const { options, right, kind } = draft;
  const at = (name: string) => `/questions/${index}/${name}`;
  const write = (place: number, text: string) => onChange({ ...draft, options: options.with(place, text) }, [`task/options/${place}`]);
  const rightError = errorAt(at("key/right")) ?? errorAt(at("key")) ?? errorAt(at("task/options"));
  const rightErrorId = `right-${draft.id}`;
  return (
    <div role="group" aria-label={words.fields.options} className="flex flex-col gap-3" data-field={at("key/right")} data-label={words.fields.right}>
      <p className="text-sm text-muted">{kind === "single" ? words.rightOneHint : words.rightSomeHint}</p>
      {options.map((option, place) => (
        // Options have no identity but their place.
        <div key={place} className="flex items-start gap-2">
          <label className="mt-7 grid size-12 shrink-0 cursor-pointer place-items-center rounded-xl has-[:disabled]:cursor-default">
            <input type={kind === "single" ? "radio" : "checkbox"} name={`right-${draft.id}`} checked={right.includes(place)} aria-label={words.isRight(place + 1)}
              aria-invalid={rightError !== undefined} aria-describedby={rightError === undefined ? undefined : rightErrorId}
              onChange={(event) => onChange(withRight(draft, place, event.target.checked), ["key/right", "key"])} className="size-5 accent-accent" />
          </label>
          <TextField className="flex-1" label={words.option(place + 1)} isDisabled={fixed} name={`questions/${index}/task/options/${place}`} value={option} error={errorAt(at(`task/options/${place}`))} onChange={(text) => write(place, text)} />
          {fixed || options.length <= OPTIONS_MIN ? null : <IconButton icon="close" label={words.removeOption(place + 1)} onPress={() => onChange(withoutOption(draft, place), ["task", "key"])} className="mt-7 bg-transparent" />}
        </div>
      ))}
      {rightError === undefined ? null : <p id={rightErrorId} className="text-sm text-bad">{rightError}</p>}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        {fixed || options.length >= OPTIONS_MAX ? null : <Button icon="plus" variant="quiet" onPress={() => onChange({ ...draft, options: [...options, ""] }, ["task/options"])}>{words.addOption}</Button>}
        {kind === "multiple" ? <CheckField label={words.fields.partial} isDisabled={fixed} name={`questions/${index}/key/partial`} value={draft.partial} error={undefined} onChange={(partial) => onChange({ ...draft, partial }, [])} /> : null}
      </div>
    </div>
  );
}
