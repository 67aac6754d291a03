"use client";

import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, LocalTime, messages, Page, PagedTable, PageHead, school, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { FilterBar, FilterSelect, FilterText } from "../frame/filter-bar";
import { useFilters } from "../frame/use-filters";
import { CourseState } from "./course-state";
import { StateChange } from "./state-change";

const words = messages.admin.courses;
const ALL = { id: "", label: messages.admin.filters.all };
const STATES = ["draft", "published", "archived"] as const;
const FILTERS = ["q", "state"] as const;

/** All courses. To an admin, the courses that they may change are all there are. */
export function CoursesPage(): ReactNode {
  const { filters, isAll, filter } = useFilters(FILTERS);
  const { q, state } = filters;
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/me/teaching", {
    query: { after, q: q === "" ? undefined : q, state: STATES.find((each) => each === state) },
    signal,
  }), [q, state]);
  const pages = usePages<Schemas["TaughtCourse"]>(load);
  return (
    <Page wide>
      <PageHead title={words.title} intro={words.intro} />
      <FilterBar isAll={isAll} onClear={() => filter({ q: "", state: "" })}>
        <FilterText name="q" label={words.search} value={q} maxLength={100} onChange={(value) => filter({ q: value })} />
        <FilterSelect name="state" label={words.state} value={state} choices={[ALL, ...STATES.map((id) => ({ id, label: words.states[id] }))]} onChange={(value) => filter({ state: value })} />
      </FilterBar>
      <PagedTable
        pages={pages}
        label={words.list}
        keyOf={({ id }) => id}
        columns={[
          { id: "title", title: words.course, render: ({ id, title }) => <Link href={`/courses/${id}`} className="underline decoration-edge underline-offset-4 hover:decoration-ink">{title}</Link> },
          { id: "state", isWhole: true, title: words.state, render: ({ state }) => <CourseState state={state} /> },
          { id: "tutors", title: words.tutors, render: ({ tutors }) => tutors.join(", ") },
          { id: "students", isWhole: true, title: words.students, align: "end", render: ({ students }) => students.toLocaleString("en") },
          { id: "lessons", isWhole: true, title: words.lessons, align: "end", render: ({ lessons }) => lessons },
          { id: "published", isWhole: true, title: words.published, render: ({ published_at }) => (published_at == null ? <span className="text-muted">{words.notYet}</span> : <LocalTime at={published_at} style="date" />) },
          { id: "change", isWhole: true, title: "", align: "end", render: (course) => (
            <StateChange course={course} isNamed onChanged={(state) => pages.update((items) => items.map((each) => (each.id === course.id ? { ...each, state } : each)))} />
          ) },
        ]}
        empty={<EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} />}
      />
    </Page>
  );
}
