"use client";

import type { Schemas } from "@lectern/client";
import { Announcer, Card, EmptyState, Icon, type IconName, LinkButton, messages, Notice, Page, PageHead, ProgressRing, Section } from "@lectern/ui";
import Link from "next/link";
import type { ReactNode } from "react";
import { LiveNow } from "../calendar/live-now";
import { usePortfolio } from "./use-portfolio";

const words = messages.student.portfolio;

/** One's courses and how far one is, moving as it happens, on this device or another. */
export function PortfolioView({ name, portfolio }: { name: string; portfolio: Schemas["Portfolio"] }): ReactNode {
  const { now, moved, stale } = usePortfolio(portfolio);
  const { courses, streak } = now;
  return (
    <Page>
      <PageHead title={words.title(name)} intro={words.intro} />
      {stale ? <Notice tone="warn">{words.stale}</Notice> : null}
      <LiveNow />
      <dl className="grid grid-cols-2 gap-3 sm:gap-4">
        <Figure icon="flame" title={words.streak} value={streak.days} note={`${streak.today ? words.streakToday : words.streakNotYet} ${words.best(streak.best)}`} />
        <Figure icon="check" title={words.completed} value={now.lessons_completed} />
      </dl>
      <Section title={words.courses} id="courses">
        {courses.length === 0 ? (
          <EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} action={<LinkButton variant="primary" href="/">{words.browse}</LinkButton>} />
        ) : (
          <ul className="flex flex-col gap-4">
            {courses.map((course) => <li key={course.id}><CourseCard course={course} /></li>)}
          </ul>
        )}
      </Section>
      <Announcer text={moved === undefined ? "" : words.moved(moved)} />
    </Page>
  );
}

function Figure({ icon, title, value, note }: { icon: IconName; title: string; value: number; note?: string }): ReactNode {
  return (
    <Card className="flex flex-col gap-1">
      <dt className="flex items-center gap-2 text-sm text-muted"><Icon name={icon} className="size-5 text-accent" />{title}</dt>
      <dd>
        <span className="text-3xl font-semibold tabular-nums">{value.toLocaleString("en")}</span>
        {note === undefined ? null : <span className="block text-sm text-muted">{note}</span>}
      </dd>
    </Card>
  );
}

function CourseCard({ course }: { course: Schemas["CourseStanding"] }): ReactNode {
  const { score, score_max: scoreMax, next_lesson: next } = course;
  return (
    <Card className="flex flex-col gap-4 sm:flex-row sm:items-center">
      <div className="flex min-w-0 flex-1 items-center gap-4">
        <ProgressRing label={words.progressOf(course.title)} percent={course.percent} />
        <div className="min-w-0">
          <h3 className="text-lg font-semibold leading-snug wrap-anywhere"><Link href={`/courses/${course.id}`} className="hover:underline">{course.title}</Link></h3>
          <p className="flex flex-wrap gap-x-4 text-sm text-muted">
            <span>{words.lessons(course.completed, course.lessons)}</span>
            {score == null || scoreMax == null ? null : <span>{messages.student.quiz.score(score, scoreMax)}</span>}
            {course.state === "archived" ? <span>{words.archived}</span> : null}
          </p>
          {next == null ? (course.lessons > 0 && course.completed >= course.lessons ? <p className="text-sm">{words.allDone}</p> : null) : <p className="truncate text-sm">{words.next}: {next.title}</p>}
        </div>
      </div>
      {next == null ? null : <LinkButton href={`/lessons/${next.id}`} variant="primary" icon="play" className="self-start sm:self-center">{words.goOn}<span className="sr-only">: {next.title}</span></LinkButton>}
    </Card>
  );
}
