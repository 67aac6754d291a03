"use client";

import { type LinkState, ownPlace, publish, type Publication } from "@lectern/client";
import { useEffect, useRef, useState } from "react";
import type { Ticket } from "../ticket";
import { type Capture, useCapture } from "../use-capture";
import { useRoom } from "./room-context";

/** A student's way onto the stage and off it. */
export interface StageVisit {
  /** Called, and not there yet. */
  readonly invited: boolean;
  /** The place on stage, while there. */
  readonly place: number | undefined;
  readonly capture: Capture;
  /** How the own picture gets through. */
  readonly link: LinkState | undefined;
  readonly mutedByTutor: boolean;
}

/** Opens the devices when the person is called, publishes while they are on stage, and lets go of all at once after it. */
export function useStage(ticket: Ticket): StageVisit {
  const { state } = useRoom();
  const place = state === undefined ? undefined : ownPlace(state)?.place;
  const invited = state?.invited === true && place === undefined;
  const capture = useCapture(invited || place !== undefined);
  const [link, setLink] = useState<LinkState>();
  const publication = useRef<Publication>(undefined);
  const tracks = useRef<Pick<Capture, "camera" | "microphone">>(capture);

  useEffect(() => {
    tracks.current = { camera: capture.camera, microphone: capture.microphone };
    publication.current?.replaceTrack("video", capture.camera).catch(() => undefined);
    publication.current?.replaceTrack("audio", capture.microphone).catch(() => undefined);
  }, [capture.camera, capture.microphone]);

  useEffect(() => {
    if (place === undefined) return;
    const abort = new AbortController();
    const { camera: video, microphone: audio } = tracks.current;
    const current = publish({ room: ticket.room, token: ticket.token, source: `stage/${place}`, audio, video, signal: abort.signal });
    publication.current = current;
    setLink(current.state);
    current.on("state", setLink, abort.signal);
    return () => {
      abort.abort();
      publication.current = undefined;
      setLink(undefined);
    };
  }, [place, ticket.room, ticket.token]);

  const mutedByTutor = state !== undefined && state.muted.includes(state.you.person.id);
  return { invited, place, capture, link, mutedByTutor };
}
