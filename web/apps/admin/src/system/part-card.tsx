import type { Schemas } from "@lectern/client";
import { Icon, type IconName, LinkButton, messages } from "@lectern/ui";
import type { ReactNode } from "react";
import { StateBadge } from "../frame/state-badge";

type Part = Schemas["Part"];

const words = messages.admin.system;
const LOOKS: Record<Part["state"], readonly ["good" | "warn" | "bad" | "quiet", IconName]> = {
  ok: ["good", "check"],
  degraded: ["warn", "alert"],
  down: ["bad", "close"],
  off: ["quiet", "minus"],
};
/** How a circuit breaker is called, before what it is around. */
const BREAKER = "breaker ";

export function isBreaker({ name }: Part): boolean {
  return name.startsWith(BREAKER);
}

/** Whether somebody should look after a part. */
export function isIll({ state }: Part): boolean {
  return state === "degraded" || state === "down";
}

/** A part: how it is, what was measured, and what to do about it when it is ill. */
export function PartCard({ part }: { part: Part }): ReactNode {
  const { name, state, detail } = part;
  const [tone, icon] = LOOKS[state];
  const help = words.help[isBreaker(part) ? "breaker" : name];
  return (
    <div className="flex h-full flex-col gap-1.5 rounded-(--radius-card) border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 className="flex min-w-0 items-center gap-2 font-semibold wrap-anywhere">
          <Icon name="pulse" className="size-5 text-muted" />
          {isBreaker(part) ? name.slice(BREAKER.length) : (words.parts[name] ?? name)}
        </h3>
        <StateBadge tone={tone} icon={icon}>{words.states[state]}</StateBadge>
      </div>
      {detail === "" ? null : <p className="text-sm text-muted wrap-anywhere first-letter:uppercase"><Prose text={detail} /></p>}
      <Figures part={part} />
      {isIll(part) && help !== undefined ? (
        <div className="mt-2 rounded-xl bg-sunken p-3 text-sm">
          <p className="font-semibold">{words.todo}</p>
          <p className="wrap-anywhere"><Prose text={help} /></p>
          {name === "webhooks" ? <LinkButton href="/webhooks" className="mt-3">{words.webhooks}</LinkButton> : null}
        </div>
      ) : null}
    </div>
  );
}

/** In the order of our words, which read on from each other. */
function Figures({ part: { figures, state } }: { part: Part }): ReactNode {
  if (state === "off") return null;
  const said = Object.entries(words.figures).flatMap(([name, say]) => {
    const value = figures[name];
    return value === undefined ? [] : [say(value)];
  }).filter((each) => each !== "");
  return said.length === 0 ? null : <p className="text-sm tabular-nums first-letter:uppercase">{said.join(", ")}</p>;
}

/** A text whose names of settings stand between backticks. */
function Prose({ text }: { text: string }): ReactNode {
  return text.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
}
