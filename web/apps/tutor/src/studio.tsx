"use client";

import {
  Announcer, Audience, Button, type Capture, ClassSettings, Confirm, ConnectionBadge, DevicePanel, Dialog, Door, Elapsed, FloatingReactions, forgetTicket, Icon, IconButton, LiveBadge, Mark, type MenuEntry,
  messages, MoreMenu, Notice, PanelButtons, type PanelState, problemText, ReactButton, RoomAnnouncer, RoomNotices, RoomPanel, RoomProvider, type Shortcut, ShortcutsDialog, Sound, StatisticsTable,
  SwitchButton, type Ticket, useCapture, usePanel, useRoom, useShortcuts,
} from "@lectern/ui";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { Preview } from "./preview";
import { StageStrip } from "./stage-strip";
import { type Broadcast, useBroadcast } from "./use-broadcast";
import { type StageView, useStageView } from "./use-stage-view";

const words = messages.studio;

type Window = "statistics" | "shortcuts" | "end" | "devices" | "settings" | "takeOver";

/** What differs between a class that one came to by a link and one of the school. */
export interface ClassWays {
  /** What the class is called. */
  readonly title: string;
  /** The way out of it. */
  readonly leave: { readonly label: string; readonly run: () => void };
  /** The page on which its students are. */
  readonly page: string;
  /** Told when this page has ended the class for everybody. */
  readonly onEnded?: () => void;
}

/** The page from which a tutor teaches. */
export function Studio({ ticket, ways }: { ticket: Ticket; ways?: ClassWays }): ReactNode {
  const known: ClassWays = ways ?? { title: words.of(ticket.room), page: `/?room=${ticket.room}`, leave: { label: messages.ticket.another, run: forgetTicket } };
  return (
    <RoomProvider ticket={ticket}>
      <Door tutor home={ways === undefined ? undefined : <Button className="mt-3" onPress={ways.leave.run}>{ways.leave.label}</Button>} onLeave={known.leave.run}>{() => <Desk ticket={ticket} ways={known} />}</Door>
    </RoomProvider>
  );
}

function Desk({ ticket, ways }: { ticket: Ticket; ways: ClassWays }): ReactNode {
  const room = useRoom();
  const panel = usePanel(undefined);
  const capture = useCapture();
  const broadcast = useBroadcast(ticket, capture);
  const onAir = broadcast.link !== undefined;
  const live = broadcast.link?.name === "live";
  const onStage = (room.state?.stage.length ?? 0) > 0;
  const view = useStageView(ticket, onAir || onStage);
  const [open, setOpen] = useState<Window>();
  const [blocked, setBlocked] = useState(false);
  const [unlock, setUnlock] = useState(0);
  const close = () => setOpen(undefined);
  const { toggle: togglePanel } = panel;
  const onBlocked = useCallback(() => setBlocked(true), []);

  const shortcuts = useMemo<Shortcut[]>(() => [
    { key: "m", label: messages.shortcuts.microphone, run: () => capture.setMuted(!capture.muted) },
    { key: "v", label: messages.shortcuts.camera, run: () => capture.setCameraOn(!capture.cameraOn) },
    { key: "p", label: messages.shortcuts.screen, run: () => {
      if (live) (broadcast.screen === undefined ? broadcast.share : broadcast.stopShare)();
    } },
    { key: "c", label: messages.shortcuts.chat, run: () => togglePanel("chat") },
    { key: "s", label: messages.shortcuts.statistics, run: () => setOpen("statistics") },
    { key: "?", label: messages.shortcuts.help, run: () => setOpen("shortcuts") },
  ], [capture, broadcast, live, togglePanel]);
  useShortcuts(shortcuts);

  return (
    <main className="flex min-h-dvh flex-col gap-3 p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] max-lg:data-[panel=open]:h-dvh sm:p-4 lg:h-dvh" data-panel={panel.tab === undefined ? "closed" : "open"}>
      <Header title={ways.title} broadcast={broadcast} view={view} />
      <div className="flex min-h-0 flex-1 flex-col gap-3 lg:flex-row lg:gap-4">
        <div className={`relative flex min-h-0 flex-col gap-3 lg:flex-1 ${panel.tab === undefined ? "" : "max-lg:max-h-[45%] max-lg:shrink-0"}`}>
          <Preview capture={capture} screen={broadcast.screen} />
          <StageStrip view={view} />
          <FloatingReactions />
          <Problems ways={ways} capture={capture} broadcast={broadcast} panel={panel} />
          {blocked && onStage ? (
            <div className="absolute inset-x-0 bottom-3 z-10 flex justify-center">
              <Button variant="primary" icon="volume" onPress={() => {
                setBlocked(false);
                setUnlock((n) => n + 1);
              }}>
                {messages.classroom.tapToHear}
              </Button>
            </div>
          ) : null}
        </div>
        {panel.tab === undefined ? <DevicePanel capture={capture} checklist={!onAir} className={onAir || capture.state !== "open" ? "hidden lg:flex" : "flex"} /> : null}
        <RoomPanel panel={panel} className="max-lg:h-auto max-lg:flex-1 max-lg:shrink" />
      </div>
      <Controls capture={capture} broadcast={broadcast} panel={panel} onOpen={setOpen} />

      {view.slots.filter((slot) => slot.kind === "audio").map((slot) => (
        <Sound key={slot.name} track={slot.track} volume={1} muted={false} unlock={unlock} onBlocked={onBlocked} />
      ))}
      <EndDialog broadcast={broadcast} onEnded={ways.onEnded} isOpen={open === "end"} onClose={close} />
      <Confirm title={words.takeOverTitle} text={words.takeOverText} confirm={words.takeOver} cancel={words.takeOverCancel} isOpen={open === "takeOver"} onClose={close} onConfirm={() => {
        close();
        broadcast.goLive();
      }} />
      <ClassSettings isOpen={open === "settings"} onClose={close} onEnd={() => setOpen("end")} />
      <Dialog title={messages.statistics.title} wide isOpen={open === "statistics"} onClose={close}>
        <p className="pb-4 text-muted">{messages.statistics.intro}</p>
        <StatisticsTable stats={broadcast.stats} nameOf={(_mid, kind) => (kind === "audio" ? messages.statistics.microphone : messages.statistics.camera)} />
      </Dialog>
      <Dialog title={words.devices} isOpen={open === "devices"} onClose={close}>
        <DevicePanel capture={capture} bare />
      </Dialog>
      <ShortcutsDialog shortcuts={shortcuts} isOpen={open === "shortcuts"} onClose={close} />
      <Announcer text={announcement(broadcast)} />
      <RoomAnnouncer />
    </main>
  );
}

