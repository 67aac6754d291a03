"use client";

import type { Schemas } from "@lectern/client";
import { DateTimeField, EmptyState, Icon, messages, Page, PagedList, PageHead, school, usePages } from "@lectern/ui";
import { type ReactNode, useCallback } from "react";
import { FilterBar, FilterSelect, FilterText } from "../frame/filter-bar";
import { useFilters } from "../frame/use-filters";
import { AuditLine } from "./audit-line";
import { KnownNames } from "./names";

const words = messages.admin.audit;
const FILTERS = ["person", "course", "kind", "from", "until"] as const;
/** As long as an identifier is. */
const ID_MAX = 36;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The trail is searched in pieces, of which many may hold nothing that fits. This many are looked through at a time. */
const PIECES_MAX = 20;

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
        <FilterText name="person" label={words.person} hint={words.personHint} value={person} maxLength={ID_MAX} pattern={ID} refusal={words.idRefusal} onChange={(value) => filter({ person: value, course: "" })} />
        <FilterText name="course" label={words.course} hint={words.courseHint} value={course} maxLength={ID_MAX} pattern={ID} refusal={words.idRefusal} onChange={(value) => filter({ course: value, person: "" })} />
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
