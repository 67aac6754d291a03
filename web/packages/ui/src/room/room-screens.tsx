"use client";

import type { LecternError } from "@lectern/client";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../button";
import { type IconName, Icon, Mark } from "../icons";
import { messages } from "../messages";
import { forgetTicket } from "../ticket";
import { useRoom } from "./room-context";

const ICONS: Readonly<Record<string, IconName>> = { room_ended: "check", removed: "leave", banned: "shield", room_locked: "lock", room_full: "people", replaced: "screen" };
/** After these there is nothing left of the class for this page. Any other last word ends chat and polls alone. */
type Over = keyof Omit<typeof messages.over, "here" | "restart" | "endedByTutor" | "endedForGood">;

/** Pictures wait so long for the room to say whether one may come in; a room that does not answer keeps nobody from the class. */
const DOOR_MS = 1_500;

/** Whether the server's last word ends pictures and sound as well. */
function endsClass(cause: LecternError): boolean {
  return cause.code in ICONS;
}

/**
 * Lets in whom the room lets in, and everybody while the room does not answer. `children` are told whether pictures may
 * begin; they are gone while somebody waits, and after the room's last word. `home` is the way to where the class belongs, for
 * who did not come by a link; `stream` another way to see the class, for whom there is no room.
 */
export function Door({ tutor = false, home, stream, onLeave, children }: { tutor?: boolean; home?: ReactNode; stream?: ReactNode; onLeave: () => void; children: (open: boolean) => ReactNode }): ReactNode {
  const { link, state, again } = useRoom();
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), DOOR_MS);
    return () => clearTimeout(timer);
  }, []);
  if (link.name === "waiting") return <WaitingScreen onLeave={onLeave} />;
  // A refusal that may pass counts as well, for whom was never inside: the page says so until an attempt succeeds.
  if ((link.name === "over" || (link.name === "reconnecting" && state === undefined)) && endsClass(link.cause)) return <OverScreen cause={link.cause} tutor={tutor} home={home} stream={link.cause.code === "room_full" ? stream : undefined} onAgain={again} />;
  return children(link.name !== "connecting" || !patient);
}

/** The page after the server's last word. */
function OverScreen({ cause, tutor, home, stream, onAgain }: { cause: LecternError; tutor: boolean; home: ReactNode; stream: ReactNode; onAgain: () => void }): ReactNode {
  const words = messages.over[cause.code as Over];
  const again = cause.code === "replaced" ? messages.over.here : cause.code === "room_locked" || cause.code === "room_full" ? messages.tryAgain : tutor && home === undefined && cause.code === "room_ended" ? messages.over.restart : undefined;
  return (
    <Screen icon={ICONS[cause.code] ?? "info"} title={words.title} text={tutor && cause.code === "room_ended" ? (home === undefined ? messages.over.endedByTutor : messages.over.endedForGood) : words.text}>
      {again === undefined ? null : <Button variant="primary" className="mt-3" onPress={onAgain}>{again}</Button>}
      {stream}
      {home ?? (cause.code === "removed" || cause.code === "banned" ? <Button className="mt-3" onPress={forgetTicket}>{messages.ticket.another}</Button> : null)}
    </Screen>
  );
}

/** The page of somebody whom the tutor has yet to let in. */
function WaitingScreen({ onLeave }: { onLeave: () => void }): ReactNode {
  const words = messages.waitingRoom;
  return (
    <Screen icon="clock" title={words.title} text={words.text} moving>
      <Button className="mt-3" onPress={onLeave}>{messages.classroom.leave}</Button>
    </Screen>
  );
}

function Screen({ icon, title, text, moving = false, children }: { icon: IconName; title: string; text: string; moving?: boolean; children?: ReactNode }): ReactNode {
  return (
    <main className="grid min-h-dvh place-items-center px-5 py-10">
      <div className="appear flex max-w-md flex-col items-center gap-3 text-center" role="status">
        <Mark className="mb-4 size-10" />
        <span className="relative mb-1 grid size-20 place-items-center rounded-full bg-sunken">
          {moving ? <span className="breathe absolute inset-0 rounded-full bg-accent-soft" /> : null}
          <Icon name={icon} className="relative size-8 text-accent" />
        </span>
        <h1 className="text-2xl font-semibold">{title}</h1>
        <p className="text-muted">{text}</p>
        {children}
      </div>
    </main>
  );
}
