"use client";

import {
  Button, type Choice, Choices, Dialog, HandButton, IconButton, type MenuEntry, messages, MoreMenu, PanelButtons, type PanelState, ReactButton, type StageVisit, StayButton, SwitchButton, useRoom,
  VolumeSlider,
} from "@lectern/ui";
import type { ReactNode } from "react";
import type { PictureQuality } from "./use-classroom";

/** A dialog of the classroom. */
export type Panel = "settings" | "class" | "statistics" | "shortcuts";

const words = messages.classroom;

/** The bar below the stage. */
export function Controls(props: {
  muted: boolean;
  volume: number;
  audioOnly: boolean;
  fullscreen: boolean;
  canSwap: boolean;
  panel: PanelState;
  visit: StageVisit;
  onMute: () => void;
  onVolume: (volume: number) => void;
  onAudioOnly: (on: boolean) => void;
  onFullscreen: (() => void) | undefined;
  onSwap: () => void;
  onPanel: (panel: Panel) => void;
  onLeave: () => void;
}): ReactNode {
  const { muted, volume, audioOnly, fullscreen, canSwap, panel, visit, onMute, onVolume, onAudioOnly, onFullscreen, onSwap, onPanel, onLeave } = props;
  const onStage = visit.place !== undefined;
  const screen: MenuEntry | undefined = onFullscreen === undefined ? undefined : { id: "screen", icon: fullscreen ? "shrink" : "expand", label: fullscreen ? words.exitFullscreen : words.fullscreen, run: onFullscreen };
  const swap: MenuEntry | undefined = canSwap ? { id: "swap", icon: "swap", label: words.swap, run: onSwap } : undefined;
  const { ask, may } = useRoom();
  // A student may have been made a helper.
  const settings: MenuEntry | undefined = may("settings_change") ? { id: "class", icon: "shield", label: messages.settings.title, run: () => onPanel("class") } : undefined;
  const more: (MenuEntry | undefined)[] = [
    onStage ? { id: "stage", icon: "down", label: messages.onStage.leave, run: () => void ask({ type: "stage_leave" }) } : undefined,
    { id: "audio", icon: "headphones", label: audioOnly ? words.pictures : words.audioOnly, run: () => onAudioOnly(!audioOnly) },
    { id: "quality", icon: "sliders", label: words.quality, run: () => onPanel("settings") },
    swap, screen, settings,
    { id: "statistics", icon: "chart", label: words.statistics, run: () => onPanel("statistics") },
  ];
  return (
    <nav aria-label={words.controls} className="flex items-center gap-1.5 sm:gap-2">
      <SwitchButton on={!muted} icon="volume" offIcon="volumeOff" tone="alarm" label={muted ? words.unmute : words.mute} keys="m" onPress={onMute} />
      <div className="hidden px-2 xl:block">
        <VolumeSlider label={words.volume} value={muted ? 0 : volume} onChange={onVolume} />
      </div>
      <div className="hidden gap-2 lg:flex">
        <StayButton on={audioOnly} icon="headphones" label={words.audioOnly} keys="a" onChange={onAudioOnly} />
        <IconButton icon="sliders" label={words.quality} onPress={() => onPanel("settings")} />
      </div>
      <span className="flex-1 max-lg:hidden" />
      {onStage ? <StageControls visit={visit} /> : null}
      {onStage ? null : <HandButton />}
      <ReactButton />
      <PanelButtons panel={panel} />
      <span className="flex-1" />
      <div className="hidden gap-2 lg:flex">
        {settings === undefined ? null : <IconButton icon="shield" label={settings.label} onPress={settings.run} />}
        {canSwap ? <IconButton icon="swap" label={words.swap} keys="x" onPress={onSwap} /> : null}
        <IconButton icon="chart" label={words.statistics} keys="s" onPress={() => onPanel("statistics")} />
        <IconButton icon="keyboard" label={words.shortcuts} keys="?" onPress={() => onPanel("shortcuts")} className="max-xl:hidden" />
        {screen === undefined ? null : <IconButton icon={screen.icon} label={screen.label} keys="f" onPress={screen.run} />}
      </div>
      <MoreMenu label={words.more} entries={more.filter((entry) => entry !== undefined)} className="lg:hidden" />
      <IconButton icon="leave" label={words.leave} onPress={onLeave} className="bg-transparent text-bad lg:hidden" />
      <Button variant="plain" icon="leave" onPress={onLeave} className="max-lg:hidden">
        {words.leave}
      </Button>
    </nav>
  );
}

/** Microphone, camera and the way down, for somebody who is on stage. */
function StageControls({ visit }: { visit: StageVisit }): ReactNode {
  const { ask } = useRoom();
  const { capture } = visit;
  const ready = capture.state === "open";
  return (
    <>
      <SwitchButton on={!capture.muted} icon="mic" offIcon="micOff" tone="alarm" isDisabled={!ready} label={capture.muted ? messages.studio.unmute : messages.studio.mute} onPress={() => capture.setMuted(!capture.muted)} />
      <SwitchButton on={capture.cameraOn} icon="camera" offIcon="cameraOff" tone="alarm" isDisabled={!ready} label={capture.cameraOn ? messages.studio.cameraOff : messages.studio.cameraOn}
        onPress={() => capture.setCameraOn(!capture.cameraOn)} />
      <Button variant="primary" onPress={() => void ask({ type: "stage_leave" })} className="max-lg:hidden">{messages.onStage.leave}</Button>
    </>
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
