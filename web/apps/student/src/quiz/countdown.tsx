"use client";

import { Announcer, clock, messages } from "@lectern/ui";
import { type ReactNode, useEffect, useState } from "react";

const words = messages.student.quiz;
/** When a screen reader is told, seconds before the end. */
const TELL_S = [300, 60, 10];

/**
 * Counts down to `dueAt` by the server's clock: `now` was its time when the answer came, at `heardAtMs` of this page's own
 * steady clock, so that a computer with a wrong time, or one that changes it, is shown the right rest.
 */
export function Countdown({ dueAt, now, heardAtMs, onOver }: { dueAt: string; now: string; heardAtMs: number; onOver: () => void }): ReactNode {
  const endMs = heardAtMs + Date.parse(dueAt) - Date.parse(now);
  const [leftS, setLeftS] = useState(() => Math.ceil((Date.parse(dueAt) - Date.parse(now)) / 1000));
  useEffect(() => {
    const tick = () => {
      const left = Math.ceil((endMs - performance.now()) / 1000);
      setLeftS(left);
      if (left <= 0) {
        clearInterval(timer);
        onOver();
      }
    };
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [endMs, onOver]);
  const told = TELL_S.findLast((mark) => leftS <= mark);
  return (
    <>
      <span role="timer" aria-live="off" aria-label={words.left} className={`font-semibold tabular-nums ${leftS <= 60 ? "text-bad" : ""}`}>{clock(leftS)}</span>
      <Announcer text={told === undefined || leftS <= 0 ? "" : words.timeLeft(clock(told))} />
    </>
  );
}
