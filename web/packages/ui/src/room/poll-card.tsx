"use client";

import type { Leader, Poll, PollState, RoomState, Tally } from "@lectern/client";
import { type ReactNode, useState } from "react";
import { Button } from "../button";
import { Icon } from "../icons";
import { messages } from "../messages";
import { Name } from "./person";
import { useRoom, useServerClock } from "./room-context";

const words = messages.polls;

/** The open poll: the question, what may be chosen, and how it stands as far as this person may see. */
export function OpenPoll({ open }: { open: PollState }): ReactNode {
  const { poll, tally } = open;
  const { may } = useRoom();
  const canVote = may("poll_vote");
  return (
    <article className="flex flex-col gap-3" aria-label={poll.quiz ? words.quiz : words.open}>
      <PollHead poll={poll} />
      {canVote && (open.mine === undefined || !poll.quiz) ? <Ballot key={poll.id} open={open} /> : <Bars poll={poll} tally={tally} mine={open.mine} correct={undefined} />}
      <PollFoot open={open} canVote={canVote} />
    </article>
  );
}

function PollHead({ poll }: { poll: Poll }): ReactNode {
  return (
    <header className="flex flex-col gap-1.5">
      <p className="flex items-center gap-2 text-sm font-medium text-muted">
        <Icon name={poll.quiz ? "trophy" : "poll"} className="size-4 text-accent" />
        {poll.quiz ? words.quiz : words.open}
        {poll.anonymous ? <span className="rounded-md bg-sunken px-1.5 py-px text-xs">{words.anonymous}</span> : null}
        <span className="flex-1" />
        <Countdown poll={poll} />
      </p>
      <h3 dir="auto" className="text-lg font-semibold leading-snug [overflow-wrap:anywhere]">{poll.question}</h3>
    </header>
  );
}

/** The time that is left, by the server's clock. */
function Countdown({ poll }: { poll: Poll }): ReactNode {
  const nowMs = useServerClock(poll.closes_at_ms !== undefined);
  if (poll.closes_at_ms === undefined || nowMs === 0) return null;
  const left = Math.max(0, Math.ceil((poll.closes_at_ms - nowMs) / 1000));
  return (
    <span role="timer" aria-live="off" aria-label={words.timeLeft} className={`rounded-full px-2 py-px text-sm font-semibold tabular-nums ${left <= 5 ? "bg-bad-soft text-bad" : "bg-sunken text-ink"}`}>
      {Math.floor(left / 60)}:{String(left % 60).padStart(2, "0")}
    </span>
  );
}

/** Where one votes. A single choice counts at once and may be changed; several, and a quiz, are sent by a button. */
function Ballot({ open }: { open: PollState }): ReactNode {
  const { poll, mine, tally } = open;
  const { ask } = useRoom();
  const [chosen, setChosen] = useState<readonly number[]>(mine ?? []);
  const [busy, setBusy] = useState(false);
  const atOnce = !poll.multiple && !poll.quiz;
  const vote = async (options: readonly number[]) => {
    setBusy(true);
    await ask({ type: "poll_vote", poll: poll.id, options: [...options] });
    setBusy(false);
  };
  const toggle = (option: number) => {
    const next = !poll.multiple ? [option] : chosen.includes(option) ? chosen.filter((each) => each !== option) : [...chosen, option].sort((a, b) => a - b);
    setChosen(next);
    if (atOnce) void vote(next);
  };
  const changed = JSON.stringify(chosen) !== JSON.stringify(mine ?? []);
  return (
    <div className="flex flex-col gap-2">
      <div role={poll.multiple ? "group" : "radiogroup"} aria-label={poll.question} className="flex flex-col gap-1.5">
        {poll.options.map((option, index) => (
          <Option key={index} text={option} multiple={poll.multiple} checked={chosen.includes(index)} name={`poll-${poll.id}`} onChoose={() => toggle(index)}
            share={mine === undefined || tally === undefined ? undefined : shareOf(tally, index)} votes={tally?.votes[index]} />
        ))}
      </div>
      {atOnce ? null : (
        <Button variant="primary" isDisabled={busy || chosen.length === 0 || !changed} onPress={() => void vote(chosen)}>
          {poll.quiz ? words.answer : words.vote}
        </Button>
      )}
    </div>
  );
}

