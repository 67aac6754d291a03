"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** What a list is filtered by stands in the page's address, so that going back, a reload and a link keep it. */
export function useFilters<K extends string>(names: readonly K[]): {
  readonly filters: Readonly<Record<K, string>>;
  /** Whether nothing is left out. */
  readonly isAll: boolean;
  readonly filter: (part: Partial<Record<K, string>>) => void;
} {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const entries = names.map((name) => [name, search.get(name) ?? ""] as const);
  const filter = useCallback((part: Partial<Record<K, string>>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries<string | undefined>(part)) {
      if (value === undefined || value === "") next.delete(name);
      else next.set(name, value);
    }
    const query = next.toString();
    router.replace(query === "" ? path : `${path}?${query}`, { scroll: false });
  }, [router, path, search]);
  return { filters: Object.fromEntries(entries) as Record<K, string>, isAll: entries.every(([, value]) => value === ""), filter };
}
