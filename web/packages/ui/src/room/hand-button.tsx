"use client";

import { type ReactNode, useCallback } from "react";
import { SwitchButton } from "../button";
import { messages } from "../messages";
import { useRoom } from "./room-context";

/** Raises and lowers one's hand. */
export function useHand(): { readonly up: boolean; readonly possible: boolean; readonly toggle: () => void } {
  const { state, ask, may, link } = useRoom();
  const up = state?.hand === true;
  const possible = link.name === "live" && may("hand_raise");
  const toggle = useCallback(() => {
    if (possible) void ask(up ? { type: "hand_lower" } : { type: "hand_raise" });
  }, [possible, up, ask]);
  return { up, possible, toggle };
}

/** The button for it. */
export function HandButton(): ReactNode {
  const { may } = useRoom();
  const { up, possible, toggle } = useHand();
  if (!may("hand_raise")) return null;
  return <SwitchButton on={up} icon="hand" offIcon="hand" tone="accent" isDisabled={!possible} label={up ? messages.hands.lower : messages.hands.raise} keys="h" onPress={toggle} />;
}
