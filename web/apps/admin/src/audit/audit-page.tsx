"use client";

import type { Schemas } from "@lectern/client";
import { DateTimeField, EmptyState, Icon, messages, Page, PagedList, PageHead, PickField, type Picks, school, usePages } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { FilterBar, FilterSelect } from "../frame/filter-bar";
import { useFilters } from "../frame/use-filters";
import { AuditLine } from "./audit-line";
import { KnownNames } from "./names";

const words = messages.admin.audit;
const FILTERS = ["person", "course", "kind", "from", "until"] as const;
/** So many are offered of what fits. */
const OFFERED_MAX = 8;
/** The trail is searched in pieces, of which many may hold nothing that fits. This many are looked through at a time. */
const PIECES_MAX = 20;

const PEOPLE: Picks = {
  find: async (q, signal) => (await school.get("/v1/people", { query: { q, limit: OFFERED_MAX }, signal })).items.map(({ id, name, email }) => ({ id, label: name, detail: email })),
  nameOf: async (id, signal) => (await school.get("/v1/people/{id}", { path: { id }, signal })).name,
};
const COURSES: Picks = {
  find: async (q, signal) => (await school.get("/v1/me/teaching", { query: { q, limit: OFFERED_MAX }, signal })).items.map(({ id, title, tutors }) => ({ id, label: title, detail: tutors.join(", ") })),
  nameOf: async (id, signal) => (await school.get("/v1/courses/{id}", { path: { id }, signal })).title,
};

const said = (value: string) => (value === "" ? undefined : value);

/** The kinds that have words, by these; a kind from elsewhere, as from an address, stays as it is. */
function kindChoices(kind: string): readonly { id: string; label: string }[] {
  const known = Object.entries(words.kinds).map(([id, label]) => ({ id, label: label.charAt(0).toUpperCase() + label.slice(1) }));
  const other = kind === "" || kind in words.kinds ? [] : [{ id: kind, label: kind }];
  return [{ id: "", label: messages.admin.filters.all }, ...other, ...known.sort((a, b) => a.label.localeCompare(b.label))];
}

/** Who did what: a list that can be narrowed down. */
export function AuditPage(): ReactNode {
  const { filters, isAll, filter } = useFilters(FILTERS);
  const { person, course, kind, from, until } = filters;
  const load = useCallback(async (after: string | undefined, signal: AbortSignal) => {
    const query = { person: said(person), course: said(course), kind: said(kind), from: said(from), until: said(until) };
    let page = await school.get("/v1/audit", { query: { ...query, after }, signal });
    for (let pieces = 1; page.items.length === 0 && page.next != null && pieces < PIECES_MAX; pieces += 1) {
      page = await school.get("/v1/audit", { query: { ...query, after: page.next }, signal });
    }
    return page;
  }, [person, course, kind, from, until]);
  const pages = usePages<Schemas["AuditRecord"]>(load);
  return (
    <Page wide>
      <PageHead title={words.title} intro={words.intro} />
      <FilterBar isAll={isAll} onClear={() => filter({ person: "", course: "", kind: "", from: "", until: "" })}>
        <PickField name="person" label={words.person} hint={words.personHint} value={person} picks={PEOPLE} onChange={(value) => filter({ person: value, course: "" })} />
        <PickField name="course" label={words.course} hint={words.courseHint} value={course} picks={COURSES} onChange={(value) => filter({ course: value, person: "" })} />
        <FilterSelect name="kind" label={words.kind} value={kind} choices={kindChoices(kind)} onChange={(value) => filter({ kind: value })} />
        {(["from", "until"] as const).map((name) => (
          <div key={name} className="col-span-2 md:col-span-1">
            <DateTimeField name={name} label={words[name]} value={said(filters[name]) ?? null} onChange={(value) => filter({ [name]: value ?? "" })} error={undefined} optional="quiet" />
          </div>
        ))}
      </FilterBar>
      <KnownNames records={pages.items}>
        <PagedList
          pages={pages}
          label={words.list}
          keyOf={({ id }) => id}
          render={(record) => <AuditLine record={record} />}
          empty={<EmptyState icon={<Icon name="list" className="size-8" />} title={words.none} text={words.noneText} />}
          className="flex flex-col divide-y divide-line rounded-(--radius-card) border border-line bg-surface"
        />
      </KnownNames>
    </Page>
  );
}
