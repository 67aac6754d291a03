"use client";

import type { Schemas } from "@lectern/client";
import { LinkButton, LocalTime, messages, Page, PageHead, ReplayPlayer, useOpenRecording } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";

const words = messages.student.recordings;

/** A recorded class, also while it goes on: who comes late begins at the beginning. */
export function RecordingView({ recording }: { recording: Schemas["Recording"] }): ReactNode {
  const { id, title, course, lesson, live, state, started_at } = recording;
  return (
    <Page wide>
      <PageHead title={title} intro={<p><LocalTime at={started_at} /></p>}
        before={<Link href={`/courses/${course}`} className="inline-flex min-h-11 items-center self-start text-accent underline-offset-2 hover:underline">{words.toCourse}</Link>}
        actions={state === "recording" ? <LinkButton href={`/class/${live}`} variant="primary" icon="broadcast">{words.toClass}</LinkButton> : lesson == null ? undefined : <LinkButton href={`/lessons/${lesson}`}>{words.toLesson}</LinkButton>} />
      <ReplayPlayer recording={id} title={title} open={useOpenRecording(id)} />
    </Page>
  );
}