function Header({ title, broadcast, view }: { title: string; broadcast: Broadcast; view: StageView }): ReactNode {
  const room = useRoom();
  const { link, sinceMs, quality } = broadcast;
  return (
    <header className="flex min-h-9 items-center gap-3 px-1">
      <Mark />
      <h1 className="min-w-0 flex-1 truncate font-semibold">{title}</h1>
      {room.state?.settings.locked === true ? <LockMark /> : null}
      <Audience present={room.link.name === "live" ? room.state?.present : undefined} viewers={link === undefined ? undefined : view.viewerCount} />
      {link === undefined ? null : (
        <>
          <ConnectionBadge quality={link.name === "connecting" ? "connecting" : quality} />
          {sinceMs === undefined ? null : <Elapsed sinceMs={sinceMs} label={words.elapsed} />}
        </>
      )}
      <LiveBadge on={link?.name === "live"} label={link === undefined ? words.offAir : link.name === "live" ? words.live : link.name === "reconnecting" ? words.reconnecting : words.goingLive} />
    </header>
  );
}

/** Whether the class has another tutor's picture. */
function useElsewhere(): boolean {
  const { state } = useRoom();
  return state?.media.sources.some(({ source, person }) => source === "camera" && person !== state.you.person.id) === true;
}

function LockMark(): ReactNode {
  return (
    <span className="text-warn" title={messages.settings.isLocked}>
      <Icon name="lock" />
      <span className="sr-only">{messages.settings.isLocked}</span>
    </span>
  );
}

/** Whether the class ends for all, or this page stops sending alone. */
function EndDialog({ broadcast, onEnded, isOpen, onClose }: { broadcast: Broadcast; onEnded: (() => void) | undefined; isOpen: boolean; onClose: () => void }): ReactNode {
  const { may, link, ask } = useRoom();
  const forAll = may("end") && link.name === "live";
  const stop = () => {
    onClose();
    broadcast.end();
  };
  const end = () => {
    onClose();
    void ask({ type: "end" }).then((done) => {
      if (done === undefined) return;
      broadcast.end();
      onEnded?.();
    });
  };
  const onAir = broadcast.link !== undefined;
  return (
    <Confirm title={words.endTitle} text={forAll ? words.endText : words.endTextAlone} cancel={words.endCancel} isOpen={isOpen} onClose={onClose}
      confirm={forAll ? words.endForAll : words.endConfirm} onConfirm={forAll ? end : stop} other={forAll && onAir ? { label: words.endConfirm, onPress: stop } : undefined} />
  );
}

