"use client";

import { type Slot, type VideoSlotName, watch } from "@lectern/client";
import type { Ticket } from "@lectern/ui";
import { useEffect, useState } from "react";

/** What the tutor gets of the students on stage. */
export interface StageView {
  readonly slots: readonly Slot[];
  /** Which source speaks. */
  readonly speaker: string | undefined;
  /** How many watch, without this page. */
  readonly viewerCount: number | undefined;
}

const VIDEO: readonly VideoSlotName[] = ["stage/1", "stage/2", "stage/3", "stage/4", "stage/5", "stage/6"];
const START: StageView = { slots: [], speaker: undefined, viewerCount: undefined };

/** Sees and hears who is on stage, while `on`: nothing arrives while nobody is there. */
export function useStageView(ticket: Ticket, on: boolean): StageView {
  const [view, setView] = useState(START);
  useEffect(() => {
    if (!on) return;
    const abort = new AbortController();
    const { signal } = abort;
    const change = (part: Partial<StageView>) => setView((before) => ({ ...before, ...part }));
    const viewing = watch({ room: ticket.room, token: ticket.token, video: VIDEO, signal });
    // The first sound is always the tutor's own voice; nobody wants to hear themselves.
    viewing.on("slots", (slots) => change({ slots: slots.filter(({ name }) => name !== "tutor") }), signal);
    viewing.on("speaker", (speaker) => change({ speaker }), signal);
    viewing.on("viewerCount", (viewerCount) => change({ viewerCount }), signal);
    return () => {
      abort.abort();
      setView(START);
    };
  }, [on, ticket.room, ticket.token]);
  return view;
}
