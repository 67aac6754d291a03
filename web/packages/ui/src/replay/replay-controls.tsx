"use client";

import { type Layout, LAYOUTS, RATES, type Replay, type ReplayState, type Timeline } from "@lectern/client";
import type { ReactNode } from "react";
import { Button, IconButton } from "../button";
import { clock } from "../clock";
import { VolumeSlider } from "../field";
import { messages } from "../messages";
import { LiveBadge } from "../status";
import { OptionMenu } from "./option-menu";
import { SeekBar } from "./seek-bar";

const words = messages.replay;
const JUMP_S = 10;
/** No captions, among languages. */
const OFF = "off";

/** What a person does with the player beside playing. */
export interface ReplayActions {
  readonly mute: () => void;
  readonly volume: (volume: number) => void;
  readonly rate: (rate: number) => void;
  readonly layout: (layout: Layout) => void;
  /** `undefined`: none. */
  readonly captions: (language: string | undefined) => void;
  /** Captions on, off: those of the last time. */
  readonly toggleCaptions: () => void;
  readonly panel: () => void;
  readonly fullscreen: (() => void) | undefined;
  readonly keys: () => void;
}

/** The player's buttons. They are below the pictures, not above them: nothing hides, and nothing is hidden. */
export function ReplayControls({ replay, state, timeline, actions, panel, fullscreen }: {
  replay: Replay;
  state: ReplayState;
  timeline: Timeline;
  actions: ReplayActions;
  /** Whether the panel is open; `undefined`: there is none. */
  panel: boolean | undefined;
  fullscreen: boolean;
}): ReactNode {
  const { time_s, to_s, wanted, isLive, isAtEdge, muted, volume, rate, layout, has, captions, language } = state;
  const quiet = "bg-transparent";
  return (
    <div role="group" aria-label={words.controls} className="flex flex-col">
      <SeekBar state={state} timeline={timeline} onSeek={(to) => replay.seek(to)} />
      <div className="flex flex-wrap items-center gap-x-1 gap-y-1">
        <IconButton icon={wanted ? "pause" : "play"} label={wanted ? words.pause : words.play} keys="k" onPress={() => (wanted ? replay.pause() : replay.play())} />
        <IconButton icon="back" label={words.back} keys="j" onPress={() => replay.seek(time_s - JUMP_S)} className={quiet} />
        <IconButton icon="forward" label={words.forward} keys="l" onPress={() => replay.seek(time_s + JUMP_S)} className={quiet} />
        <span className="px-2 text-sm tabular-nums text-muted"><span className="text-ink">{clock(time_s)}</span> / {clock(to_s)}</span>
        {!isLive ? null : isAtEdge ? <LiveBadge label={words.live} /> : <Button variant="quiet" icon="broadcast" onPress={() => replay.seekToEdge()}>{words.goLive}</Button>}
        <span className="flex-1" />
        {/* On a phone these are a row of their own, the nearest to the thumb. */}
        <div className="flex items-center gap-x-1 max-sm:w-full max-sm:justify-between">
          <IconButton icon={muted || volume === 0 ? "volumeOff" : "volume"} label={muted ? words.unmute : words.mute} keys="m" onPress={actions.mute} className={quiet} />
          <span className="mr-2 max-sm:hidden"><VolumeSlider label={words.volume} value={muted ? 0 : volume} onChange={actions.volume} /></span>
          <OptionMenu label={words.speed} text={words.rate(rate)} options={RATES.map((each) => ({ id: String(each), label: words.rate(each) }))} value={String(rate)} onChoose={(id) => actions.rate(Number(id))} />
          {has.camera && has.screen ? <OptionMenu label={words.layout} icon="beside" options={LAYOUTS.map((id) => ({ id, label: words.layouts[id] }))} value={layout} onChoose={(id) => actions.layout(id as Layout)} /> : null}
          {timeline.chapters.length < 2 ? null : (
            <OptionMenu label={words.chapters} icon="list" options={timeline.chapters.map(({ from_s, title }, index) => ({ id: String(index), label: title, hint: clock(from_s) }))}
              value={String(timeline.chapters.findLastIndex(({ from_s }) => from_s <= time_s))} onChoose={(id) => replay.seek(timeline.chapters[Number(id)]?.from_s ?? time_s)} />
          )}
          {captions.length === 0 ? null : (
            <OptionMenu label={words.captions} icon="captions" keys="c" on={language !== undefined} options={[{ id: OFF, label: words.noCaptions }, ...captions.map((offer) => ({ id: offer.language, label: offer.label }))]}
              value={language ?? OFF} onChoose={(id) => actions.captions(id === OFF ? undefined : id)} />
          )}
          {panel === undefined ? null : <IconButton icon="chat" label={panel ? words.hidePanel : words.showPanel} keys="t" onPress={actions.panel} className={panel ? "" : quiet} />}
          <IconButton icon="keyboard" label={words.keys} onPress={actions.keys} className={`${quiet} max-sm:hidden`} />
          {actions.fullscreen === undefined ? null : <IconButton icon={fullscreen ? "shrink" : "expand"} label={fullscreen ? words.leaveFullscreen : words.fullscreen} keys="f" onPress={actions.fullscreen} className={quiet} />}
        </div>
      </div>
    </div>
  );
}
