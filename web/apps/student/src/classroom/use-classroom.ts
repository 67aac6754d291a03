"use client";

import { type ConnectionStats, type LayerChoice, type LinkState, type Quality, type Slot, type VideoSlotName, watch, type Viewing } from "@lectern/client";
import type { Ticket } from "@lectern/ui";
import { useEffect, useRef, useState } from "react";

/** The best picture that a person wants. */
export type PictureQuality = "auto" | "high" | "medium" | "low";

/** What the classroom shows. */
export interface ClassroomState {
  readonly link: LinkState;
  readonly slots: readonly Slot[];
  readonly speaker: string | undefined;
  readonly viewerCount: number | undefined;
  readonly stats: ConnectionStats | undefined;
  readonly quality: Quality | "connecting";
  /** Video slots that are said to be active while nothing comes: the camera was switched off. */
  readonly silent: ReadonlySet<string>;
}

/** What a person asked for. */
export interface Wishes {
  readonly picture: PictureQuality;
  readonly audioOnly: boolean;
  /** One's own place on stage, whose picture need not come back. */
  readonly ownPlace: number | undefined;
}

/** A place on stage costs nothing while nobody is there. */
const VIDEO: readonly VideoSlotName[] = ["camera", "screen", "stage/1", "stage/2", "stage/3", "stage/4", "stage/5", "stage/6"];
/** Seconds without a packet before a picture counts as switched off. */
const SILENT_S = 3;
const START: ClassroomState = {
  link: { name: "connecting" },
  slots: [],
  speaker: undefined,
  viewerCount: undefined,
  stats: undefined,
  quality: "connecting",
  silent: new Set(),
};

/** Watches a class while `joined`. */
export function useClassroom(ticket: Ticket, joined: boolean, wishes: Wishes): ClassroomState {
  const [state, setState] = useState(START);
  const viewing = useRef<Viewing>(undefined);

  useEffect(() => {
    if (!joined) return;
    const abort = new AbortController();
    const change = (part: Partial<ClassroomState>) => setState((before) => ({ ...before, ...part }));
    const current = watch({ room: ticket.room, token: ticket.token, video: VIDEO, signal: abort.signal });
    viewing.current = current;
    const { signal } = abort;
    const silence = new Map<string, number>();
    current.on("state", (link) => change(link.name === "live" ? { link, quality: "good" } : { link, stats: undefined }), signal);
    current.on("slots", (slots) => change({ slots }), signal);
    current.on("speaker", (speaker) => change({ speaker }), signal);
    current.on("viewerCount", (viewerCount) => change({ viewerCount }), signal);
    current.on("quality", (quality) => change({ quality }), signal);
    current.on("stats", (stats) => change({ stats, silent: silentSlots(current.slots, stats, silence) }), signal);
    return () => {
      abort.abort();
      viewing.current = undefined;
      setState(START);
    };
  }, [ticket.room, ticket.token, joined]);

  const { picture, audioOnly, ownPlace } = wishes;
  useEffect(() => {
    for (const name of VIDEO) void viewing.current?.select(name, choiceFor(picture, audioOnly || name === `stage/${ownPlace}`)).catch(() => undefined);
  }, [picture, audioOnly, ownPlace, joined]);

  return state;
}

function choiceFor(picture: PictureQuality, paused: boolean): LayerChoice {
  if (paused) return { paused: true };
  return { auto: {}, high: { maxSpatial: 2 }, medium: { maxSpatial: 1 }, low: { maxSpatial: 0 } }[picture];
}

/** Counts seconds without packets per video slot; `silence` is kept between calls. */
function silentSlots(slots: readonly Slot[], stats: ConnectionStats, silence: Map<string, number>): ReadonlySet<string> {
  const silent = new Set<string>();
  for (const slot of slots) {
    if (slot.kind !== "video") continue;
    const flows = !slot.active || (stats.tracks.find((track) => track.mid === slot.mid)?.packets ?? 0) > 0;
    const seconds = flows ? 0 : (silence.get(slot.mid) ?? 0) + 1;
    silence.set(slot.mid, seconds);
    if (seconds >= SILENT_S) silent.add(slot.name);
  }
  return silent;
}
