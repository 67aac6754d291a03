"use client";

import { PersonMenu, StageTile, useRoom } from "@lectern/ui";
import type { ReactNode } from "react";
import type { StageView } from "./use-stage-view";

/** The students on stage, below the tutor's own picture. */
export function StageStrip({ view }: { view: StageView }): ReactNode {
  const { state } = useRoom();
  if (state === undefined || state.stage.length === 0) return null;
  return (
    <div className="flex h-24 shrink-0 gap-2 overflow-x-auto sm:h-32 [&>.tile]:aspect-video [&>.tile]:h-full [&>.tile]:shrink-0">
      {state.stage.map(({ place, person }) => {
        const source = `stage/${place}`;
        const slot = view.slots.find((each) => each.source === source && each.kind === "video");
        return (
          <StageTile key={place} slot={source} person={person} track={slot?.track} muted={state.muted.includes(person.id)} speaks={view.speaker === source}>
            <PersonMenu person={person} onStage dark />
          </StageTile>
        );
      })}
    </div>
  );
}
