"use client";

import type { ReplayState } from "@lectern/client";
import type { ReactNode, Ref } from "react";
import { Icon } from "../icons";
import { messages } from "../messages";

const words = messages.replay;

/** A picture's place: alone, the large or the small one of two, or nowhere. */
type Place = "alone" | "large" | "small" | "nowhere";

function placesOf(state: ReplayState | undefined): { camera: Place; screen: Place } {
  const { camera, screen } = state?.shown ?? { camera: false, screen: false };
  if (camera && screen) return { camera: "small", screen: "large" };
  return { camera: camera ? "alone" : "nowhere", screen: screen ? "alone" : "nowhere" };
}

const BESIDE: Record<Place, string> = { alone: "size-full", large: "w-full aspect-video sm:w-3/4 sm:aspect-auto sm:h-full", small: "w-full aspect-video sm:w-1/4 sm:aspect-auto sm:h-full", nowhere: "hidden" };
const CORNER: Record<Place, string> = { ...BESIDE, large: "size-full", small: "absolute bottom-3 right-3 z-1 aspect-video w-[28%] max-w-72 rounded-xl border-2 border-white/25" };

/** The pictures. Their elements stay what and where they are, so that nothing begins anew when the arrangement changes. */
export function ReplayStage({ camera, screen, sound, state, fills, stands, notice, onPress }: {
  camera: Ref<HTMLVideoElement>;
  screen: Ref<HTMLVideoElement>;
  sound: Ref<HTMLAudioElement>;
  state: ReplayState | undefined;
  /** Whether the pictures take all the room that there is. */
  fills: boolean;
  /** Whether it has ended for a reason that does not pass: nothing is on its way. */
  stands: boolean;
  /** What lies over the pictures, if anything. */
  notice: ReactNode;
  onPress: () => void;
}): ReactNode {
  const places = placesOf(state);
  const isCorner = state?.layout === "corner";
  const looks = isCorner ? CORNER : BESIDE;
  const two = places.screen === "large" && !isCorner;
  const shape = fills ? "min-h-0 flex-1" : two ? "sm:aspect-[64/27]" : "aspect-video";
  const waits = !stands && (state === undefined || state.motion === "loading" || state.motion === "buffering");
  const poster = state?.isFresh === true ? state.poster : undefined;
  const nothing = notice === undefined && state !== undefined && state.motion !== "loading" && !state.shown.camera && !state.shown.screen;
  return (
    // A second way to what the button does; with keys there is the button.
    <div onClick={onPress} className={`relative flex w-full items-center justify-center overflow-hidden rounded-(--radius-card) bg-stage ${two ? "max-sm:flex-col" : ""} ${shape}`}>
      <video ref={screen} muted playsInline tabIndex={-1} aria-label={messages.sources.screen} className={`min-h-0 bg-stage object-contain ${looks[places.screen]}`} />
      <video ref={camera} muted playsInline tabIndex={-1} aria-label={messages.sources.tutor} className={`min-h-0 bg-stage object-contain ${looks[places.camera]}`} />
      <audio ref={sound} />
      {nothing ? (
        <p className="flex flex-col items-center gap-2 p-6 text-center text-on-stage-muted">
          <Icon name="headphones" className="size-10" />
          {words.soundOnly}
        </p>
      ) : null}
      {/* A picture that cannot be had is as if there were none: the first frame is behind it. */}
      {poster === undefined ? null : (
        <svg key={poster} aria-hidden="true" className="absolute inset-0 size-full bg-stage">
          <image href={poster} width="100%" height="100%" onError={({ currentTarget }) => currentTarget.ownerSVGElement?.setAttribute("visibility", "hidden")} />
        </svg>
      )}
      {state === undefined || state.caption === "" ? null : (
        <p lang={state.language} dir="auto" className="pointer-events-none absolute inset-x-3 bottom-3 z-2 mx-auto w-fit max-w-[90%] rounded-lg bg-black/80 px-3 py-1 text-center leading-snug whitespace-pre-line wrap-anywhere text-white sm:text-lg">
          {state.caption}
        </p>
      )}
      {waits ? (
        <p className="absolute inset-0 grid place-items-center">
          <span className="breathe size-14 rounded-full border-4 border-on-stage/70" />
          <span className="sr-only">{state === undefined ? words.opening : words.loading}</span>
        </p>
      ) : null}
      {!nothing && (state?.motion === "paused" || state?.motion === "ended") ? (
        <span aria-hidden="true" className="pointer-events-none absolute grid size-16 place-items-center rounded-full bg-stage/70 text-on-stage">
          <Icon name="play" className="size-8" />
        </span>
      ) : null}
      {/* What is pressed in it is not the picture. */}
      {notice === undefined ? null : <div onClick={(event) => event.stopPropagation()} className="absolute inset-x-3 top-3 z-3 mx-auto max-h-[calc(100%-1.5rem)] max-w-2xl overflow-auto rounded-2xl bg-surface shadow-lift">{notice}</div>}
    </div>
  );
}
