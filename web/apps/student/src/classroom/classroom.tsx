"use client";

import type { LinkState, Slot } from "@lectern/client";
import {
  Announcer, Audience, Button, ClassSettings, ConnectionBadge, Dialog, Door, FloatingReactions, forgetTicket, LinkButton, LiveBadge, Mark, messages, Notice, PollPopup, problemText, RoomAnnouncer, RoomNotices,
  RoomPanel, RoomProvider, type Shortcut, ShortcutsDialog, Sound, StageInvitation, StatisticsTable, type Ticket, useFullscreen, useHand, usePanel, useRoom, useShortcuts, useStage, whoIs,
} from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Controls, type Panel, PictureSettings } from "./controls";
import { Stage, StageCard } from "./stage";
import { StageStatus } from "./stage-status";
import { type ClassroomState, type PictureQuality, useClassroom } from "./use-classroom";

const words = messages.classroom;

/** Where a class can be watched from its beginning, and by whom there is no room for. */
export interface ReplayWay {
  readonly href: string;
  readonly label: string;
}

/** The page on which a student follows a class. */
export function Classroom({ ticket, replay }: { ticket: Ticket; replay?: ReplayWay | undefined }): ReactNode {
  const [joined, setJoined] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const home = ticket.home === undefined ? undefined : <LinkButton href={ticket.home.href}>{ticket.home.label}</LinkButton>;
  if (!joined) {
    return (
      <main className="flex h-dvh flex-col p-3">
        <div className="relative flex-1">
          <StageCard icon="leave" title={words.leftTitle} text={words.leftText}
            action={<div className="mt-3 flex flex-wrap justify-center gap-2"><Button variant="primary" onPress={() => setJoined(true)}>{words.rejoin}</Button>{home}</div>} />
        </div>
      </main>
    );
  }
  return (
    <RoomProvider ticket={ticket}>
      <Door home={home} stream={<StreamWay replay={replay} />} onLeave={() => setJoined(false)}>
        {(open) => <Joined key={attempt} ticket={ticket} replay={replay} open={open} onRetry={() => setAttempt((n) => n + 1)} onLeave={() => setJoined(false)} />}
      </Door>
    </RoomProvider>
  );
}

/** For whom there is no room: the same, some seconds later. */
function StreamWay({ replay }: { replay: ReplayWay | undefined }): ReactNode {
  return replay === undefined ? null : <LinkButton href={replay.href} icon="play" className="mt-3">{words.stream}</LinkButton>;
}

