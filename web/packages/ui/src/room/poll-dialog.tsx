"use client";

import { type PollOpen, type PollResults } from "@lectern/client";
import { type ReactNode, type SyntheticEvent, useId, useState } from "react";
import { Button, IconButton } from "../button";
import { Dialog } from "../dialog";
import { Choices } from "../field";
import { Icon } from "../icons";
import { messages } from "../messages";
import { useRoom } from "./room-context";
import { Switch } from "./switch";

const words = messages.polls;
const QUESTION_MAX = 500;
const OPTION_MAX = 200;
const OPTIONS_MIN = 2;
const OPTIONS_MAX = 10;
const TIMES = [15, 30, 60, 120, 300];
const QUIZ_SECONDS = 30;

/** Where a tutor writes a poll, or a question of the quiz. */
export function PollDialog({ kind, onClose }: { kind: "poll" | "quiz" | undefined; onClose: () => void }): ReactNode {
  return (
    <Dialog title={kind === "quiz" ? words.createQuiz : words.create} isOpen={kind !== undefined} onClose={onClose}>
      {kind === undefined ? null : <PollForm quiz={kind === "quiz"} onDone={onClose} />}
    </Dialog>
  );
}

interface Line {
  readonly key: number;
  readonly text: string;
  readonly correct: boolean;
}

function PollForm({ quiz, onDone }: { quiz: boolean; onDone: () => void }): ReactNode {
  const { ask } = useRoom();
  const [question, setQuestion] = useState("");
  const [lines, setLines] = useState<readonly Line[]>([{ key: 0, text: "", correct: false }, { key: 1, text: "", correct: false }]);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const [results, setResults] = useState<PollResults>("live");
  const [seconds, setSeconds] = useState(quiz ? QUIZ_SECONDS : 0);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const change = (key: number, part: Partial<Line>) => {
    setError(undefined);
    setLines((all) => all.map((line) => (line.key === key ? { ...line, ...part } : line)));
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const filled = lines.map((line) => ({ ...line, text: line.text.trim() })).filter(({ text }) => text !== "");
    const options = filled.map(({ text }) => text);
    const correct = filled.flatMap((line, index) => (line.correct ? [index] : []));
    const missing = question.trim() === "" ? words.invalidQuestion
      : options.length < OPTIONS_MIN || new Set(options).size < options.length ? words.invalidOptions
      : quiz && correct.length === 0 ? words.invalidCorrect : undefined;
    setError(missing);
    if (missing !== undefined) return;
    const poll: PollOpen = { question: question.trim(), options, multiple: quiz ? correct.length > 1 : multiple, anonymous: quiz ? false : anonymous, results: quiz ? "closed" : results };
    setBusy(true);
    const opened = await ask({ type: "poll_open", ...poll, ...(seconds > 0 ? { seconds } : {}), ...(quiz ? { quiz: { correct } } : {}) });
    setBusy(false);
    if (opened !== undefined) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <label className="flex flex-col gap-1.5">
        <span className="text-sm font-medium text-muted">{words.question}</span>
        <textarea autoFocus rows={2} maxLength={QUESTION_MAX} value={question} dir="auto" onChange={(event) => {
          setQuestion(event.target.value);
          setError(undefined);
        }} className="resize-none rounded-xl border border-edge bg-surface px-3.5 py-2.5 text-base" />
      </label>
      <fieldset className="flex flex-col gap-2">
        {quiz ? <legend className="pb-1 text-sm text-muted">{words.correctHint}</legend> : null}
        {lines.map((line, index) => (
          <div key={line.key} className="flex items-center gap-2">
            {quiz ? (
              <label className="grid size-11 shrink-0 cursor-pointer place-items-center rounded-full hover:bg-sunken">
                <input type="checkbox" aria-label={words.correct(index + 1)} checked={line.correct} onChange={(event) => change(line.key, { correct: event.target.checked })} className="size-5 accent-(--good)" />
              </label>
            ) : null}
            <input value={line.text} maxLength={OPTION_MAX} dir="auto" aria-label={words.option(index + 1)} placeholder={words.option(index + 1)} autoComplete="off"
              onChange={(event) => change(line.key, { text: event.target.value })}
              className="min-h-11 min-w-0 flex-1 rounded-xl border border-edge bg-surface px-3.5 text-base placeholder:text-muted" />
            {lines.length > OPTIONS_MIN ? <IconButton icon="close" label={words.removeOption(index + 1)} className="bg-transparent" onPress={() => setLines((all) => all.filter(({ key }) => key !== line.key))} /> : null}
          </div>
        ))}
        {lines.length < OPTIONS_MAX ? (
          <Button variant="quiet" icon="plus" className="self-start px-3" onPress={() => setLines((all) => [...all, { key: Math.max(...all.map(({ key }) => key)) + 1, text: "", correct: false }])}>
            {words.addOption}
          </Button>
        ) : null}
      </fieldset>
      {quiz ? null : (
        <div className="flex flex-col">
          <Switch label={words.multiple} on={multiple} onChange={setMultiple} />
          <Switch label={words.anonymous} hint={words.anonymousHint} on={anonymous} onChange={setAnonymous} />
        </div>
      )}
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-time`} className="text-sm font-medium text-muted">{words.time}</label>
        <select id={`${id}-time`} value={seconds} onChange={(event) => setSeconds(Number(event.target.value))} className="min-h-11 rounded-xl border border-edge bg-surface px-3 text-base">
          {quiz ? null : <option value={0}>{words.untimed}</option>}
          {TIMES.map((time) => (
            <option key={time} value={time}>{words.seconds(time)}</option>
          ))}
        </select>
      </div>
      {quiz ? null : (
        <div className="flex flex-col gap-1">
          <p className="text-sm font-medium text-muted">{words.results}</p>
          <Choices label={words.results} value={results} onChange={(value) => setResults(value as PollResults)}
            choices={[{ id: "live", label: words.resultsLive }, { id: "closed", label: words.resultsClosed }, { id: "moderators", label: words.resultsModerators }]} />
        </div>
      )}
      <div aria-live="polite" className="text-sm text-bad">
        {error === undefined ? null : (
          <p className="flex gap-2">
            <Icon name="alert" className="mt-px size-4.5" />
            {error}
          </p>
        )}
      </div>
      <Button type="submit" variant="primary" isDisabled={busy} className="min-h-12">{words.start}</Button>
    </form>
  );
}
