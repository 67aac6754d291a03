"use client";

import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, messages, PagedList, type PageOf, school, Section, usePages, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback, useState } from "react";

const words = messages.student.leaderboard;

/** As many are asked for at once: those whom one compares oneself with. */
const PLACES = 10;

/** Whose points are compared: those of all quizzes of a course, or of one quiz. */
export type Board = { readonly course: string } | { readonly quiz: string };
type Place = Schemas["Leaderboard"]["places"][number];
type Me = NonNullable<Schemas["Leaderboard"]["me"]> & { readonly members: number };

/** Who has how many points, and one's own place among them; it moves as results come. `viewer` is the id of whoever looks. */
export function Leaderboard({ board, viewer }: { board: Board; viewer: string }): ReactNode {
  const [me, setMe] = useState<Me>();
  const [kind, id] = "course" in board ? (["course", board.course] as const) : (["quiz", board.quiz] as const);
  const load = useCallback(async (after: string | undefined, signal: AbortSignal): Promise<PageOf<Place>> => {
    const skip = Number(after ?? 0);
    const call = { path: { id }, query: { skip, limit: PLACES }, signal };
    const { members, places, me: own } = await (kind === "course" ? school.get("/v1/courses/{id}/leaderboard", call) : school.get("/v1/quizzes/{id}/leaderboard", call));
    setMe(own == null ? undefined : { ...own, members });
    return { items: places, next: skip + PLACES < members ? String(skip + PLACES) : null };
  }, [kind, id]);
  const pages = usePages(load);
  useSchoolEvent(["quiz.scored", "resync"], (event) => {
    if (!("quiz" in event) || event[kind] === id) pages.reload();
  });
  return (
    <Section title={words.title} id="leaderboard">
      {me === undefined ? null : <p>{words.yourPlace(me.rank, me.members, me.score)}</p>}
      <PagedList pages={pages} label={words.title} keyOf={(place) => place.person} render={(place) => <Row place={place} own={place.person === viewer} />}
        className="overflow-hidden rounded-(--radius-card) border border-line bg-surface [&>li]:border-b [&>li]:border-line [&>li:last-child]:border-0"
        empty={<EmptyState icon={<Icon name="trophy" className="size-8" />} title={words.none} text={words.noneText} />} />
    </Section>
  );
}

function Row({ place, own }: { place: Place; own: boolean }): ReactNode {
  const { rank, name, score } = place;
  return (
    <div aria-current={own ? "true" : undefined} className={`flex min-h-13 items-center gap-4 px-4 py-2 sm:px-5 ${own ? "bg-accent-soft" : ""}`}>
      <span className="w-9 shrink-0 text-end font-semibold tabular-nums"><span className="sr-only">{words.rank} </span>{rank.toLocaleString("en")}</span>
      <span className={`min-w-0 flex-1 wrap-anywhere ${own ? "font-semibold" : ""}`}>{name}{own ? <span className="font-normal text-muted"> ({words.you})</span> : null}</span>
      <span className="shrink-0 tabular-nums">{words.points(score)}</span>
    </div>
  );
}