function Joined({ ticket, replay, open, onLeave, onRetry }: { ticket: Ticket; replay: ReplayWay | undefined; open: boolean; onLeave: () => void; onRetry: () => void }): ReactNode {
  const room = useRoom();
  const panel = usePanel(undefined);
  const visit = useStage(ticket);
  const hand = useHand();
  const [picture, setPicture] = useState<PictureQuality>("auto");
  const [audioOnly, setAudioOnly] = useState(false);
  const [muted, setMuted] = useState(false);
  const [volume, setVolume] = useState(1);
  const [swapped, setSwapped] = useState(false);
  const [dialog, setDialog] = useState<Panel>();
  const [blocked, setBlocked] = useState(false);
  const [unlock, setUnlock] = useState(0);
  const page = useRef<HTMLElement>(null);
  const [fullscreen, toggleFullscreen] = useFullscreen(page);
  const state = useClassroom(ticket, open, { picture, audioOnly, ownPlace: visit.place });
  const view = viewOf(state, audioOnly);
  const { toggle: togglePanel } = panel;

  const onBlocked = useCallback(() => setBlocked(true), []);
  const shortcuts = useMemo<Shortcut[]>(() => {
    const list: Shortcut[] = [
      { key: "m", label: messages.shortcuts.mute, run: () => setMuted((on) => !on) },
      { key: "a", label: messages.shortcuts.audioOnly, run: () => setAudioOnly((on) => !on) },
      { key: "c", label: messages.shortcuts.chat, run: () => togglePanel("chat") },
      { key: "h", label: messages.shortcuts.hand, run: hand.toggle },
      { key: "x", label: messages.shortcuts.swap, run: () => setSwapped((on) => !on) },
      { key: "s", label: messages.shortcuts.statistics, run: () => setDialog("statistics") },
      { key: "?", label: messages.shortcuts.help, run: () => setDialog("shortcuts") },
    ];
    if (toggleFullscreen !== undefined) list.splice(1, 0, { key: "f", label: messages.shortcuts.fullscreen, run: toggleFullscreen });
    return list;
  }, [toggleFullscreen, togglePanel, hand.toggle]);
  useShortcuts(shortcuts);

  return (
    <main ref={page} className="flex h-dvh flex-col gap-2 bg-ground p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:gap-3 sm:p-3">
      <header className="flex min-h-9 items-center gap-3 px-1">
        <Mark />
        <h1 className="min-w-0 flex-1 truncate font-semibold">{ticket.title ?? words.title(ticket.room)}</h1>
        {replay === undefined ? null : (
          <LinkButton href={replay.href} variant="quiet" icon="play" className="min-h-9 px-3 text-sm"><span className="max-sm:sr-only">{replay.label}</span></LinkButton>
        )}
        <Audience present={room.link.name === "live" ? room.state?.present : undefined} viewers={state.viewerCount} />
        <ConnectionBadge quality={state.quality} />
        {view.live ? <LiveBadge label={words.live} /> : null}
      </header>

      <div className="flex min-h-0 flex-1 flex-col gap-2 sm:gap-3 lg:flex-row">
        <Stage shown={view.shown} speaker={state.speaker} swapped={swapped} stage={room.state?.stage ?? []} muted={room.state?.muted ?? []}
          own={visit.place === undefined ? undefined : { place: visit.place, track: visit.capture.camera }}>
          <Overlay view={view} link={state.link} replay={replay} onAnother={ticket.renew} onRetry={onRetry} onPictures={() => setAudioOnly(false)} />
          <FloatingReactions />
          <div className="pointer-events-none absolute inset-x-3 top-3 z-20 mx-auto flex max-w-xl flex-col gap-2 [&>*]:pointer-events-auto">
            <WeakNotice state={state} view={view} onAudioOnly={() => setAudioOnly(true)} audioOnly={audioOnly} />
            <RoomNotices panel={panel} />
            <StageStatus visit={visit} />
          </div>
          <div className="pointer-events-none absolute inset-x-3 bottom-3 top-3 z-10 flex flex-col items-center justify-end gap-2 sm:items-end">
            <PollPopup panel={panel} />
            {blocked && view.live ? (
              <div className="pointer-events-auto self-center">
                <Button variant="primary" icon="volume" className="min-h-13 px-7 text-base shadow-lift" onPress={() => {
                  setBlocked(false);
                  setUnlock((n) => n + 1);
                }}>
                  {words.tapToHear}
                </Button>
              </div>
            ) : null}
          </div>
        </Stage>
        <RoomPanel panel={panel} />
      </div>

      <Controls
        muted={muted} volume={volume} audioOnly={audioOnly} fullscreen={fullscreen} canSwap={view.canSwap} panel={panel} visit={visit}
        onMute={() => setMuted((on) => !on)} onVolume={(next) => {
          setVolume(next);
          setMuted(next === 0);
        }}
        onAudioOnly={setAudioOnly} onFullscreen={toggleFullscreen} onSwap={() => setSwapped((on) => !on)} onPanel={setDialog} onLeave={onLeave}
      />

      {state.slots.filter((slot) => slot.kind === "audio").map((slot) => (
        <Sound key={slot.name} track={slot.track} volume={volume} muted={muted} unlock={unlock} onBlocked={onBlocked} />
      ))}

      <StageInvitation visit={visit} />
      <Dialog title={messages.statistics.title} wide isOpen={dialog === "statistics"} onClose={() => setDialog(undefined)}>
        <p className="pb-4 text-muted">{messages.statistics.intro}</p>
        <StatisticsTable stats={state.stats} nameOf={(mid) => slotName(state.slots.find((slot) => slot.mid === mid))} />
      </Dialog>
      <PictureSettings isOpen={dialog === "settings"} onClose={() => setDialog(undefined)} picture={picture} onPicture={setPicture} audioOnly={audioOnly} onAudioOnly={setAudioOnly} />
      <ClassSettings isOpen={dialog === "class"} onClose={() => setDialog(undefined)} />
      <ShortcutsDialog shortcuts={shortcuts} isOpen={dialog === "shortcuts"} onClose={() => setDialog(undefined)} />
      <Announcer text={blocked && view.live ? words.tapToHearText : view.announcement} />
      <RoomAnnouncer />
    </main>
  );
}

/** What is in the middle of the page. */
type ViewName = "connecting" | "reconnecting" | "full" | "failed" | "waiting" | "listening" | "cameraOff" | "pictures";

interface View {
  readonly name: ViewName;
  readonly live: boolean;
  readonly shown: readonly Slot[];
  readonly canSwap: boolean;
  readonly announcement: string;
}

