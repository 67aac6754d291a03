"use client";

import type { Person } from "@lectern/client";
import type { ReactNode } from "react";
import { Icon } from "../icons";
import { Picture } from "../media";
import { messages } from "../messages";
import { Name, nameOf } from "./person";

/** The name of a source as people know it; `stage` knows who is where. */
export function whoIs(source: string, stage: readonly { readonly place: number; readonly person: Person }[] = []): string {
  const words = messages.sources;
  if (source === "camera") return words.tutor;
  if (source === "screen") return words.screen;
  const place = /^stage\/(\d+)$/.exec(source)?.[1];
  if (place === undefined) return source;
  const there = stage.find((each) => each.place === Number(place));
  return there === undefined ? words.stage(Number(place)) : nameOf(there.person);
}

/** Somebody on stage: the picture, or a mark in its place, the name, and what may be done (`children`). */
export function StageTile({ slot, person, track, self = false, muted = false, speaks = false, children }: {
  /** The source: `stage/1`. */
  slot: string;
  person: Person | undefined;
  track: MediaStreamTrack | null | undefined;
  self?: boolean;
  muted?: boolean;
  speaks?: boolean;
  children?: ReactNode;
}): ReactNode {
  const who = person === undefined ? whoIs(slot) : nameOf(person);
  return (
    <figure className="tile relative overflow-hidden rounded-card bg-stage" data-slot={slot} data-self={self ? "yes" : undefined}>
      {track === null || track === undefined ? (
        <span className="absolute inset-0 grid place-items-center text-on-stage-muted"><Icon name="person" className="size-8" /></span>
      ) : <Picture track={track} label={messages.classroom.video(who)} fit="cover" mirrored={self} />}
      <span className={`pointer-events-none absolute inset-0 rounded-[inherit] border-2 transition-colors duration-200 ${speaks ? "border-[#63cbc6]" : "border-transparent"}`} />
      <figcaption className="absolute inset-x-1.5 bottom-1.5 flex">
        <span className="flex min-w-0 items-center gap-1 rounded-md bg-black/65 px-1.5 py-0.5 text-xs font-medium text-white">
          {muted ? <Icon name="micOff" className="size-3.5" /> : null}
          {person === undefined ? who : <Name person={person} you={self} />}
          {muted ? <span className="sr-only">, {messages.people.muted}</span> : null}
        </span>
      </figcaption>
      {children === undefined ? null : <div className="absolute right-0.5 top-0.5">{children}</div>}
    </figure>
  );
}