/** What went wrong or may go wrong, in plain words, above the picture. */
function Problems({ ways, capture, broadcast, panel }: { ways: ClassWays; capture: Capture; broadcast: Broadcast; panel: PanelState }): ReactNode {
  const invited = useRoom().state?.invited === true;
  const elsewhere = useElsewhere();
  const notices: ReactNode[] = [];
  if (broadcast.link === undefined && (invited || elsewhere)) {
    // The class's own page has what a second tutor needs: all pictures, the stage, and a moderator's controls.
    const join = () => window.location.assign(ways.page);
    notices.push(<Notice key="elsewhere" tone="info" action={<Button variant="primary" className="shrink-0 px-4" onPress={join}>{words.joinClass}</Button>}>{invited ? words.called : words.elsewhere}</Notice>);
  }
  // Without any track the preview itself says what is wrong.
  if (capture.error !== undefined && capture.state === "open") {
    const { title, text } = problemText(capture.error.code);
    notices.push(<Notice key="capture" tone="bad" title={title}>{text}</Notice>);
  }
  if (broadcast.error !== undefined) {
    const { code, status } = broadcast.error;
    const { title, text } = problemText(code, status);
    notices.push(
      <Notice key="broadcast" tone="bad" title={title} action={<IconButton icon="close" label={messages.close} onPress={broadcast.dismissError} className="-my-1 bg-transparent" />}>
        {text} <span className="block text-sm text-muted">{messages.problems.code(code)}</span>
        {status === 401 || status === 403 ? <Button className="mt-2" onPress={ways.leave.run}>{ways.leave.label}</Button> : null}
      </Notice>,
    );
  }
  if (broadcast.link?.name === "reconnecting") {
    const { code, status } = broadcast.link.cause;
    const { title, text } = problemText(code, status);
    notices.push(<Notice key="link" tone="warn" title={title}>{text}</Notice>);
  } else if (broadcast.link?.name === "live" && broadcast.quality === "poor") {
    notices.push(<Notice key="weak" tone="warn">{words.weak}</Notice>);
  }
  return <div className="pointer-events-none absolute inset-x-3 top-3 z-10 mx-auto flex max-w-xl flex-col gap-2 [&>*]:pointer-events-auto">{notices}<RoomNotices panel={panel} /></div>;
}

function Controls({ capture, broadcast, panel, onOpen }: { capture: Capture; broadcast: Broadcast; panel: PanelState; onOpen: (open: Window) => void }): ReactNode {
  const { may } = useRoom();
  const elsewhere = useElsewhere();
  const ready = capture.state === "open";
  const live = broadcast.link?.name === "live";
  const sharing = broadcast.screen !== undefined;
  const share = sharing ? broadcast.stopShare : broadcast.share;
  const settings: MenuEntry | undefined = may("settings_change") ? { id: "settings", icon: "shield", label: messages.settings.title, run: () => onOpen("settings") } : undefined;
  const more: (MenuEntry | undefined)[] = [
    live ? { id: "share", icon: sharing ? "screenOff" : "screen", label: sharing ? words.stopShare : words.share, run: share } : undefined,
    { id: "devices", icon: "sliders", label: words.devices, run: () => onOpen("devices") },
    settings,
    { id: "statistics", icon: "chart", label: words.statistics, run: () => onOpen("statistics") },
  ];
  return (
    <nav aria-label={words.controls} className="sticky bottom-0 flex items-center gap-1.5 bg-ground pt-1 sm:gap-2 lg:static">
      <SwitchButton on={!capture.muted} icon="mic" offIcon="micOff" tone="alarm" isDisabled={!ready} label={capture.muted ? words.unmute : words.mute} keys="m"
        onPress={() => capture.setMuted(!capture.muted)} />
      <SwitchButton on={capture.cameraOn} icon="camera" offIcon="cameraOff" tone="alarm" isDisabled={!ready} label={capture.cameraOn ? words.cameraOff : words.cameraOn} keys="v"
        onPress={() => capture.setCameraOn(!capture.cameraOn)} />
      <div className="hidden gap-2 lg:flex">
        <SwitchButton on={sharing} icon="screenOff" offIcon="screen" tone="accent" isDisabled={!live} label={sharing ? words.stopShare : words.share} keys="p" onPress={share} />
        <IconButton icon="sliders" label={words.devices} onPress={() => onOpen("devices")} className={panel.tab === undefined ? "lg:hidden" : ""} />
      </div>
      <span className="flex-1 max-lg:hidden" />
      <ReactButton />
      <PanelButtons panel={panel} />
      <MoreMenu label={messages.classroom.more} entries={more.filter((entry) => entry !== undefined)} className="lg:hidden" />
      <span className="flex-1" />
      <div className="hidden gap-2 lg:flex">
        {settings === undefined ? null : <IconButton icon="shield" label={settings.label} onPress={settings.run} />}
        <IconButton icon="chart" label={words.statistics} keys="s" onPress={() => onOpen("statistics")} />
        <IconButton icon="keyboard" label={words.shortcuts} keys="?" onPress={() => onOpen("shortcuts")} className="max-xl:hidden" />
      </div>
      {broadcast.link === undefined ? (
        <Button variant="live" icon="broadcast" isDisabled={!ready} onPress={() => {
          if (elsewhere) onOpen("takeOver");
          else broadcast.goLive();
          if (panel.tab === undefined) panel.show("chat");
        }} className="min-h-12 px-6 text-base max-sm:px-4">
          {words.goLive}
        </Button>
      ) : (
        <>
          <Button variant="live" icon="stop" onPress={() => onOpen("end")} className="size-11 px-0 sm:hidden">
            <span className="sr-only">{words.end}</span>
          </Button>
          <Button icon="stop" onPress={() => onOpen("end")} className="min-h-12 px-6 text-base max-sm:hidden">
            {words.end}
          </Button>
        </>
      )}
    </nav>
  );
}

function announcement(broadcast: Broadcast): string {
  if (broadcast.screen !== undefined) return words.sharing;
  if (broadcast.link?.name === "live") return words.nowLive;
  if (broadcast.link?.name === "reconnecting") return words.reconnecting;
  return "";
}
