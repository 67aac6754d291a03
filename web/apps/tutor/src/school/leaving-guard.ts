"use client";

import { useEffect } from "react";

/** Asks before the page is closed or left by its address, while something would be lost. */
export function useLeavingGuard(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [on]);
}
