"use client";

import type { SettingsChange } from "@lectern/client";
import { type ReactNode, useId } from "react";
import { Button } from "../button";
import { Dialog } from "../dialog";
import { messages } from "../messages";
import { useRoom } from "./room-context";
import { Switch } from "./switch";

const words = messages.settings;
const SLOW_S = [0, 5, 10, 30, 60, 300];

/** Who comes in, and who writes how often. */
export function ClassSettings({ isOpen, onClose, onEnd }: { isOpen: boolean; onClose: () => void; onEnd?: () => void }): ReactNode {
  const { state, ask, link, may } = useRoom();
  const id = useId();
  const settings = state?.settings;
  const change = (part: SettingsChange) => void ask({ type: "settings_change", ...part });
  const isDisabled = settings === undefined || link.name !== "live";
  return (
    <Dialog title={words.title} isOpen={isOpen} onClose={onClose}>
      <div className="flex flex-col">
        <Switch label={words.locked} hint={words.lockedHint} on={settings?.locked === true} isDisabled={isDisabled} onChange={(locked) => change({ locked })} />
        <Switch label={words.waitingRoom} hint={words.waitingRoomHint} on={settings?.waiting_room === true} isDisabled={isDisabled} onChange={(on) => change({ waiting_room: on })} />
        <Switch label={words.chatLocked} hint={words.chatLockedHint} on={settings?.chat_locked === true} isDisabled={isDisabled} onChange={(on) => change({ chat_locked: on })} />
        <div className="flex min-h-12 items-center gap-4 py-1.5">
          <label htmlFor={id} className="flex min-w-0 flex-1 flex-col leading-tight">
            <span>{words.slowMode}</span>
            <span className="text-sm text-muted">{words.slowModeHint}</span>
          </label>
          <select id={id} value={settings?.slow_mode_s ?? 0} disabled={isDisabled} onChange={(event) => change({ slow_mode_s: Number(event.target.value) })} className="min-h-11 rounded-xl border border-edge bg-surface px-3 text-base">
            {[...new Set([...SLOW_S, settings?.slow_mode_s ?? 0])].sort((a, b) => a - b).map((seconds) => (
              <option key={seconds} value={seconds}>{seconds === 0 ? words.off : messages.polls.seconds(seconds)}</option>
            ))}
          </select>
        </div>
        {onEnd !== undefined && may("end") ? <Button icon="stop" className="mt-4 text-bad" isDisabled={isDisabled} onPress={onEnd}>{messages.studio.endForAll}</Button> : null}
      </div>
    </Dialog>
  );
}
