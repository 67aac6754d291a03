"use client";

import type { Schemas } from "@lectern/client";
import { school, useSchoolEvent } from "@lectern/ui";
import { useCallback, useEffect, useRef, useState } from "react";
import { movedCourse } from "./moved-course";

/** Events that come together are read once. */
const TOGETHER_MS = 60;
/** Somebody who watches moves every five seconds; their tenths are read so often at most. */
const WATCHING_MS = 3_000;
/** After a failure. */
const AGAIN_MS = 5_000;

type Portfolio = Schemas["Portfolio"];

/** The portfolio as it is now: read again whenever something that is in it happens. */
export function usePortfolio(first: Portfolio): { now: Portfolio; moved: string | undefined; stale: boolean } {
  const [state, setState] = useState<{ now: Portfolio; moved: string | undefined; stale: boolean }>({ now: first, moved: undefined, stale: false });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const due = useRef(Infinity);
  const read = useRef<() => Promise<void>>(undefined);

  /** Reads in `ms` at the latest. */
  const soon = useCallback((ms: number) => {
    const at = performance.now() + ms;
    if (at >= due.current) return;
    due.current = at;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      due.current = Infinity;
      void read.current?.();
    }, ms);
  }, []);
  useEffect(() => {
    read.current = async () => {
      try {
        const now = await school.get("/v1/me/portfolio");
        setState((before) => ({ now, moved: movedCourse(before.now, now) ?? before.moved, stale: false }));
      } catch {
        setState((before) => ({ ...before, stale: true }));
        soon(AGAIN_MS);
      }
    };
    return () => clearTimeout(timer.current);
  }, [soon]);

  useSchoolEvent(["enrolment.started", "enrolment.ended", "lesson.completed", "quiz.scored", "course.changed", "begin", "resync"], () => soon(TOGETHER_MS));
  useSchoolEvent(["progress.moved"], () => soon(WATCHING_MS));
  return state;
}
