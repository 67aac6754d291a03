"use client";

import type { Slot, StagePlace } from "@lectern/client";
import { Icon, type IconName, messages, PersonMenu, Picture, StageTile, whoIs } from "@lectern/ui";
import type { ReactNode } from "react";

/** The pictures of the class: `shown` are those that move now; `stage` is who is on it, of whom `own` is here. */
export function Stage({ shown, stage, muted, own, speaker, swapped, children }: {
  shown: readonly Slot[];
  stage: readonly StagePlace[];
  muted: readonly string[];
  own: { readonly place: number; readonly track: MediaStreamTrack | null } | undefined;
  speaker: string | undefined;
  swapped: boolean;
  children?: ReactNode;
}): ReactNode {
  const of = (name: string) => shown.find((slot) => slot.name === name);
  const screen = of("screen");
  const camera = of("camera");
  const both = screen !== undefined && camera !== undefined;
  const main = both && swapped ? camera : (screen ?? camera);
  const side = both ? (swapped ? screen : camera) : undefined;
  const who = speaker === undefined ? undefined : whoIs(speaker, stage);
  const strip = stripOf(shown, stage, own);
  return (
    <section aria-label={messages.classroom.stageLabel} className="stage relative min-h-0 flex-1">
      <div className="stage-grid" data-beside={side === undefined ? "no" : "yes"} data-strip={strip.length > 0 ? "yes" : "no"}>
        {[screen, camera].map((slot) =>
          slot === undefined ? null : <Tile key={slot.name} slot={slot} area={slot === main ? "main" : "side"} speaks={speaker === slot.source} speaker={who} />,
        )}
        {main === undefined ? <div className="tile" data-area="main" /> : null}
        {strip.length > 0 ? (
          <div className="strip">
            {strip.map(({ place, person, track }) => {
              const slot = `stage/${place}`;
              return (
                <StageTile key={slot} slot={slot} person={person} track={track} self={place === own?.place} muted={person !== undefined && muted.includes(person.id)} speaks={speaker === slot}>
                  {person === undefined ? null : <PersonMenu person={person} onStage dark />}
                </StageTile>
              );
            })}
          </div>
        ) : null}
      </div>
      {children}
    </section>
  );
}

/** Everybody on stage, whether their picture moves or not; a picture of somebody of whom the room has not told yet, too. */
function stripOf(shown: readonly Slot[], stage: readonly StagePlace[], own: { readonly place: number; readonly track: MediaStreamTrack | null } | undefined) {
  const pictures = new Map(shown.flatMap((slot) => {
    const place = /^stage\/(\d+)$/.exec(slot.name)?.[1];
    return place === undefined ? [] : [[Number(place), slot.track] as const];
  }));
  const places = [...new Set([...stage.map(({ place }) => place), ...pictures.keys()])].sort((a, b) => a - b);
  return places.map((place) => ({
    place,
    person: stage.find((each) => each.place === place)?.person,
    track: place === own?.place ? own.track : pictures.get(place),
  }));
}

/** `speaker` is named in the large picture; the small ones have a ring. */
function Tile({ slot, area, speaks, speaker }: { slot: Slot; area: "main" | "side"; speaks: boolean; speaker: string | undefined }): ReactNode {
  const who = whoIs(slot.source ?? slot.name);
  return (
    <figure className="tile" data-area={area} data-slot={slot.name}>
      <Picture track={slot.track} label={messages.classroom.video(who)} fit={area === "main" || slot.name === "screen" ? "contain" : "cover"} />
      <span className={`pointer-events-none absolute inset-0 rounded-[inherit] border-2 transition-colors duration-200 ${speaks ? "border-[#63cbc6]" : "border-transparent"}`} />
      <figcaption className={area === "main" ? "sr-only" : "absolute bottom-1.5 left-1.5 rounded-md bg-black/65 px-1.5 py-0.5 text-xs font-medium text-white"}>{who}</figcaption>
      {area === "main" && speaker !== undefined ? (
        <p className="absolute bottom-3 left-3 flex max-w-[80%] items-center gap-1.5 rounded-full bg-black/70 px-3 py-1 text-sm font-medium text-white">
          <Icon name="mic" className="size-4" />
          <bdi className="truncate">{messages.sources.speaking(speaker)}</bdi>
        </p>
      ) : null}
    </figure>
  );
}

/** A calm word in the middle of the stage when there is nothing to see, or something is in the way. */
export function StageCard({ icon, title, text, moving = false, action }: { icon: IconName; title: string; text: string; moving?: boolean; action?: ReactNode }): ReactNode {
  return (
    <div className="absolute inset-0 grid place-items-center overflow-auto rounded-[var(--radius-card)] bg-stage p-6 text-center text-on-stage">
      <div className="appear flex max-w-sm flex-col items-center gap-3">
        <span className="relative mb-2 grid size-20 place-items-center">
          <span className={`absolute inset-0 rounded-full bg-white/8 ${moving ? "breathe" : ""}`} />
          <Icon name={icon} className="relative size-8" />
        </span>
        <h2 className="text-xl font-semibold">{title}</h2>
        <p className="text-on-stage-muted">{text}</p>
        {action}
      </div>
    </div>
  );
}
