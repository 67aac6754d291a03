import type { CaptionsOffer } from "@lectern/client";

/** The first part of a language's name: what `pt-BR` and `pt-PT` share. */
const stem = (language: string) => language.split("-", 1)[0]?.toLowerCase() ?? "";

/**
 * Which captions somebody reads who wants some: those of the last time; else the first that is in a language they speak, most
 * wanted first; else the first.
 */
export function preferredCaptions(offers: readonly CaptionsOffer[], last: string, spoken: readonly string[]): string | undefined {
  const exact = offers.find(({ language }) => language === last);
  const known = spoken.flatMap((each) => offers.find(({ language }) => stem(language) === stem(each)) ?? []);
  return (exact ?? known[0] ?? offers[0])?.language;
}
