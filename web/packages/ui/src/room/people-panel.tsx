"use client";

import { type Hand } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../button";
import { messages } from "../messages";
import { Avatar, Name, nameOf } from "./person";
import { PersonMenu } from "./person-menu";
import { useRoom, useServerClock } from "./room-context";
import { Roster, useRoster } from "./roster";

const words = messages.people;

/** Who waits, whose hand is up, who is on stage and who is here. */
export function PeoplePanel(): ReactNode {
  const { state, may } = useRoom();
  if (state === undefined) return <p className="p-5 text-muted">{messages.room.connecting}</p>;
  return (
    <div role="region" aria-label={messages.room.people} tabIndex={0} className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto overscroll-contain p-4 -outline-offset-3">
      {may("admit") && state.waiting > 0 ? <WaitingList /> : null}
      {may("hand_dismiss") && state.hands.length > 0 ? <Hands hands={state.hands} /> : null}
      {state.stage.length > 0 || state.invitations.length > 0 ? <OnStage /> : null}
      {may("roster") ? <Roster /> : <p className="text-muted">{state.present === undefined ? null : messages.present(state.present)}</p>}
    </div>
  );
}

function Section({ title, count, action, children }: { title: string; count: number; action?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title} className="flex flex-col gap-1">
      <header className="flex min-h-11 items-center gap-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        <span className="rounded-full bg-sunken px-2 py-px text-sm tabular-nums">{count.toLocaleString("en")}</span>
        <span className="flex-1" />
        {action}
      </header>
      <ul className="flex flex-col">{children}</ul>
    </section>
  );
}

function WaitingList(): ReactNode {
  const { state, ask, may } = useRoom();
  const [done, setDone] = useState(0);
  const { page, more } = useRoster("waiting", "", `${state?.waiting} ${done}`);
  const act = (action: Parameters<typeof ask>[0]) => void ask(action).then(() => setDone((n) => n + 1));
  return (
    <Section title={words.waiting} count={state?.waiting ?? 0} action={may("admit_all") ? <Button variant="primary" className="px-4" onPress={() => act({ type: "admit_all" })}>{words.admitAll}</Button> : undefined}>
      {page?.entries.map(({ person }) => (
        <li key={person.id} className="flex min-h-13 items-center gap-2.5">
          <Avatar person={person} />
          <Name person={person} className="flex-1" />
          {may("remove") ? <IconButton icon="close" label={`${words.turnAway}: ${nameOf(person)}`} className="bg-transparent" onPress={() => act({ type: "remove", person: person.id })} /> : null}
          <Button className="px-4" onPress={() => act({ type: "admit", person: person.id })} aria-label={`${words.admit}: ${nameOf(person)}`}>{words.admit}</Button>
        </li>
      ))}
      {page?.next === undefined ? null : <li><Button variant="quiet" onPress={more}>{messages.room.more}</Button></li>}
    </Section>
  );
}

function Hands({ hands }: { hands: readonly Hand[] }): ReactNode {
  const { state, ask, may } = useRoom();
  const nowMs = useServerClock(true);
  return (
    <Section title={messages.hands.title} count={hands.length} action={hands.length > 1 ? <Button variant="quiet" className="px-3" onPress={() => void ask({ type: "hand_dismiss" })}>{messages.hands.dismissAll}</Button> : undefined}>
      {hands.map(({ person, at_ms: atMs }, index) => {
        const invited = state?.invitations.some(({ id }) => id === person.id) === true;
        return (
          <li key={person.id} className="flex min-h-13 items-center gap-2.5">
            <span className="w-5 shrink-0 text-center text-sm tabular-nums text-muted">{index + 1}</span>
            <Avatar person={person} />
            <span className="flex min-w-0 flex-1 flex-col leading-tight">
              <Name person={person} />
              <span className="text-sm text-muted">{nowMs === 0 ? "" : messages.hands.since(Math.floor(Math.max(0, nowMs - atMs) / 60_000))}</span>
            </span>
            {may("stage_invite") ? (
              <Button variant={index === 0 && !invited ? "primary" : "plain"} isDisabled={invited} className="px-4" aria-label={`${invited ? messages.hands.invited : messages.hands.inviteShort}: ${nameOf(person)}`}
                onPress={() => void ask({ type: "stage_invite", person: person.id })}>
                {invited ? messages.hands.invited : messages.hands.inviteShort}
              </Button>
            ) : null}
            <IconButton icon="close" label={messages.hands.dismiss(nameOf(person))} className="-mx-1 bg-transparent" onPress={() => void ask({ type: "hand_dismiss", person: person.id })} />
          </li>
        );
      })}
    </Section>
  );
}

function OnStage(): ReactNode {
  const { state } = useRoom();
  if (state === undefined) return null;
  const self = state.you.person.id;
  return (
    <Section title={messages.onStage.title} count={state.stage.length}>
      {state.stage.map(({ place, person }) => (
        <li key={place} className="flex min-h-13 items-center gap-2.5">
          <Avatar person={person} />
          <Name person={person} you={person.id === self} className="flex-1" />
          {state.muted.includes(person.id) ? <span className="text-sm text-bad">{words.muted}</span> : null}
          <PersonMenu person={person} onStage />
        </li>
      ))}
      {state.invitations.filter(({ id }) => !state.stage.some(({ person }) => person.id === id)).map((person) => (
        <li key={person.id} className="flex min-h-13 items-center gap-2.5">
          <Avatar person={person} />
          <Name person={person} className="flex-1" />
          <span className="text-sm text-muted">{messages.hands.invited}</span>
          <PersonMenu person={person} onStage={false} />
        </li>
      ))}
    </Section>
  );
}
