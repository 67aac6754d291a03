"use client";

import type { Schemas } from "@lectern/client";
import { Button, CheckFields, messages, RadioFields, TextField } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import type { Answer } from "./answer-saver";
import { parseNumber } from "./parse-number";

const words = messages.student.quiz;

/** The field in which a question is answered; what cannot be an answer yet is `null`. */
export function QuestionField({ question, answer, onAnswer }: { question: Schemas["Question"]; answer: Answer | null; onAnswer: (answer: Answer | null) => void }): ReactNode {
  const { task } = question;
  const options = "options" in task ? task.options.map((label, place) => ({ id: String(place), label })) : [];
  switch (task.kind) {
    case "single":
      return (
        <div className="flex flex-col items-start gap-1">
          <RadioFields name={question.id} label={words.chooseOne} choices={options} value={answer?.kind === "single" ? String(answer.option) : null} error={undefined} onChange={(place) => onAnswer({ kind: "single", option: Number(place) })} />
          {answer === null ? null : <Button variant="quiet" className="-ml-4 text-sm font-normal" onPress={() => onAnswer(null)}>{words.clear}</Button>}
        </div>
      );
    case "multiple":
      return (
        <CheckFields name={question.id} label={words.chooseAll} choices={options} value={answer?.kind === "multiple" ? answer.options.map(String) : []} error={undefined}
          onChange={(places) => onAnswer(places.length === 0 ? null : { kind: "multiple", options: places.map(Number).sort((a, b) => a - b) })} />
      );
    case "numeric":
      return <NumberAnswer name={question.id} answer={answer} onAnswer={onAnswer} />;
    case "short_text":
      return (
        <TextField name={question.id} label={words.text} value={answer?.kind === "short_text" ? answer.text : ""} error={undefined} maxLength={200} autoComplete="off" className="max-w-md"
          onChange={(text) => onAnswer(text.trim() === "" ? null : { kind: "short_text", text })} />
      );
  }
}

/** A number as it is typed, which is no number all the time. */
function NumberAnswer({ name, answer, onAnswer }: { name: string; answer: Answer | null; onAnswer: (answer: Answer | null) => void }): ReactNode {
  const [text, setText] = useState(answer?.kind === "numeric" ? String(answer.value) : "");
  const bad = text.trim() !== "" && parseNumber(text) === undefined;
  return (
    <TextField name={name} label={words.number} hint={words.numberHint} value={text} error={bad ? words.numberBad : undefined} inputMode="decimal" autoComplete="off" maxLength={40} className="max-w-xs"
      onChange={(next) => {
        setText(next);
        const value = parseNumber(next);
        onAnswer(value === undefined ? null : { kind: "numeric", value });
      }} />
  );
}
