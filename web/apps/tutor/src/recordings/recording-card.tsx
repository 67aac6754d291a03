"use client";

import type { Schemas } from "@lectern/client";
import { Button, clock, Confirm, LinkButton, LocalTime, messages, school } from "@lectern/ui";
import { type ReactNode, useState } from "react";
import { act } from "../school/act";
import { Badge } from "../school/badge";
import { CaptionsDialog } from "./captions-dialog";

const words = messages.tutor.recordings;
const TONES = { waiting: "muted", recording: "live", ready: "good", failed: "warn" } as const;

/** One recorded class: how it stands, and what can be done with it; `watch` is the address at which it plays. */
export function RecordingCard({ recording, watch, isPlaying, onRemoved }: { recording: Schemas["Recording"]; watch: string; isPlaying: boolean; onRemoved: () => void }): ReactNode {
  const { id, title, state, reason, started_at, duration_s, is_playable: isPlayable, may_change: mine } = recording;
  const [asking, setAsking] = useState(false);
  const [captioning, setCaptioning] = useState(false);
  const remove = () => {
    setAsking(false);
    void act(() => school.delete("/v1/recordings/{id}", { path: { id } }), words.removed(title)).then(onRemoved);
  };
  return (
    <article aria-current={isPlaying ? "true" : undefined} className="flex flex-col gap-3 rounded-(--radius-card) border border-line bg-surface p-5 aria-[current]:border-accent">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 text-lg font-semibold wrap-anywhere">{title}</h3>
        <Badge tone={TONES[state]}>{words.states[state]}</Badge>
      </div>
      <p className="text-muted"><LocalTime at={started_at} />{duration_s > 0 ? <span className="tabular-nums"> · {clock(duration_s)}</span> : null}</p>
      {reason == null ? null : <p>{state === "ready" ? words.endMissing : words.reasons[reason]}</p>}
      <div className="flex flex-wrap gap-2">
        {isPlayable ? <LinkButton href={watch} icon="play">{words.watch}<span className="sr-only">: {title}</span></LinkButton> : null}
        {mine && isPlayable ? <Button variant="quiet" icon="captions" onPress={() => setCaptioning(true)}>{words.captions.title}<span className="sr-only">: {title}</span></Button> : null}
        {mine ? <Button variant="quiet" icon="bin" onPress={() => setAsking(true)}>{words.remove}<span className="sr-only">: {title}</span></Button> : null}
      </div>
      <CaptionsDialog recording={recording} isOpen={captioning} onClose={() => setCaptioning(false)} />
      <Confirm title={words.removeTitle(title)} text={words.removeText} confirm={words.remove} cancel={messages.cancel} isOpen={asking} onClose={() => setAsking(false)} onConfirm={remove} />
    </article>
  );
}
