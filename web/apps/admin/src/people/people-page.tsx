"use client";

import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, LocalTime, messages, Page, PagedTable, PageHead, school, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback } from "react";
import { FilterBar, FilterSelect, FilterText } from "../frame/filter-bar";
import { useFilters } from "../frame/use-filters";
import { Standing } from "./standing";

const words = messages.admin.people;
const ALL = { id: "", label: messages.admin.filters.all };
const ROLES = ["student", "tutor", "admin"] as const;
const FILTERS = ["q", "role", "suspended"] as const;

/** Everybody who has an account. */
export function PeoplePage(): ReactNode {
  const { filters, isAll, filter } = useFilters(FILTERS);
  const { q, role, suspended } = filters;
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/people", {
    query: {
      after,
      q: q === "" ? undefined : q,
      role: ROLES.find((each) => each === role),
      suspended: suspended === "" ? undefined : suspended === "true",
    },
    signal,
  }), [q, role, suspended]);
  const pages = usePages<Schemas["Person"]>(load);
  return (
    <Page wide>
      <PageHead title={words.title} intro={words.intro} />
      <FilterBar isAll={isAll} onClear={() => filter({ q: "", role: "", suspended: "" })}>
        <FilterText name="q" label={words.search} value={q} maxLength={100} onChange={(value) => filter({ q: value })} />
        <FilterSelect name="role" label={words.role} value={role} choices={[ALL, ...ROLES.map((id) => ({ id, label: words.roles[id] }))]} onChange={(value) => filter({ role: value })} />
        <FilterSelect name="suspended" label={words.standing} value={suspended} choices={[ALL, { id: "false", label: words.active }, { id: "true", label: words.suspended }]} onChange={(value) => filter({ suspended: value })} />
      </FilterBar>
      <PagedTable
        pages={pages}
        label={words.list}
        keyOf={({ id }) => id}
        columns={[
          { id: "name", title: words.name, render: ({ id, name }) => <Link href={`/people/${id}`} className="underline decoration-edge underline-offset-4 hover:decoration-ink">{name}</Link> },
          { id: "email", title: words.email, render: ({ email }) => email },
          { id: "role", isWhole: true, title: words.role, render: (person) => words.roles[person.role] },
          { id: "standing", isWhole: true, title: words.standing, render: (person) => <Standing person={person} /> },
          { id: "since", isWhole: true, title: words.since, render: ({ created_at }) => <LocalTime at={created_at} style="date" /> },
        ]}
        empty={<EmptyState icon={<Icon name="people" className="size-8" />} title={words.none} text={words.noneText} />}
      />
    </Page>
  );
}
