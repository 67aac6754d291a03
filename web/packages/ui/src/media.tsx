"use client";

import { type ReactNode, useEffect, useRef } from "react";

/** A moving picture of one track. Decoration for a screen reader unless it has a label. */
export function Picture({ track, label, fit = "contain", mirrored = false, className = "" }: {
  track: MediaStreamTrack | undefined;
  label: string;
  fit?: "contain" | "cover";
  mirrored?: boolean;
  className?: string;
}): ReactNode {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = track === undefined ? null : new MediaStream([track]);
    // Muted pictures may always play; an element that is taken away meanwhile rejects.
    if (track !== undefined) element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      muted
      playsInline
      autoPlay
      disablePictureInPicture
      aria-label={label}
      className={`size-full ${fit === "cover" ? "object-cover" : "object-contain"} ${mirrored ? "-scale-x-100" : ""} ${className}`}
    />
  );
}

/** The sound of one track. `onBlocked` is called when the browser wants a touch first; `unlock` changes after the touch. */
export function Sound({ track, volume, muted, unlock, onBlocked }: {
  track: MediaStreamTrack;
  volume: number;
  muted: boolean;
  unlock: number;
  onBlocked: () => void;
}): ReactNode {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    audio.current?.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked();
    });
  }, [track, unlock, onBlocked]);
  useEffect(() => {
    if (audio.current === null) return;
    audio.current.volume = volume;
    audio.current.muted = muted;
  }, [volume, muted]);
  return <audio ref={audio} />;
}