function viewOf(state: ClassroomState, audioOnly: boolean): View {
  const { link, slots, silent } = state;
  const active = link.name === "live" ? slots.filter((slot) => slot.active) : [];
  const live = active.length > 0;
  const shown = audioOnly ? [] : active.filter((slot) => slot.kind === "video" && !silent.has(slot.name));
  const has = (name: string) => shown.some((slot) => slot.name === name);
  const name = viewName(link, live, audioOnly, has("camera") || has("screen"));
  const announcement = {
    connecting: words.connectingTitle, reconnecting: words.reconnectingTitle, full: words.fullTitle, failed: words.failedTitle, waiting: words.waitingTitle,
    listening: words.audioOnlyTitle, cameraOff: words.cameraOffTitle, pictures: words.live,
  }[name];
  return { name, live, shown, canSwap: has("camera") && has("screen"), announcement };
}

function viewName(link: LinkState, live: boolean, audioOnly: boolean, pictures: boolean): ViewName {
  switch (link.name) {
    case "connecting":
    case "closed":
      return "connecting";
    case "reconnecting":
      return link.cause.status === 503 ? "full" : "reconnecting";
    case "failed":
      return "failed";
    case "live":
      if (!live) return "waiting";
      if (audioOnly) return "listening";
      return pictures ? "pictures" : "cameraOff";
  }
}

function Overlay({ view, link, replay, onAnother, onRetry, onPictures }: { view: View; link: LinkState; replay: ReplayWay | undefined; onAnother: (() => void) | undefined; onRetry: () => void; onPictures: () => void }): ReactNode {
  switch (view.name) {
    case "pictures":
      return null;
    case "connecting":
      return <StageCard icon="broadcast" moving title={words.connectingTitle} text={words.connectingText} />;
    case "reconnecting":
      return <StageCard icon="broadcast" moving title={words.reconnectingTitle} text={words.reconnectingText} />;
    case "full":
      return <FullCard link={link} replay={replay} />;
    case "waiting":
      return <StageCard icon="person" moving title={words.waitingTitle} text={words.waitingText} />;
    case "listening":
      return (
        <StageCard icon="headphones" title={words.audioOnlyTitle} text={words.audioOnlyText}
          action={<Button className="mt-3" onPress={onPictures}>{words.pictures}</Button>} />
      );
    case "cameraOff":
      return <StageCard icon="cameraOff" title={words.cameraOffTitle} text={words.cameraOffText} />;
    case "failed": {
      const cause = link.name === "failed" ? link.cause : undefined;
      const problem = problemText(cause?.code ?? "unknown", cause?.status);
      const hopeless = cause?.status === 401 || cause?.status === 403;
      return (
        <StageCard icon="alert" title={problem.title} text={problem.text}
          action={
            <>
              {hopeless && onAnother === undefined
                ? <Button className="mt-3" onPress={forgetTicket}>{messages.ticket.another}</Button>
                : <Button variant="primary" className="mt-3" onPress={hopeless ? onAnother : onRetry}>{messages.tryAgain}</Button>}
              <p className="text-sm text-on-stage-muted">{messages.problems.code(cause?.code ?? "unknown")}</p>
            </>
          } />
      );
    }
  }
}

function FullCard({ link, replay }: { link: LinkState; replay: ReplayWay | undefined }): ReactNode {
  const [left, setLeft] = useState(0);
  const waitMs = link.name === "reconnecting" ? link.retryInMs : 0;
  useEffect(() => {
    const until = Date.now() + waitMs;
    const tick = () => setLeft((until - Date.now()) / 1000);
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [waitMs]);
  return <StageCard icon="people" moving title={words.fullTitle} text={words.fullText(left)} action={<StreamWay replay={replay} />} />;
}

/** One clear sentence when the connection suffers, and the way out. */
function WeakNotice({ state, view, audioOnly, onAudioOnly }: { state: ClassroomState; view: View; audioOnly: boolean; onAudioOnly: () => void }): ReactNode {
  if (!view.live || state.quality === "good" || state.quality === "connecting") return null;
  if (state.quality === "lost") return <Notice tone="warn">{words.noMedia}</Notice>;
  const lowered = view.shown.some((slot) => slot.receiving !== undefined && slot.layers.length > 1 && slot.receiving.spatial < (slot.layers.at(-1)?.spatial ?? 0));
  return (
    <Notice tone="warn" action={audioOnly ? undefined : <Button variant="quiet" className="-my-1 shrink-0 px-3 font-semibold" onPress={onAudioOnly}>{words.weakAction}</Button>}>
      {lowered ? words.weakLowered : words.weak}
    </Notice>
  );
}

function slotName(slot: Slot | undefined): string {
  if (slot === undefined) return messages.statistics.nothing;
  if (slot.name === "tutor") return messages.statistics.tutorVoice;
  const voice = /^voice\/(\d+)$/.exec(slot.name)?.[1];
  if (voice !== undefined) return messages.statistics.voice(Number(voice) + 1);
  return slot.name === "camera" ? messages.statistics.camera : whoIs(slot.name);
}
