"use client";

import {
  Announcer, Audience, Button, Confirm, ConnectionBadge, Dialog, Elapsed, forgetTicket, IconButton, LiveBadge, Mark, messages, Notice, problemText, type Shortcut, ShortcutsDialog,
  StatisticsTable, SwitchButton, type Ticket, useShortcuts,
} from "@lectern/ui";
import { type ReactNode, useMemo, useState } from "react";
import { DevicePanel } from "./device-panel";
import { Preview } from "./preview";
import { type Broadcast, useBroadcast } from "./use-broadcast";
import { type Capture, useCapture } from "./use-devices";

const words = messages.studio;

type Panel = "statistics" | "shortcuts" | "end" | "devices";

/** The page from which a tutor teaches. */
export function Studio({ ticket }: { ticket: Ticket }): ReactNode {
  const capture = useCapture();
  const broadcast = useBroadcast(ticket, capture);
  const [panel, setPanel] = useState<Panel>();
  const onAir = broadcast.link !== undefined;
  const live = broadcast.link?.name === "live";
  const close = () => setPanel(undefined);

  const shortcuts = useMemo<Shortcut[]>(() => [
    { key: "m", label: messages.shortcuts.microphone, run: () => capture.setMuted(!capture.muted) },
    { key: "v", label: messages.shortcuts.camera, run: () => capture.setCameraOn(!capture.cameraOn) },
    { key: "p", label: messages.shortcuts.screen, run: () => {
      if (live) (broadcast.screen === undefined ? broadcast.share : broadcast.stopShare)();
    } },
    { key: "s", label: messages.shortcuts.statistics, run: () => setPanel("statistics") },
    { key: "?", label: messages.shortcuts.help, run: () => setPanel("shortcuts") },
  ], [capture, broadcast, live]);
  useShortcuts(shortcuts);

  return (
    <main className="flex min-h-dvh flex-col gap-3 p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:p-4 lg:h-dvh">
      <Header ticket={ticket} broadcast={broadcast} />
      <div className="flex min-h-0 flex-1 flex-col gap-3 lg:flex-row lg:gap-4">
        <div className="relative flex min-h-0 flex-1 flex-col">
          <Preview capture={capture} screen={broadcast.screen} />
          <Problems capture={capture} broadcast={broadcast} />
        </div>
        <DevicePanel capture={capture} checklist={!onAir} className={onAir || capture.state !== "open" ? "hidden lg:flex" : "flex"} />
      </div>
      <Controls capture={capture} broadcast={broadcast} onPanel={setPanel} />

      <Confirm title={words.endTitle} text={words.endText} confirm={words.endConfirm} cancel={words.endCancel} isOpen={panel === "end"} onClose={close}
        onConfirm={() => {
          close();
          broadcast.end();
        }} />
      <Dialog title={messages.statistics.title} wide isOpen={panel === "statistics"} onClose={close}>
        <p className="pb-4 text-muted">{messages.statistics.intro}</p>
        <StatisticsTable stats={broadcast.stats} nameOf={(_mid, kind) => (kind === "audio" ? messages.statistics.microphone : messages.statistics.camera)} />
      </Dialog>
      <Dialog title={words.devices} isOpen={panel === "devices"} onClose={close}>
        <DevicePanel capture={capture} bare />
        <Button icon="chart" onPress={() => setPanel("statistics")} className="mt-5 w-full">
          {words.statistics}
        </Button>
      </Dialog>
      <ShortcutsDialog shortcuts={shortcuts} isOpen={panel === "shortcuts"} onClose={close} />
      <Announcer text={announcement(broadcast)} />
    </main>
  );
}

function Header({ ticket, broadcast }: { ticket: Ticket; broadcast: Broadcast }): ReactNode {
  const { link, sinceMs, quality, viewerCount } = broadcast;
  return (
    <header className="flex min-h-9 items-center gap-3 px-1">
      <Mark />
      <h1 className="min-w-0 flex-1 truncate font-semibold">{words.of(ticket.room)}</h1>
      {link === undefined ? null : (
        <>
          <Audience count={viewerCount} />
          <ConnectionBadge quality={link.name === "connecting" ? "connecting" : quality} />
          {sinceMs === undefined ? null : <Elapsed sinceMs={sinceMs} label={words.elapsed} />}
        </>
      )}
      <LiveBadge on={link?.name === "live"} label={link === undefined ? words.offAir : link.name === "live" ? words.live : link.name === "reconnecting" ? words.reconnecting : words.goingLive} />
    </header>
  );
}

/** What went wrong or may go wrong, in plain words, above the picture. */
function Problems({ capture, broadcast }: { capture: Capture; broadcast: Broadcast }): ReactNode {
  const notices: ReactNode[] = [];
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
        {status === 401 || status === 403 ? <Button className="mt-2" onPress={forgetTicket}>{messages.ticket.another}</Button> : null}
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
  return <div className="pointer-events-none absolute inset-x-3 top-3 z-10 mx-auto flex max-w-xl flex-col gap-2 [&>*]:pointer-events-auto">{notices}</div>;
}

function Controls({ capture, broadcast, onPanel }: { capture: Capture; broadcast: Broadcast; onPanel: (panel: Panel) => void }): ReactNode {
  const ready = capture.state === "open";
  const live = broadcast.link?.name === "live";
  const sharing = broadcast.screen !== undefined;
  return (
    <nav aria-label={words.controls} className="sticky bottom-0 flex flex-wrap items-center gap-1.5 bg-ground pt-1 sm:gap-2 lg:static">
      <SwitchButton on={!capture.muted} icon="mic" offIcon="micOff" tone="alarm" isDisabled={!ready} label={capture.muted ? words.unmute : words.mute} keys="m"
        onPress={() => capture.setMuted(!capture.muted)} />
      <SwitchButton on={capture.cameraOn} icon="camera" offIcon="cameraOff" tone="alarm" isDisabled={!ready} label={capture.cameraOn ? words.cameraOff : words.cameraOn} keys="v"
        onPress={() => capture.setCameraOn(!capture.cameraOn)} />
      <SwitchButton on={sharing} icon="screenOff" offIcon="screen" tone="accent" isDisabled={!live} label={sharing ? words.stopShare : words.share} keys="p"
        onPress={sharing ? broadcast.stopShare : broadcast.share} />
      {broadcast.link === undefined ? null : <IconButton icon="sliders" label={words.devices} onPress={() => onPanel("devices")} className="lg:hidden" />}
      <span className="flex-1" />
      <IconButton icon="chart" label={words.statistics} keys="s" onPress={() => onPanel("statistics")} className={live ? "" : "max-sm:hidden"} />
      <IconButton icon="keyboard" label={words.shortcuts} keys="?" onPress={() => onPanel("shortcuts")} className="max-md:hidden" />
      {broadcast.link === undefined ? (
        <Button variant="live" icon="broadcast" isDisabled={!ready} onPress={broadcast.goLive} className="min-h-12 px-6 text-base">
          {words.goLive}
        </Button>
      ) : (
        <Button icon="stop" onPress={() => onPanel("end")} className="min-h-12 px-6 text-base">
          {words.end}
        </Button>
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
