"use client";

import { LinkButton, LocalTime, messages, ReplayPlayer, school, Section, useOpenRecording } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { Shown } from "../school/shown";
import { useLoaded } from "../school/use-loaded";

/** The recording that plays; `closed` is the address of the page without it. */
export function PlayingRecording({ recording, closed }: { recording: string; closed: string }): ReactNode {
  const loaded = useLoaded(useCallback((signal: AbortSignal) => school.get("/v1/recordings/{id}", { path: { id: recording }, signal }), [recording]));
  const open = useOpenRecording(recording);
  return (
    <Shown loaded={loaded}>
      {({ title, started_at }) => (
        <Section title={title} id="playing">
          <div className="-mt-3 flex items-center justify-between gap-3">
            <p className="text-muted"><LocalTime at={started_at} /></p>
            <LinkButton href={closed} variant="quiet" icon="close">{messages.close}</LinkButton>
          </div>
          <ReplayPlayer recording={recording} title={title} open={open} />
        </Section>
      )}
    </Shown>
  );
}
