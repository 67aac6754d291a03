"use client";

import { type Action, type ActionName, asLecternError, type ClassRoom, joinRoom, type LecternError, may, type OutgoingMessage, type ReplyTo, type RoomLink, type RoomState } from "@lectern/client";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";
import type { Ticket } from "../ticket";

/** The room as a page has it. */
export interface RoomView {
  /** Absent for the first moment. */
  readonly room: ClassRoom | undefined;
  readonly link: RoomLink;
  /** Absent until the person is let in; kept while the connection is away. */
  readonly state: RoomState | undefined;
  readonly outbox: readonly OutgoingMessage[];
  /** Whether the server lets this person ask for it. Buttons depend on this, never on a role. */
  readonly may: (action: ActionName) => boolean;
  /** Whether this person sees hands, private questions and who waits. */
  readonly moderates: boolean;
  /** Asks for something; a refusal is shown to the person and gives `undefined`. */
  readonly ask: <A extends Action>(action: A) => Promise<{ readonly reply: ReplyTo<A["type"]> } | undefined>;
  /** The last refusal, until it is dismissed. */
  readonly problem: LecternError | undefined;
  readonly showProblem: (problem: LecternError | undefined) => void;
  /** Comes in again after the server's last word. */
  readonly again: () => void;
}

type Seen = Pick<RoomView, "room" | "link" | "state" | "outbox">;
const START: Seen = { room: undefined, link: { name: "connecting" }, state: undefined, outbox: [] };
const RoomContext = createContext<RoomView | undefined>(undefined);

/** Joins the room of a ticket for everything below. */
export function RoomProvider({ ticket, children }: { ticket: Ticket; children: ReactNode }): ReactNode {
  const [visit, setVisit] = useState(0);
  const [seen, setSeen] = useState<Seen>(START);
  const [problem, showProblem] = useState<LecternError>();

  useEffect(() => {
    const abort = new AbortController();
    const room = joinRoom({ room: ticket.room, token: ticket.token, signal: abort.signal });
    const look = () => setSeen({ room, link: room.link, state: room.state, outbox: room.outbox });
    for (const name of ["link", "state", "outbox"] as const) room.on(name, look, abort.signal);
    return () => {
      abort.abort();
      setSeen(START);
    };
  }, [ticket.room, ticket.token, visit]);

  const { room, link, state, outbox } = seen;
  const ask = useCallback(async <A extends Action>(action: A) => {
    try {
      if (room === undefined) return undefined;
      const reply = await room.request(action);
      return { reply };
    } catch (thrown) {
      showProblem(asLecternError(thrown));
      return undefined;
    }
  }, [room]);
  const again = useCallback(() => setVisit((n) => n + 1), []);
  const view = useMemo<RoomView>(() => ({
    room, link, state, outbox, ask, problem, showProblem, again, may: (action) => may(state, action), moderates: may(state, "hand_dismiss"),
  }), [room, link, state, outbox, ask, problem, again]);
  return <RoomContext value={view}>{children}</RoomContext>;
}

/** The room around a component. */
export function useRoom(): RoomView {
  const view = use(RoomContext);
  if (view === undefined) throw new Error("useRoom outside of RoomProvider");
  return view;
}

/** The server's clock, every half a second while `on`. */
export function useServerClock(on: boolean): number {
  const { room } = useRoom();
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    if (!on || room === undefined) return;
    const tick = () => setNowMs(room.nowMs());
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [on, room]);
  return nowMs;
}
