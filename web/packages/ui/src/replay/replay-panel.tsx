"use client";

import type { AskedThen, Person, SaidThen, ThenEvent, Timeline } from "@lectern/client";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { clock } from "../clock";
import { Icon } from "../icons";
import { messages } from "../messages";
import { Name, RoleTag } from "../room/person";
import { RichText } from "../room/rich-text";

const words = messages.replay;
/** So much of what was said by then is in sight. */
const SHOWN_MAX = 200;
/** Nearer to the last message, one reads along. */
const BOTTOM_PX = 60;

/** What was said and asked until then. `count` is how many events have happened: the panel changes with it alone. */
export const ReplayPanel = memo(function ReplayPanel({ timeline, count, onSeek }: { timeline: Timeline; count: number; onSeek: (time_s: number) => void }): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count, timeline]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    follows.current = scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
  };
  const from = Math.max(0, count - SHOWN_MAX);
  return (
    <section aria-label={words.panel} className="flex h-80 min-h-0 shrink-0 flex-col overflow-hidden rounded-(--radius-card) border border-line bg-surface @4xl:h-auto @4xl:w-80">
      <h2 className="border-b border-line px-4 py-2.5 font-semibold">{words.panel}</h2>
      <div ref={list} onScroll={onScroll} tabIndex={0} role="region" aria-label={words.panel} className="relative min-h-0 flex-1 overflow-y-auto -outline-offset-3 @4xl:h-0">
        {count === 0 ? <p className="p-4 text-muted">{words.nothingYet}</p> : (
          <ol className="flex flex-col gap-3 p-4">
            {timeline.events.slice(from, count).map((event, index) => <li key={from + index}><Then event={event} onSeek={onSeek} /></li>)}
          </ol>
        )}
      </div>
    </section>
  );
});

function Then({ event, onSeek }: { event: ThenEvent; onSeek: (time_s: number) => void }): ReactNode {
  const time = (
    <button type="button" onClick={() => onSeek(event.at_s)} aria-label={words.jump(clock(event.at_s))} className="-my-1 ml-auto min-h-7 shrink-0 cursor-pointer rounded-md px-1 text-sm tabular-nums text-muted hover:underline">
      {clock(event.at_s)}
    </button>
  );
  return event.kind === "chat" ? <Said event={event} time={time} /> : <Asked event={event} time={time} />;
}

function Said({ event, time }: { event: SaidThen; time: ReactNode }): ReactNode {
  return (
    <>
      <div className="flex items-baseline gap-2">
        <Name person={event} className="font-semibold" />
        {event.role in messages.roles ? <RoleTag role={event.role as Person["role"]} /> : null}
        {time}
      </div>
      <p dir="auto" className="whitespace-pre-wrap wrap-anywhere"><RichText text={event.text} mentions={[]} /></p>
    </>
  );
}

function Asked({ event, time }: { event: AskedThen; time: ReactNode }): ReactNode {
  const { question, options, votes, is_quiz: isQuiz, correct } = event;
  const all = votes?.reduce((sum, count) => sum + count, 0) ?? 0;
  return (
    <article className="flex flex-col gap-2 rounded-2xl border border-line p-3">
      <p className="flex items-center gap-2 text-sm font-medium text-muted">
        <Icon name={isQuiz ? "trophy" : "poll"} className="size-4 text-accent" />
        {isQuiz ? messages.polls.quiz : messages.polls.open}
        {time}
      </p>
      <h3 dir="auto" className="font-semibold leading-snug wrap-anywhere">{question}</h3>
      <ul className="flex flex-col gap-2">
        {options.map((option, index) => (
          <li key={index} className="flex flex-col gap-1">
            <p className="flex items-baseline gap-2">
              <span dir="auto" className="min-w-0 flex-1 wrap-anywhere">{option}</span>
              {correct?.includes(index) === true ? <span className="shrink-0 text-good"><Icon name="check" className="inline size-4" /><span className="sr-only">{words.right}</span></span> : null}
              {votes === undefined ? null : <span className="shrink-0 text-sm tabular-nums text-muted">{words.votes(votes[index] ?? 0)}</span>}
            </p>
            {votes === undefined ? null : (
              <svg aria-hidden="true" viewBox="0 0 100 2" preserveAspectRatio="none" className="h-1.5 w-full overflow-hidden rounded-full bg-sunken">
                <rect width={all === 0 ? 0 : ((votes[index] ?? 0) / all) * 100} height="2" className="fill-accent" />
              </svg>
            )}
          </li>
        ))}
      </ul>
      {votes === undefined ? <p className="text-sm text-muted">{words.hiddenResult}</p> : null}
    </article>
  );
}
