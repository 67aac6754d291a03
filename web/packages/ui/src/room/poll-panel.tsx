"use client";

import type { Poll, Voter } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { Button } from "../button";
import { Confirm } from "../dialog";
import { Icon } from "../icons";
import { messages } from "../messages";
import { ClosedPoll, OpenPoll } from "./poll-card";
import { PollDialog } from "./poll-dialog";
import { Name } from "./person";
import { useRoom } from "./room-context";

const words = messages.polls;
const PAGE = 50;

/** The poll that is open, else how the last one ended, and for tutors the way to the next. */
export function PollPanel(): ReactNode {
  const { state, may, ask } = useRoom();
  const [dialog, setDialog] = useState<"poll" | "quiz">();
  const [resetting, setResetting] = useState(false);
  if (state === undefined) return <p className="p-5 text-muted">{messages.room.connecting}</p>;
  const { poll, outcome } = state;
  const opens = may("poll_open");
  const named = poll?.poll ?? outcome?.poll;
  return (
    <div role="region" aria-label={messages.room.polls} tabIndex={0} className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto overscroll-contain p-4 -outline-offset-3">
      {opens && poll === undefined ? (
        <div className="flex gap-2">
          <Button variant="primary" icon="poll" className="flex-1 whitespace-nowrap px-2" onPress={() => setDialog("poll")}>{words.create}</Button>
          <Button icon="trophy" className="flex-1 whitespace-nowrap px-2" onPress={() => setDialog("quiz")}>{words.createQuiz}</Button>
        </div>
      ) : null}
      {poll === undefined ? null : <OpenPoll open={poll} />}
      {poll === undefined && outcome !== undefined ? <ClosedPoll state={state} /> : null}
      {poll === undefined && outcome === undefined ? (
        <p className="m-auto flex max-w-60 flex-col items-center gap-2 text-center text-muted">
          <Icon name="poll" className="size-8 opacity-60" />
          {words.none}
          <span className="text-sm">{opens ? words.noneTutor : words.noneHint}</span>
        </p>
      ) : null}
      {named !== undefined && !named.anonymous && may("poll_voters") ? <Voters key={named.id} poll={named} /> : null}
      {may("quiz_reset") && poll === undefined && (outcome?.leaders ?? []).length > 0 ? (
        <Button variant="quiet" className="self-start px-3" onPress={() => setResetting(true)}>{words.reset}</Button>
      ) : null}
      <PollDialog kind={dialog} onClose={() => setDialog(undefined)} />
      <Confirm title={words.resetTitle} text={words.resetText} confirm={words.reset} cancel={messages.cancel} isOpen={resetting} onClose={() => setResetting(false)}
        onConfirm={() => {
          setResetting(false);
          void ask({ type: "quiz_reset" });
        }} />
    </div>
  );
}

/** Who chose what, page by page, when somebody wants to know. */
function Voters({ poll }: { poll: Poll }): ReactNode {
  const { ask } = useRoom();
  const [voters, setVoters] = useState<readonly Voter[]>();
  const [next, setNext] = useState<string>();
  const load = async (after: string | undefined) => {
    const page = await ask({ type: "poll_voters", poll: poll.id, limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (page === undefined) return;
    setVoters((all) => (after === undefined ? page.reply.voters : [...(all ?? []), ...page.reply.voters]));
    setNext(page.reply.next);
  };
  return (
    <section className="flex flex-col gap-1 border-t border-line pt-2">
      <Button variant="quiet" className="self-start px-3" onPress={() => (voters === undefined ? void load(undefined) : setVoters(undefined))} aria-expanded={voters !== undefined}>
        {words.whoVoted}
      </Button>
      {voters === undefined ? null : (
        <ul className="flex flex-col">
          {voters.map(({ person, options }) => (
            <li key={person.id} className="flex min-h-9 items-baseline gap-3 px-3 text-[0.9375rem]">
              <Name person={person} className="flex-1" />
              <bdi className="max-w-[55%] truncate text-right text-sm text-muted">{options.map((option) => poll.options[option]).join(", ")}</bdi>
            </li>
          ))}
        </ul>
      )}
      {voters === undefined || next === undefined ? null : <Button variant="quiet" onPress={() => void load(next)}>{messages.room.more}</Button>}
    </section>
  );
}
