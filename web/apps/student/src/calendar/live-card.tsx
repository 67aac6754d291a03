"use client";

import type { Schemas } from "@lectern/client";
import { Card, LinkButton, LiveBadge, LocalTime, messages } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";

const words = messages.student.calendar;

/** A live class: when, what, and the door while it is open. */
export function LiveCard({ live, withCourse = false }: { live: Schemas["LiveSession"]; withCourse?: boolean }): ReactNode {
  return (
    <Card className="flex flex-col gap-3 sm:flex-row sm:items-center">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
          {live.state === "live" ? <LiveBadge label={messages.classroom.live} /> : null}
          <span><LocalTime at={live.starts_at} style="day" />, <LocalTime at={live.starts_at} style="time" />–<LocalTime at={live.ends_at} style="time" /></span>
          {live.state === "cancelled" ? <span className="font-medium text-bad">{words.cancelled}</span> : live.state === "ended" ? <span>{words.ended}</span> : null}
        </p>
        <h3 className="text-lg font-semibold wrap-anywhere">{live.title}</h3>
        {withCourse ? <Link href={`/courses/${live.course_id}`} className="text-sm text-muted underline-offset-2 hover:underline">{live.course_title}</Link> : null}
      </div>
      {live.state === "live" ? <LinkButton variant="primary" icon="broadcast" href={`/class/${live.id}`}>{words.join}<span className="sr-only">: {live.title}</span></LinkButton> : null}
    </Card>
  );
}
