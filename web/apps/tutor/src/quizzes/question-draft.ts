import type { FieldError, Schemas } from "@lectern/client";
import { messages } from "@lectern/ui/messages";

/** What kinds of questions there are. */
export type Kind = Schemas["Task"]["kind"];

/** A question while it is written. It keeps what other kinds need, so that to change one's mind loses nothing. */
export interface QuestionDraft {
  /** Known to this page alone. */
  readonly id: string;
  readonly kind: Kind;
  readonly prompt: string;
  readonly points: number | null;
  readonly options: readonly string[];
  /** Places of the options that are right, ascending. */
  readonly right: readonly number[];
  /** Whether an answer that is partly right counts in part. */
  readonly partial: boolean;
  readonly value: number | null;
  readonly tolerance: number | null;
  /** Texts that are right, one a line. */
  readonly accepted: string;
  readonly caseSensitive: boolean;
}

/** The limits of the school. */
export const OPTIONS_MIN = 2;
export const OPTIONS_MAX = 20;
export const QUESTIONS_MAX = 100;

/** A question that says nothing yet. */
export function emptyQuestion(kind: Kind = "single"): QuestionDraft {
  return {
    id: crypto.randomUUID(), kind, prompt: "", points: 1, options: ["", ""], right: [], partial: false, value: null, tolerance: 0, accepted: "", caseSensitive: false,
  };
}

/** The question as the school keeps it, to be changed. */
export function draftOf({ prompt, points, task, key }: Schemas["KeyedQuestion"]): QuestionDraft {
  const draft = { ...emptyQuestion(task.kind), prompt, points };
  const options = "options" in task ? task.options : draft.options;
  switch (key.kind) {
    case "single":
      return { ...draft, options, right: [key.right] };
    case "multiple":
      return { ...draft, options, right: key.right, partial: key.partial ?? false };
    case "numeric":
      return { ...draft, value: key.value, tolerance: key.tolerance ?? 0 };
    case "short_text":
      return { ...draft, accepted: key.accepted.join("\n"), caseSensitive: key.case_sensitive ?? false };
  }
}

/** The question as it is sent, once {@link faultsOf} finds nothing. */
export function questionOf(draft: QuestionDraft): Schemas["NewQuestion"] {
  const { kind, prompt, options } = draft;
  const shared = { prompt, points: draft.points ?? 0 };
  switch (kind) {
    case "single":
      return { ...shared, task: { kind, options: [...options] }, key: { kind, right: draft.right[0] ?? 0 } };
    case "multiple":
      return { ...shared, task: { kind, options: [...options] }, key: { kind, right: [...draft.right], partial: draft.partial } };
    case "numeric":
      return { ...shared, task: { kind }, key: { kind, value: draft.value ?? 0, tolerance: draft.tolerance ?? 0 } };
    case "short_text":
      return { ...shared, task: { kind }, key: { kind, accepted: acceptedOf(draft), case_sensitive: draft.caseSensitive } };
  }
}

/** What must be filled in before a question can be sent, under the names that the school's own refusals have. */
export function faultsOf(draft: QuestionDraft, index: number): FieldError[] {
  const words = messages.tutor.quizzes.faults;
  const faults: FieldError[] = [];
  const fault = (field: string, message: string) => faults.push({ in: "body", field: `/questions/${index}/${field}`, message });
  if (draft.prompt.trim() === "") fault("prompt", messages.forms.required);
  if (draft.points === null) fault("points", messages.forms.required);
  if (draft.kind === "single" || draft.kind === "multiple") {
    draft.options.forEach((option, place) => {
      if (option.trim() === "") fault(`task/options/${place}`, messages.forms.required);
      else if (draft.options.indexOf(option) < place) fault(`task/options/${place}`, words.same);
    });
    if (draft.right.length === 0) fault("key/right", draft.kind === "single" ? words.rightOne : words.rightSome);
  }
  if (draft.kind === "numeric" && draft.value === null) fault("key/value", messages.forms.required);
  if (draft.kind === "short_text" && acceptedOf(draft).length === 0) fault("key/accepted", words.accepted);
  return faults;
}

function acceptedOf(draft: QuestionDraft): string[] {
  return draft.accepted.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** The draft with another kind; of several right options one stays where only one may. */
export function withKind(draft: QuestionDraft, kind: Kind): QuestionDraft {
  return { ...draft, kind, right: kind === "single" ? draft.right.slice(0, 1) : draft.right };
}

/** The draft with an option marked as right, or not. */
export function withRight(draft: QuestionDraft, place: number, on: boolean): QuestionDraft {
  if (draft.kind === "single") return { ...draft, right: on ? [place] : [] };
  const others = draft.right.filter((each) => each !== place);
  return { ...draft, right: (on ? [...others, place] : others).toSorted((a, b) => a - b) };
}

/** The draft without an option; what is right stays so. */
export function withoutOption(draft: QuestionDraft, place: number): QuestionDraft {
  const right = draft.right.filter((each) => each !== place).map((each) => (each > place ? each - 1 : each));
  return { ...draft, options: draft.options.toSpliced(place, 1), right };
}
