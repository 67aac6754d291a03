import { everybody, publicSchool } from "@lectern/ui/server";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { messages } from "@lectern/ui/messages";
import { Catalogue } from "../../course/catalogue";

export const metadata: Metadata = { title: `${messages.student.catalogue.title} · ${messages.product}`, robots: { index: true } };

/** Words beyond this are left out: a title has no more. */
const QUERY_CHARS_MAX = 100;

/**
 * The catalogue. What it shows is the same for all and kept for half a minute; the page around it is made for each request,
 * since its scripts carry a nonce. That there is nothing is not kept: the first course of a school is there at once.
 */
export default async function CataloguePage({ searchParams }: { searchParams: Promise<{ q?: string | string[] }> }): Promise<ReactNode> {
  const { q } = await searchParams;
  const query = (typeof q === "string" ? q : "").trim().slice(0, QUERY_CHARS_MAX);
  const asked = { query: { q: query === "" ? undefined : query, limit: 24 } };
  const kept = await publicSchool.get("/v1/courses", { ...asked, ...everybody("courses") });
  const first = kept.items.length === 0 ? await publicSchool.get("/v1/courses", asked) : kept;
  return <Catalogue key={query} query={query} first={first} />;
}
