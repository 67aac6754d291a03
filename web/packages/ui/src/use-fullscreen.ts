"use client";

import { type RefObject, useCallback, useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}

/** Whether the page fills the screen, and how to change that; no way where the browser cannot (an iPhone). */
export function useFullscreen(element: RefObject<HTMLElement | null>): [boolean, (() => void) | undefined] {
  const on = useSyncExternalStore(subscribe, () => document.fullscreenElement !== null, () => false);
  const toggle = useCallback(() => {
    const change = document.fullscreenElement === null ? element.current?.requestFullscreen() : document.exitFullscreen();
    // Refused without a touch; then nothing happens, as the person sees.
    change?.catch(() => undefined);
  }, [element]);
  return [on, typeof document !== "undefined" && document.fullscreenEnabled ? toggle : undefined];
}
