"use client";

import { Button, type Choice, Choices, Dialog, IconButton, messages, StayButton, SwitchButton, VolumeSlider } from "@lectern/ui";
import type { ReactNode } from "react";
import type { PictureQuality } from "./use-classroom";

/** A dialog of the classroom. */
export type Panel = "settings" | "statistics" | "shortcuts";

const words = messages.classroom;

/** The bar below the stage. */
export function Controls(props: {
  muted: boolean;
  volume: number;
  audioOnly: boolean;
  fullscreen: boolean;
  canSwap: boolean;
  onMute: () => void;
  onVolume: (volume: number) => void;
  onAudioOnly: (on: boolean) => void;
  onFullscreen: (() => void) | undefined;
  onSwap: () => void;
  onPanel: (panel: Panel) => void;
  onLeave: () => void;
}): ReactNode {
  const { muted, volume, audioOnly, fullscreen, canSwap, onMute, onVolume, onAudioOnly, onFullscreen, onSwap, onPanel, onLeave } = props;
  return (
    <nav aria-label={words.controls} className="flex items-center gap-1.5 sm:gap-2">
      <SwitchButton on={!muted} icon="volume" offIcon="volumeOff" tone="alarm" label={muted ? words.unmute : words.mute} keys="m" onPress={onMute} />
      <div className="hidden px-2 md:block">
        <VolumeSlider label={words.volume} value={muted ? 0 : volume} onChange={onVolume} />
      </div>
      <StayButton on={audioOnly} icon="headphones" label={words.audioOnly} keys="a" onChange={onAudioOnly} />
      <IconButton icon="sliders" label={words.quality} onPress={() => onPanel("settings")} />
      <span className="flex-1" />
      {canSwap ? <IconButton icon="swap" label={words.swap} keys="x" onPress={onSwap} /> : null}
      <IconButton icon="chart" label={words.statistics} keys="s" onPress={() => onPanel("statistics")} />
      <IconButton icon="keyboard" label={words.shortcuts} keys="?" onPress={() => onPanel("shortcuts")} className="max-md:hidden" />
      {onFullscreen === undefined ? null : (
        <IconButton icon={fullscreen ? "shrink" : "expand"} label={fullscreen ? words.exitFullscreen : words.fullscreen} keys="f" onPress={onFullscreen} />
      )}
      <IconButton icon="leave" label={words.leave} onPress={onLeave} className="bg-transparent text-bad sm:hidden" />
      <Button variant="plain" icon="leave" onPress={onLeave} className="max-sm:hidden">
        {words.leave}
      </Button>
    </nav>
  );
}

const QUALITIES: readonly (Choice & { id: PictureQuality })[] = [
  { id: "auto", label: messages.quality.auto, hint: messages.quality.autoHint },
  { id: "high", label: messages.quality.high, hint: messages.quality.highHint },
  { id: "medium", label: messages.quality.medium, hint: messages.quality.mediumHint },
  { id: "low", label: messages.quality.low, hint: messages.quality.lowHint },
];

/** How good the picture should be at best. */
export function PictureSettings({ isOpen, onClose, picture, onPicture, audioOnly, onAudioOnly }: {
  isOpen: boolean;
  onClose: () => void;
  picture: PictureQuality;
  onPicture: (picture: PictureQuality) => void;
  audioOnly: boolean;
  onAudioOnly: (on: boolean) => void;
}): ReactNode {
  return (
    <Dialog title={words.quality} isOpen={isOpen} onClose={onClose}>
      <Choices
        label={words.quality}
        choices={[...QUALITIES, { id: "audio", label: words.audioOnly, hint: words.audioOnlyText }]}
        value={audioOnly ? "audio" : picture}
        onChange={(id) => {
          onAudioOnly(id === "audio");
          const chosen = QUALITIES.find((quality) => quality.id === id);
          if (chosen !== undefined) onPicture(chosen.id);
        }}
      />
    </Dialog>
  );
}
