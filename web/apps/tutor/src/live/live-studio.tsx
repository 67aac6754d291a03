"use client";

import type { Schemas } from "@lectern/client";
import { Button, explain, LinkButton, LocalTime, Mark, messages, Notice, school, type Ticket, toast } from "@lectern/ui";
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useMemo } from "react";
import { act } from "../school/act";
import { useLoaded } from "../school/use-loaded";
import { type ClassWays, Studio } from "../studio";

const words = messages.tutor.live;

/** The studio of a live class of the school. */
export function LiveStudio({ id }: { id: string }): ReactNode {
  const router = useRouter();
  const load = useCallback(async (signal: AbortSignal): Promise<{ live: Schemas["LiveSession"]; ticket: Ticket | undefined }> => {
    const path = { id };
    const live = await school.get("/v1/live/{id}", { path, signal });
    if (live.state !== "live") return { live, ticket: undefined };
    const { room, token } = await school.post("/v1/live/{id}/join", { path, signal, idempotent: true });
    return { live, ticket: { room, token } };
  }, [id]);
  const { data, error, reload } = useLoaded(load);
  const start = () => void act(() => school.post("/v1/live/{id}/start", { path: { id }, idempotent: true })).then(reload);
  const ways = useMemo<ClassWays | undefined>(() => {
    if (data === undefined) return undefined;
    const leave = () => router.push(`/courses/${data.live.course_id}/live`);
    return {
      title: data.live.title,
      page: `/class/${id}`,
      leave: { label: words.back, run: leave },
      onEnded: () => void act(() => school.post("/v1/live/{id}/end", { path: { id }, idempotent: true })).then((done) => {
        if (done) toast(words.ended(data.live.title));
      }),
    };
  }, [data, router, id]);
  if (data?.ticket !== undefined && ways !== undefined) return <Studio ticket={data.ticket} ways={ways} />;
  return (
    <main id="content" className="grid min-h-dvh place-items-center p-5">
      {data !== undefined && error === undefined ? (
        <div className="flex max-w-md flex-col items-center gap-4 text-center">
          <h1 className="text-2xl font-semibold wrap-anywhere">{data.live.title}</h1>
          <p className="text-muted"><LocalTime at={data.live.starts_at} /> – <LocalTime at={data.live.ends_at} style="time" /></p>
          <WayOn live={data.live} onStart={start} />
        </div>
      ) : error === undefined ? <Mark className="breathe size-12" /> : (
        <div className="flex w-full max-w-md flex-col gap-4">
          <Notice tone="bad" title={words.noWayIn}>{explain(error)}</Notice>
          <LinkButton href="/">{messages.tutor.courses.back}</LinkButton>
        </div>
      )}
    </main>
  );
}

/** What can be done about a class that is not live. */
function WayOn({ live, onStart }: { live: Schemas["LiveSession"]; onStart: () => void }): ReactNode {
  const all = `/courses/${live.course_id}/live`;
  if (live.state === "ended" || live.state === "cancelled") {
    return (
      <>
        <p className="text-muted">{words.over[live.state]}</p>
        <LinkButton href={all} variant="primary" icon="calendar">{words.another}</LinkButton>
      </>
    );
  }
  return (
    <>
      <p className="text-muted">{words.notStarted}</p>
      <Button variant="primary" icon="broadcast" onPress={onStart}>{words.start}</Button>
      <LinkButton href={all} variant="quiet">{words.back}</LinkButton>
    </>
  );
}
