"use client";

import type { Playback } from "@lectern/client";
import { useCallback } from "react";
import { school } from "../school";

/** What gives the player the right to play a recorded class. It is stable. */
export function useOpenRecording(recording: string): () => Promise<Playback> {
  return useCallback(() => school.post("/v1/recordings/{id}/playback", { path: { id: recording }, idempotent: true }), [recording]);
}
