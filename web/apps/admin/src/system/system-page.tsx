"use client";

import type { Schemas } from "@lectern/client";
import { Announcer, Icon, type IconName, Loading, LocalTime, messages, Notice, Page, PageHead } from "@lectern/ui";
import type { ReactNode } from "react";
import { StateBadge } from "../frame/state-badge";
import { useSystem } from "./use-system";

type Part = Schemas["Part"];

const words = messages.admin.system;
const LOOKS: Record<Part["state"], readonly ["good" | "warn" | "bad" | "quiet", IconName]> = {
  ok: ["good", "check"],
  degraded: ["warn", "alert"],
  down: ["bad", "close"],
  off: ["quiet", "minus"],
};

/** What the school stands on, and how it is. */
export function SystemPage(): ReactNode {
  const { parts, lookedAt, isLost } = useSystem();
  const ill = parts?.filter(({ state }) => state === "degraded" || state === "down").length ?? 0;
  const verdict = ill === 0 ? words.allWell : words.someIll(ill);
  return (
    <Page>
      <PageHead title={words.title} intro={words.intro} />
      {isLost ? <Notice tone="bad" title={words.lost}>{parts === undefined ? null : words.lostText}</Notice> : null}
      <Announcer text={isLost ? words.lost : parts === undefined ? "" : verdict} />
      {parts === undefined || lookedAt === undefined ? (isLost ? null : <Loading />) : (
        <>
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
            <p className="text-xl font-semibold">{verdict}</p>
            <p className="text-sm text-muted">{words.checked} <LocalTime at={lookedAt} style="time" /></p>
          </div>
          <ul aria-label={words.list} className="grid gap-3 sm:grid-cols-2">
            {parts.map((part) => <li key={part.name} className="min-w-0"><PartCard part={part} /></li>)}
          </ul>
        </>
      )}
    </Page>
  );
}

function PartCard({ part: { name, state, detail } }: { part: Part }): ReactNode {
  const [tone, icon] = LOOKS[state];
  return (
    <div className="flex h-full flex-col gap-1 rounded-(--radius-card) border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="flex min-w-0 items-center gap-2 font-semibold wrap-anywhere"><Icon name="pulse" className="size-5 text-muted" />{words.parts[name] ?? name}</h2>
        <StateBadge tone={tone} icon={icon}>{words.states[state]}</StateBadge>
      </div>
      {detail == null || detail === "" ? null : <p className="text-sm text-muted wrap-anywhere">{detail}</p>}
    </div>
  );
}