function Option({ text, multiple, checked, name, onChoose, share, votes }: {
  text: string;
  multiple: boolean;
  checked: boolean;
  name: string;
  onChoose: () => void;
  share: number | undefined;
  votes: number | undefined;
}): ReactNode {
  return (
    <label className={`relative flex min-h-12 cursor-pointer items-center gap-3 overflow-hidden rounded-xl border px-3 py-2 focus-within:outline-3 focus-within:outline-accent ${checked ? "border-accent" : "border-edge/60 hover:bg-sunken"}`}>
      {share === undefined ? null : <Fill share={share} strong={checked} />}
      <input type={multiple ? "checkbox" : "radio"} name={name} checked={checked} onChange={onChoose} className="relative size-5 shrink-0 accent-(--accent) focus-visible:outline-none" />
      <span dir="auto" className="relative min-w-0 flex-1 [overflow-wrap:anywhere]">{text}</span>
      {share === undefined ? null : <span className="relative text-sm font-medium tabular-nums">{words.share(share)}<span className="sr-only">, {words.voters(votes ?? 0)}</span></span>}
    </label>
  );
}

function Fill({ share, strong }: { share: number; strong: boolean }): ReactNode {
  return <span aria-hidden="true" className={`absolute inset-y-0 left-0 transition-[width] duration-300 ${strong ? "bg-accent/25" : "bg-accent/12"}`} style={{ width: `${share}%` }} />;
}

function shareOf(tally: Tally, index: number): number {
  return tally.voters === 0 ? 0 : Math.round((100 * (tally.votes[index] ?? 0)) / tally.voters);
}

