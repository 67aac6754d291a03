"use client";

import { asLecternError, type LecternError, type Schemas } from "@lectern/client";
import { Announcer, Button, explain, LinkButton, LocalTime, Mark, messages, school, SessionKeeper, type Ticket, useSchoolEvent } from "@lectern/ui";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { Classroom } from "./classroom";
import { useRecording } from "./use-recording";

const words = messages.student.door;
type Live = Schemas["LiveSession"];

/** The way into a live class: it waits for the beginning, gets a ticket and opens the classroom. */
export function LiveDoor({ first }: { first: Live }): ReactNode {
  return (
    <>
      <SessionKeeper />
      <Way first={first} />
    </>
  );
}

function Way({ first }: { first: Live }): ReactNode {
  const [live, setLive] = useState(first);
  const [ticket, setTicket] = useState<Ticket>();
  const [error, setError] = useState<LecternError>();
  const [attempt, setAttempt] = useState(0);
  const { id, title, state, course_id: course } = live;
  const recording = useRecording(live);
  const replay = recording === undefined ? undefined : { href: `/recordings/${recording}`, label: state === "live" ? words.fromBeginning : words.watch };

  const look = useCallback(async () => {
    try {
      setLive(await school.get("/v1/live/{id}", { path: { id } }));
    } catch (thrown) {
      setError(asLecternError(thrown));
    }
  }, [id]);
  useSchoolEvent(["live.started", "live.ended", "live.cancelled", "begin", "resync"], (event) => {
    if (!("live" in event) || event.live === id) void look();
  });
  useEffect(() => {
    if (state !== "live") return;
    const abort = new AbortController();
    const join = async () => {
      try {
        const { room, token } = await school.post("/v1/live/{id}/join", { path: { id }, idempotent: true, signal: abort.signal });
        setTicket({ room, token, title, home: { href: `/courses/${course}`, label: words.toCourse }, renew: () => setAttempt((n) => n + 1) });
      } catch (thrown) {
        if (!abort.signal.aborted) setError(asLecternError(thrown));
      }
    };
    void join();
    return () => abort.abort();
  }, [id, state, title, course, attempt]);

  // Who is in stays in, whatever becomes of the plan: the room itself says when it is over.
  if (ticket !== undefined) return <Classroom key={ticket.token} ticket={ticket} replay={replay} />;
  if (error !== undefined) {
    return (
      <Door title={words.failed} text={explain(error)} course={course}>
        {replay === undefined || state !== "live" ? null : <LinkButton href={replay.href} icon="play">{words.stream}</LinkButton>}
        <Button variant="primary" onPress={() => {
          setError(undefined);
          setAttempt((n) => n + 1);
          void look();
        }}>{messages.tryAgain}</Button>
      </Door>
    );
  }
  switch (state) {
    case "live":
      return <Door title={words.joining} moving />;
    case "scheduled":
      return <Door title={words.soonTitle} about={live} text={words.soonText} course={course} moving />;
    case "ended":
      return (
        <Door title={words.endedTitle} text={words.endedText} course={course}>
          {replay === undefined ? null : <LinkButton href={replay.href} variant="primary" icon="play">{replay.label}</LinkButton>}
        </Door>
      );
    case "cancelled":
      return <Door title={words.cancelledTitle} text={words.cancelledText} course={course} />;
  }
}

/** `about` names a class that is to come, and when. */
function Door({ title, about, text, course, moving = false, children }: { title: string; about?: Live; text?: string; course?: string; moving?: boolean; children?: ReactNode }): ReactNode {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="flex max-w-md flex-col items-center gap-3 text-center">
        <Mark className={`size-12 ${moving ? "breathe" : ""}`} />
        <h1 className="text-2xl font-semibold">{title}</h1>
        {about === undefined ? null : (
          <p>
            <span className="font-semibold wrap-anywhere">{about.title}</span>
            <span className="block text-muted"><LocalTime at={about.starts_at} style="day" />, <LocalTime at={about.starts_at} style="time" /></span>
          </p>
        )}
        {text === undefined ? null : <p className="text-muted">{text}</p>}
        <div className="mt-3 flex flex-wrap justify-center gap-2">
          {children}
          {course === undefined ? null : <LinkButton href={`/courses/${course}`}>{words.toCourse}</LinkButton>}
          {course === undefined ? null : <LinkButton href="/calendar" icon="calendar" variant="quiet">{words.calendar}</LinkButton>}
        </div>
        <Announcer text={title} />
      </div>
    </main>
  );
}
