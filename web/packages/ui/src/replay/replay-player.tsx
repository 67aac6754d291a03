"use client";

import { type LecternError, type Playback, type Replay, Timeline } from "@lectern/client";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../button";
import { clock } from "../clock";
import { explain } from "../form/use-form";
import { messages } from "../messages";
import { ShortcutsDialog } from "../shortcuts";
import { Announcer, Notice } from "../status";
import { useFullscreen } from "../use-fullscreen";
import { actionsOf } from "./replay-actions";
import { ReplayControls } from "./replay-controls";
import { REPLAY_KEYS, useReplayKeys } from "./replay-keys";
import { readMemory } from "./replay-memory";
import { ReplayPanel } from "./replay-panel";
import { ReplayStage } from "./replay-stage";
import { keepSettings, mayOpenLater, useReplay } from "./use-replay";

const words = messages.replay;

/**
 * The player of recorded classes: pictures, sound, chat and polls as they were. `open` gets the right to play it, and another one
 * when that ends; `onReplay` is told what is played, for whoever follows it. Keep both stable.
 */
export function ReplayPlayer({ recording, title, open, onReplay }: {
  recording: string;
  title: string;
  open: () => Promise<Playback>;
  onReplay?: (replay: Replay | undefined) => void;
}): ReactNode {
  const player = useRef<HTMLElement>(null);
  const [camera, setCamera] = useState<HTMLVideoElement | null>(null);
  const [screen, setScreen] = useState<HTMLVideoElement | null>(null);
  const [sound, setSound] = useState<HTMLAudioElement | null>(null);
  const { replay, state, timeline, refused, resumed_s, again } = useReplay(recording, open, { camera, screen, sound });
  const [panel, setPanel] = useState(true);
  const [keysShown, showKeys] = useState(false);
  const [said, say] = useState("");
  const [fullscreen, toggleFullscreen] = useFullscreen(useWholePage());
  useEffect(() => onReplay?.(replay), [replay, onReplay]);
  useEffect(() => {
    // What this browser keeps is not known to the server that made the page.
    const timer = setTimeout(() => setPanel(readMemory().settings.panel));
    return () => clearTimeout(timer);
  }, []);

  const actions = useMemo(() => actionsOf(replay, {
    panel: () => {
      keepSettings({ panel: !panel });
      setPanel(!panel);
    },
    fullscreen: toggleFullscreen,
    keys: () => showKeys(true),
    say,
  }), [replay, panel, toggleFullscreen]);
  useReplayKeys(player, replay, actions);
  // A video that nobody spoke at has no place for it.
  const hasTalk = state?.isLive === true || timeline === Timeline.EMPTY || timeline.events.length > 0;
  const seek = useMemo(() => (time_s: number) => replay?.seek(time_s), [replay]);
  const error = refused ?? state?.error;
  const goesOn = refused === undefined ? state?.goesOn === true : mayOpenLater(refused);
  const problem = error === undefined ? undefined : goesOn ? words.interrupted : words.failed;
  const advice = error === undefined ? "" : `${whatToDo(error)}${state === undefined ? "" : ` ${words.kept(clock(state.time_s))}`}`;
  const retry = error?.code === "unsupported" ? undefined : <Button onPress={again}>{messages.tryAgain}</Button>;
  const notice = problem === undefined ? undefined : <Notice tone={goesOn ? "warn" : "bad"} title={problem} action={retry}>{advice}</Notice>;
  const resumed = resumed_s === undefined ? "" : words.resumed(clock(resumed_s));
  const toggle = () => {
    if (state?.wanted === true) replay?.pause();
    else replay?.play();
  };
  return (
    <section ref={player} aria-label={words.player(title)} className={`@container ${fullscreen ? "fixed inset-0 z-40 overflow-auto bg-ground p-3" : ""}`}>
      <div className={`flex flex-col gap-4 @4xl:flex-row ${fullscreen ? "min-h-full" : ""}`}>
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <ReplayStage camera={setCamera} screen={setScreen} sound={setSound} state={state} fills={fullscreen} stands={problem !== undefined && !goesOn} notice={notice} onPress={toggle} />
          {replay === undefined || state === undefined ? null : <ReplayControls replay={replay} state={state} timeline={timeline} actions={actions} panel={hasTalk ? panel : undefined} fullscreen={fullscreen} />}
          {state?.isCutShort === true ? <p className="text-muted">{words.cutShort}</p> : null}
        </div>
        {panel && hasTalk && replay !== undefined && state !== undefined ? <ReplayPanel timeline={timeline} count={timeline.countUntil(state.time_s)} onSeek={seek} /> : null}
      </div>
      <ShortcutsDialog shortcuts={REPLAY_KEYS} isOpen={keysShown} onClose={() => showKeys(false)} />
      <Announcer text={problem === undefined ? said || resumed : `${problem}. ${advice}`} />
    </section>
  );
}

function whatToDo(error: LecternError): string {
  return words.errors[error.code] ?? (error.status === 401 ? words.errors["unauthenticated"] : undefined) ?? explain(error);
}

/** The page as a whole fills the screen, for menus and dialogs lie beside the player in it, not inside. */
function useWholePage() {
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    page.current = document.documentElement;
  }, []);
  return page;
}
