"use client";

import { type ReactNode, useEffect, useState } from "react";
import { Button, IconButton } from "../button";
import { messages, refusalText } from "../messages";
import { Notice } from "../status";
import { focusPanelButton } from "./focus";
import { OpenPoll } from "./poll-card";
import { useRoom } from "./room-context";
import type { PanelState } from "./room-panel";

/** A refusal goes away by itself after this. */
const PROBLEM_MS = 6_000;

/** What the room has to say above the pictures. `panel` shows more. */
export function RoomNotices({ panel }: { panel: PanelState }): ReactNode {
  const { problem, showProblem, link, state, may } = useRoom();
  const helper = useChange(state?.you.person.role === "co_tutor");
  useEffect(() => {
    if (problem === undefined) return;
    const timer = setTimeout(() => showProblem(undefined), PROBLEM_MS);
    return () => clearTimeout(timer);
  }, [problem, showProblem]);
  return (
    <>
      {problem === undefined ? null : (
        <div role="alert">
          <Notice tone="warn" action={<Dismiss onPress={() => showProblem(undefined)} />}>{refusalText(problem.code)}</Notice>
        </div>
      )}
      {panel.tab !== undefined ? null : link.name === "reconnecting" ? <Notice tone="warn">{messages.room.offline}</Notice>
        : link.name === "over" ? <Notice tone="warn">{messages.room.ticketOff}</Notice>
        : state?.available === false ? <Notice tone="warn">{messages.room.unavailable}</Notice> : null}
      {helper === undefined ? null : <Notice tone="info">{helper ? messages.people.isHelper : messages.people.noHelper}</Notice>}
      {state !== undefined && may("admit") && state.waiting > 0 && panel.tab !== "people" ? (
        <Notice tone="info" action={<Button variant="primary" className="-my-1 px-4" onPress={() => panel.show("people")}>{messages.room.people}</Button>}>{messages.room.waitingFor(state.waiting)}</Notice>
      ) : null}
    </>
  );
}

/** The value after it changed, for a few seconds. */
function useChange(value: boolean): boolean | undefined {
  const [before, setBefore] = useState(value);
  const [changed, setChanged] = useState<boolean>();
  if (value !== before) {
    setBefore(value);
    setChanged(value);
  }
  useEffect(() => {
    if (changed === undefined) return;
    const timer = setTimeout(() => setChanged(undefined), PROBLEM_MS);
    return () => clearTimeout(timer);
  }, [changed]);
  return changed;
}

function Dismiss({ onPress }: { onPress: () => void }): ReactNode {
  return <IconButton icon="close" label={messages.close} onPress={onPress} className="-my-1 bg-transparent" />;
}

/** The open poll over the pictures, for who has not voted and has the panel closed. It takes no focus. */
export function PollPopup({ panel }: { panel: PanelState }): ReactNode {
  const { state } = useRoom();
  const [later, setLater] = useState<number>();
  const open = state?.poll;
  const [voted, setVoted] = useState<number>();
  // After the vote it stays for the result to be seen.
  if (open !== undefined && panel.pollWaits && voted !== open.poll.id) setVoted(open.poll.id);
  if (open === undefined || panel.tab !== undefined || later === open.poll.id || voted !== open.poll.id) return null;
  return (
    <section aria-label={messages.polls.open} tabIndex={-1} className="appear pointer-events-auto max-h-full w-full max-w-md overflow-y-auto rounded-3xl border border-line bg-surface p-4 text-ink shadow-lift">
      <OpenPoll open={open} />
      <Button variant="quiet" className="mt-1 w-full" onPress={() => {
        setLater(open.poll.id);
        focusPanelButton();
      }}>{open.mine === undefined ? messages.polls.later : messages.close}</Button>
    </section>
  );
}
