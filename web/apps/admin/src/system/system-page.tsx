"use client";

import type { Schemas } from "@lectern/client";
import { Announcer, Loading, LocalTime, messages, Notice, Page, PageHead, Section } from "@lectern/ui";
import type { ReactNode } from "react";
import { isBreaker, isIll, PartCard } from "./part-card";
import { useSystem } from "./use-system";

type Part = Schemas["Part"];

const words = messages.admin.system;

/** What the school stands on, and how it is; what is ill comes first. */
export function SystemPage(): ReactNode {
  const { parts, lookedAt, isLost } = useSystem();
  const ill = parts?.filter(isIll).length ?? 0;
  const verdict = ill === 0 ? words.allWell : words.someIll(ill);
  return (
    <Page>
      <PageHead title={words.title} intro={words.intro} />
      {isLost ? <Notice tone="bad" title={words.lost}>{parts === undefined ? words.keepLooking : words.lostText}</Notice> : null}
      <Announcer text={isLost ? words.lost : parts === undefined ? "" : verdict} />
      {parts === undefined || lookedAt === undefined ? (isLost ? null : <Loading />) : (
        <>
          <section aria-labelledby="verdict" className="flex flex-col gap-4">
            <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
              <h2 id="verdict" className="text-xl font-semibold">{verdict}</h2>
              <p className="text-sm text-muted">{words.checked} <LocalTime at={lookedAt} style="time" /></p>
            </div>
            <PartList label={words.list} parts={parts.filter((part) => !isBreaker(part))} />
          </section>
          <Section title={words.breakers} id="breakers">
            <p className="max-w-prose text-muted">{words.breakersText}</p>
            <PartList label={words.breakers} parts={parts.filter(isBreaker)} />
          </Section>
        </>
      )}
    </Page>
  );
}

function PartList({ label, parts }: { label: string; parts: readonly Part[] }): ReactNode {
  const ordered = [...parts.filter(isIll), ...parts.filter((part) => !isIll(part))];
  return (
    <ul aria-label={label} className="grid gap-3 sm:grid-cols-2">
      {ordered.map((part) => <li key={part.name} className="min-w-0"><PartCard part={part} /></li>)}
    </ul>
  );
}