/** How many chose what, as bars; without a tally the answers alone. */
export function Bars({ poll, tally, mine, correct }: { poll: Poll; tally: Tally | undefined; mine: readonly number[] | undefined; correct: readonly number[] | undefined }): ReactNode {
  return (
    <ul className="flex flex-col gap-1.5">
      {poll.options.map((option, index) => {
        const share = tally === undefined ? undefined : shareOf(tally, index);
        const right = correct?.includes(index) === true;
        const chosen = mine?.includes(index) === true;
        return (
          <li key={index} data-option={index} data-votes={tally?.votes[index]} className={`relative flex min-h-11 items-center gap-2 overflow-hidden rounded-xl border px-3 py-1.5 ${right ? "border-good" : chosen ? "border-accent" : "border-line"}`}>
            {share === undefined ? null : <Fill share={share} strong={right || chosen} />}
            <span dir="auto" className="relative min-w-0 flex-1 [overflow-wrap:anywhere]">{option}</span>
            {right ? <Mark icon="check" label={words.right} className="text-good" /> : null}
            {chosen ? <Mark icon="person" label={words.yours} className="text-accent" /> : null}
            {share === undefined || tally === undefined ? null : (
              <span className="relative shrink-0 text-sm tabular-nums">
                <b className="font-semibold">{words.share(share)}</b> <span className="text-muted">({(tally.votes[index] ?? 0).toLocaleString("en")})</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Mark({ icon, label, className }: { icon: "check" | "person"; label: string; className: string }): ReactNode {
  return (
    <span className={`relative inline-flex shrink-0 items-center ${className}`} title={label}>
      <Icon name={icon} className="size-4.5" />
      <span className="sr-only">{label}</span>
    </span>
  );
}

function PollFoot({ open, canVote }: { open: PollState; canVote: boolean }): ReactNode {
  const { poll, mine, tally } = open;
  const { ask, may } = useRoom();
  const lines: string[] = [];
  if (canVote && mine === undefined) lines.push(poll.multiple ? words.chooseSome : words.chooseOne);
  if (canVote && mine !== undefined) lines.push(poll.quiz ? words.answered : `${words.counted} ${words.change}`);
  if (canVote && tally === undefined && mine !== undefined) lines.push(poll.results === "moderators" ? words.hiddenModerators : words.hidden);
  return (
    <footer className="flex flex-col gap-2 text-sm text-muted">
      {tally === undefined || (canVote && mine === undefined) ? null : <p className="tabular-nums" data-voters={tally.voters}>{words.voters(tally.voters)}</p>}
      {lines.length === 0 ? null : <p>{lines.join(" ")}</p>}
      {may("poll_close") ? (
        <Button variant="primary" onPress={() => void ask({ type: "poll_close", poll: poll.id })}>
          {poll.quiz ? words.closeQuiz : words.close}
        </Button>
      ) : null}
    </footer>
  );
}

/** How the last poll ended. */
export function ClosedPoll({ state }: { state: RoomState }): ReactNode {
  const { outcome, score } = state;
  if (outcome === undefined) return null;
  const own = score?.poll === outcome.poll.id ? score : undefined;
  return (
    <article className="flex flex-col gap-3" aria-label={words.closed}>
      <header className="flex flex-col gap-1.5">
        <p className="flex items-center gap-2 text-sm font-medium text-muted">
          <Icon name={outcome.poll.quiz ? "trophy" : "poll"} className="size-4" />
          {outcome.poll.quiz ? words.quiz : words.open}
          <span className="rounded-md bg-sunken px-1.5 py-px text-xs">{words.closed}</span>
        </p>
        <h3 dir="auto" className="font-semibold leading-snug [overflow-wrap:anywhere]">{outcome.poll.question}</h3>
      </header>
      {own === undefined ? null : (
        <div className={`rounded-2xl px-4 py-3 ${own.correct === true ? "bg-accent-soft" : "bg-sunken"}`}>
          <p className="font-semibold">{own.correct === true ? words.scoreRight(own.points) : own.correct === false ? words.scoreWrong : words.scoreNone}</p>
          {own.total === undefined ? null : <p className="text-sm">{words.yourRank(own.total.rank, own.total.points)}</p>}
        </div>
      )}
      <Bars poll={outcome.poll} tally={outcome.tally} mine={outcome.mine} correct={outcome.correct} />
      {outcome.tally === undefined ? <p className="text-sm text-muted">{words.hiddenModerators}</p> : <p className="text-sm tabular-nums text-muted">{words.voters(outcome.tally.voters)}</p>}
      {(outcome.leaders ?? []).length > 0 ? <Leaderboard leaders={outcome.leaders ?? []} self={state.you.person.id} /> : null}
    </article>
  );
}

const MEDALS = ["", "🥇", "🥈", "🥉"];

function Leaderboard({ leaders, self }: { leaders: readonly Leader[]; self: string }): ReactNode {
  return (
    <section className="flex flex-col gap-1">
      <h4 className="flex items-center gap-2 pt-1 text-sm font-semibold">
        <Icon name="trophy" className="size-4 text-accent" />
        {words.leaderboard}
      </h4>
      <ol className="flex flex-col">
        {leaders.map(({ rank, person, points }) => (
          <li key={person.id} className={`flex min-h-10 items-center gap-3 rounded-xl px-2 ${person.id === self ? "bg-accent-soft font-semibold" : ""}`}>
            <span className="w-7 shrink-0 text-center tabular-nums">
              <span aria-hidden="true">{MEDALS[rank] ?? rank}</span>
              <span className="sr-only">{words.rank(rank)}</span>
            </span>
            <Name person={person} you={person.id === self} className="flex-1" />
            <span className="shrink-0 text-sm tabular-nums">{words.points(points)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

