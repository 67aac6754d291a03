"use client";

import type { Schemas } from "@lectern/client";
import { EmptyState, Icon, LinkButton, messages, Page, PagedList, PageHead, type PageOf, school, usePages } from "@lectern/ui";
import Link from "next/link";
import { type ReactNode, useCallback, useEffect } from "react";

const words = messages.student.catalogue;
type CourseSummary = Schemas["CourseSummary"];

/** All published courses, or those whose titles have the words. The search is a form that works before any script runs. */
export function Catalogue({ query, first }: { query: string; first: PageOf<CourseSummary> }): ReactNode {
  const load = useCallback((after: string | undefined, signal: AbortSignal) => school.get("/v1/courses", { query: { q: query === "" ? undefined : query, after, limit: 24 }, signal }), [query]);
  const pages = usePages(load, first);
  useLinkIntoClass();
  return (
    <Page wide>
      <PageHead title={query === "" ? words.title : words.results(query)} intro={query === "" ? words.intro : undefined} />
      <form role="search" action="/" className="flex max-w-xl gap-2">
        <input type="search" name="q" defaultValue={query} aria-label={words.search} placeholder={words.searchHint} maxLength={100} className="min-h-12 min-w-0 flex-1 rounded-full border border-edge bg-surface px-5 text-base placeholder:text-muted" />
        <button type="submit" className="inline-flex min-h-12 shrink-0 cursor-pointer items-center gap-2 rounded-full bg-accent px-5 font-semibold text-on-accent hover:bg-accent-strong">
          <Icon name="search" />
          <span className="sr-only sm:not-sr-only">{messages.lists.search}</span>
        </button>
      </form>
      <PagedList pages={pages} label={words.title} keyOf={(course) => course.id} render={(course) => <CourseCard course={course} />} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3"
        empty={query === "" ? <EmptyState icon={<Icon name="book" className="size-8" />} title={words.none} text={words.noneText} />
          : <EmptyState icon={<Icon name="search" className="size-8" />} title={words.nothingFound} text={words.nothingFoundText} action={<LinkButton href="/">{words.all}</LinkButton>} />} />
    </Page>
  );
}

function CourseCard({ course }: { course: CourseSummary }): ReactNode {
  return (
    <article className="relative flex h-full flex-col gap-2 rounded-(--radius-card) border border-line bg-surface p-5 transition-colors focus-within:border-edge hover:border-edge">
      <h2 className="text-lg font-semibold leading-snug wrap-anywhere">
        <Link href={`/courses/${course.id}`} className="after:absolute after:inset-0 after:rounded-(--radius-card)">{course.title}</Link>
      </h2>
      <p className="line-clamp-3 text-muted wrap-anywhere">{course.summary}</p>
      <p className="mt-auto flex flex-wrap gap-x-4 pt-2 text-sm text-muted">
        <span>{words.lessons(course.lessons)}</span>
        <span>{words[course.enrolment]}</span>
      </p>
    </article>
  );
}

/** A link into a class may be its fragment alone, which no server sees: the token knows its room. */
function useLinkIntoClass(): void {
  useEffect(() => {
    if (window.location.hash.includes("token=")) window.location.replace(`/class${window.location.hash}`);
  }, []);
}
