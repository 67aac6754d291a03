import type { Person } from "@lectern/client";
import type { ReactNode } from "react";
import { messages } from "../messages";

/** Something that can be seen: a name of nothing but spaces, marks and zero-width characters is none. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A person's name as plain text. */
export function nameOf(person: Pick<Person, "name">): string {
  const name = person.name.trim();
  return VISIBLE.test(name) ? name : messages.room.nameless;
}

/** A name from others: text in a direction of its own, so that it cannot turn around what stands beside it. */
export function Name({ person, you = false, className = "" }: { person: Pick<Person, "name">; you?: boolean; className?: string }): ReactNode {
  return (
    <span className={`min-w-0 truncate ${className}`}>
      <bdi>{nameOf(person)}</bdi>
      {you ? ` (${messages.room.you.toLowerCase()})` : ""}
    </span>
  );
}

/** What somebody is, if it is worth a word. */
export function RoleTag({ role }: { role: Person["role"] }): ReactNode {
  if (role === "student") return null;
  return <span className="shrink-0 rounded-md bg-accent-soft px-1.5 py-px text-xs font-medium text-ink">{messages.roles[role]}</span>;
}

const TINTS = ["bg-[#0d6a6e]", "bg-[#5b4b8a]", "bg-[#8a4b2d]", "bg-[#2d5f8a]", "bg-[#7a3d5e]", "bg-[#4b6b2d]"];

/** The first letter of a name on a colour of its own. */
export function Avatar({ person }: { person: Person }): ReactNode {
  const tint = TINTS[Array.from(person.id).reduce((sum, char) => sum + (char.codePointAt(0) ?? 0), 0) % TINTS.length] ?? "";
  return (
    <span aria-hidden="true" className={`grid size-9 shrink-0 place-items-center rounded-full text-sm font-semibold text-white ${tint}`}>
      <bdi>{Array.from(nameOf(person))[0]?.toUpperCase()}</bdi>
    </span>
  );
}
