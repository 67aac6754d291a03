"use client";

import {
  asLecternError, type ConnectionStats, type LecternError, type LinkState, openScreen, publish, type Publication, type Quality, type VideoCodec,
} from "@lectern/client";
import type { Capture, Ticket } from "@lectern/ui";
import { useCallback, useEffect, useRef, useState } from "react";

/** The class as it leaves this page. */
export interface Broadcast {
  /** Undefined while not live. */
  readonly link: LinkState | undefined;
  readonly sinceMs: number | undefined;
  readonly quality: Quality;
  readonly stats: ConnectionStats | undefined;
  /** What is shared, while it is. */
  readonly screen: MediaStreamTrack | undefined;
  /** Why sharing or going live did not work. */
  readonly error: LecternError | undefined;
  readonly goLive: () => void;
  readonly end: () => void;
  readonly share: () => void;
  readonly stopShare: () => void;
  readonly dismissError: () => void;
}

/** Publishes what `capture` captures, and the screen beside it. */
export function useBroadcast(ticket: Ticket, capture: Capture): Broadcast {
  const [on, setOn] = useState(false);
  const [link, setLink] = useState<LinkState>();
  const [sinceMs, setSinceMs] = useState<number>();
  const [quality, setQuality] = useState<Quality>("good");
  const [stats, setStats] = useState<ConnectionStats>();
  const [error, setError] = useState<LecternError>();
  const camera = useRef<Publication>(undefined);
  const tracks = useRef<Pick<Capture, "camera" | "microphone">>(capture);
  const { screen, share, stopShare } = useScreen(ticket, setError);

  useEffect(() => {
    tracks.current = { camera: capture.camera, microphone: capture.microphone };
    camera.current?.replaceTrack("video", capture.camera).catch((thrown: unknown) => setError(asLecternError(thrown)));
    camera.current?.replaceTrack("audio", capture.microphone).catch((thrown: unknown) => setError(asLecternError(thrown)));
  }, [capture.camera, capture.microphone]);

  useEffect(() => {
    if (!on) return;
    const abort = new AbortController();
    const { signal } = abort;
    const { camera: video, microphone: audio } = tracks.current;
    const publication = publish({ room: ticket.room, token: ticket.token, source: "camera", audio, video, codec: wantedCodec(), signal });
    camera.current = publication;
    setLink({ name: "connecting" });
    publication.on("state", (next) => {
      setLink(next);
      if (next.name === "live") setSinceMs((before) => before ?? Date.now());
      if (next.name === "failed") {
        setError(next.cause);
        setOn(false);
      }
    }, signal);
    publication.on("quality", setQuality, signal);
    publication.on("stats", setStats, signal);
    return () => {
      abort.abort();
      camera.current = undefined;
      setLink(undefined);
      setSinceMs(undefined);
      setStats(undefined);
      setQuality("good");
    };
  }, [on, ticket.room, ticket.token]);

  useEffect(() => {
    if (!on) return;
    // A class does not end by a slip of the hand.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [on]);

  const end = useCallback(() => {
    stopShare();
    setOn(false);
  }, [stopShare]);
  const goLive = useCallback(() => {
    setError(undefined);
    setOn(true);
  }, []);
  const dismissError = useCallback(() => setError(undefined), []);
  return { link, sinceMs, quality, stats, screen, error, goLive, end, share, stopShare, dismissError };
}

/** The screen is a session of its own: it starts and stops without a word to anybody about the camera. */
function useScreen(ticket: Ticket, onError: (error: LecternError | undefined) => void): Pick<Broadcast, "screen" | "share" | "stopShare"> {
  const [screen, setScreen] = useState<{ video: MediaStreamTrack; audio: MediaStreamTrack | undefined }>();

  useEffect(() => {
    if (screen === undefined) return;
    const abort = new AbortController();
    const { signal } = abort;
    const publication = publish({ room: ticket.room, token: ticket.token, source: "screen", video: screen.video, audio: screen.audio, codec: wantedCodec(), signal });
    publication.on("state", (state) => {
      if (state.name !== "failed") return;
      onError(state.cause);
      setScreen(undefined);
    }, signal);
    // The browser has a button of its own to stop.
    screen.video.addEventListener("ended", () => setScreen(undefined), { signal });
    return () => {
      abort.abort();
      screen.video.stop();
      screen.audio?.stop();
    };
  }, [screen, ticket.room, ticket.token, onError]);

  const share = useCallback(() => {
    onError(undefined);
    openScreen().then(setScreen, (thrown: unknown) => {
      const error = asLecternError(thrown);
      // Whoever closes the browser's question has changed their mind; that is no error.
      if (error.code !== "capture_denied") onError(error);
    });
  }, [onError]);
  const stopShare = useCallback(() => setScreen(undefined), []);
  return { screen: screen?.video, share, stopShare };
}

/** `?codec=VP9` sends nothing but that: for trying out what a school's devices can do. */
function wantedCodec(): VideoCodec | undefined {
  const codec = new URLSearchParams(window.location.search).get("codec")?.toUpperCase();
  return codec === "H264" || codec === "VP9" || codec === "VP8" || codec === "AV1" ? codec : undefined;
}
