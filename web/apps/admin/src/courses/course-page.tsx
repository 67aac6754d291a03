"use client";

import type { Schemas } from "@lectern/client";
import { Card, DataTable, EmptyState, Icon, LinkButton, LocalTime, messages, Page, PagedTable, PageHead, school, Section, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback, useState } from "react";
import { Fact, Facts } from "../frame/facts";
import { CourseState } from "./course-state";
import { StateChange } from "./state-change";

type Course = Schemas["Course"];

const words = messages.admin.course;
const STATE_WORDS = { draft: words.draftText, published: words.publishedText, archived: words.archivedText };

/** One course: who teaches it, who is in it, who sees it. */
export function CoursePage({ first, tutors }: { first: Course; tutors: readonly Schemas["Tutor"][] }): ReactNode {
  const [course, setCourse] = useState(first);
  return (
    <Page wide>
      <PageHead
        before={<Link href="/courses" className="inline-flex min-h-11 items-center self-start underline underline-offset-4">{words.back}</Link>}
        title={course.title}
        intro={course.summary === "" ? undefined : course.summary}
        actions={(
          <>
            <LinkButton href={`/courses/${course.id}`} outside icon="eye">{words.see}</LinkButton>
            <LinkButton href={`/tutor/courses/${course.id}`} outside icon="edit">{words.edit}</LinkButton>
          </>
        )}
      />
      <Section title={words.about} id="about">
        <Card className="flex flex-col items-start gap-5">
          <Facts>
            <Fact title={words.state}>
              <CourseState state={course.state} />
              <span className="block text-muted">{STATE_WORDS[course.state]}</span>
            </Fact>
            <Fact title={words.enrolment}>{words.enrolments[course.enrolment]}</Fact>
            <Fact title={words.made}><LocalTime at={course.created_at} /></Fact>
            {course.published_at == null ? null : <Fact title={messages.admin.courses.published}><LocalTime at={course.published_at} /></Fact>}
            <Fact title={words.id}><code className="text-sm">{course.id}</code></Fact>
          </Facts>
          <StateChange course={course} onChanged={(state) => setCourse({ ...course, state })} />
        </Card>
      </Section>
      <Section title={messages.admin.courses.tutors} id="tutors">
        <p className="max-w-prose text-muted">{words.tutorsText}</p>
        <DataTable
          label={messages.admin.courses.tutors}
          rows={tutors}
          keyOf={({ id }) => id}
          columns={[
            { id: "name", title: words.name, render: ({ id, name }) => <PersonLink id={id} name={name} /> },
            { id: "email", title: words.email, render: ({ email }) => email },
          ]}
        />
      </Section>
      <Section title={words.students} id="students">
        <Students course={course.id} />
      </Section>
      <div><LinkButton href={`/audit?course=${course.id}`} icon="list" className="py-2 text-center">{words.trail}</LinkButton></div>
    </Page>
  );
}

function Students({ course }: { course: string }): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses/{id}/enrolments", { path: { id: course }, query: { after }, signal }), [course]);
  const pages = usePages(load);
  return (
    <PagedTable
      pages={pages}
      label={words.students}
      keyOf={({ id }) => id}
      columns={[
        { id: "name", title: words.name, render: ({ id, name }) => <PersonLink id={id} name={name} /> },
        { id: "email", title: words.email, render: ({ email }) => email },
        { id: "since", isWhole: true, title: words.since, render: ({ enrolled_at }) => <LocalTime at={enrolled_at} style="date" /> },
      ]}
      empty={<EmptyState icon={<Icon name="people" className="size-8" />} title={words.noStudents} />}
    />
  );
}

function PersonLink({ id, name }: { id: string; name: string }): ReactNode {
  return <Link href={`/people/${id}`} className="underline decoration-edge underline-offset-4 hover:decoration-ink">{name}</Link>;
}
