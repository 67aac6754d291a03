"use client";

import type { Slot } from "@lectern/client";
import { Icon, type IconName, messages, Picture } from "@lectern/ui";
import type { ReactNode } from "react";

/** The name of a source as people know it. */
export function whoIs(source: string): string {
  const words = messages.people;
  if (source === "camera") return words.tutor;
  if (source === "screen") return words.screen;
  const place = /^stage\/(\d+)$/.exec(source)?.[1];
  return place === undefined ? source : words.stage(Number(place));
}

/** The pictures of the class: `shown` are those that move now. */
export function Stage({ shown, speaker, swapped, children }: {
  shown: readonly Slot[];
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
  const strip = shown.filter((slot) => slot.name.startsWith("stage/"));
  return (
    <section aria-label={messages.classroom.stageLabel} className="stage relative min-h-0 flex-1">
      <div className="stage-grid" data-beside={side === undefined ? "no" : "yes"} data-strip={strip.length > 0 ? "yes" : "no"}>
        {[screen, camera].map((slot) =>
          slot === undefined ? null : <Tile key={slot.name} slot={slot} area={slot === main ? "main" : "side"} speaks={isSpeaking(slot, speaker)} speaker={speaker} />,
        )}
        {main === undefined ? <div className="tile" data-area="main" /> : null}
        {strip.length > 0 ? (
          <div className="strip">
            {strip.map((slot) => (
              <Tile key={slot.name} slot={slot} speaks={isSpeaking(slot, speaker)} />
            ))}
          </div>
        ) : null}
      </div>
      {children}
    </section>
  );
}

function isSpeaking(slot: Slot, speaker: string | undefined): boolean {
  return speaker !== undefined && speaker === slot.source;
}

/** `speaker` is named in the large picture; the small ones have a ring. */
function Tile({ slot, area, speaks, speaker }: { slot: Slot; area?: "main" | "side"; speaks: boolean; speaker?: string }): ReactNode {
  const who = whoIs(slot.source ?? slot.name);
  return (
    <figure className="tile" data-area={area} data-slot={slot.name}>
      <Picture track={slot.track} label={messages.classroom.video(who)} fit={area === "main" || slot.name === "screen" ? "contain" : "cover"} />
      <span className={`pointer-events-none absolute inset-0 rounded-[inherit] border-2 transition-colors duration-200 ${speaks ? "border-[#63cbc6]" : "border-transparent"}`} />
      <figcaption className={area === "main" ? "sr-only" : "absolute bottom-1.5 left-1.5 rounded-md bg-black/65 px-1.5 py-0.5 text-xs font-medium text-white"}>{who}</figcaption>
      {area === "main" && speaker !== undefined ? (
        <p className="absolute bottom-3 left-3 flex items-center gap-1.5 rounded-full bg-black/70 px-3 py-1 text-sm font-medium text-white">
          <Icon name="mic" className="size-4" />
          {messages.people.speaking(whoIs(speaker))}
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
