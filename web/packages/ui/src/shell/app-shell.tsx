"use client";

import type { Schemas } from "@lectern/client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { Icon, type IconName, Mark } from "../icons";
import { messages } from "../messages";
import { LinkButton } from "../page/link-button";
import { Toasts } from "../page/toasts";
import { AccountMenu } from "./account-menu";
import { OfflineNotice } from "./offline-notice";
import { loginPath } from "./return-to";
import { useRoleWatch, useSessionKeeper } from "./session-keeper";

const words = messages.shell;

/** A place in the app. */
export interface Place {
  /** Within this app. */
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Whether a path is within it; by default one that begins with `href`. */
  readonly holds?: (path: string) => boolean;
}

/**
 * The frame around every page: mark, places (above; on a phone at the lower edge, where the thumb is) and account. It takes
 * the focus to a page's heading when somebody goes there, and keeps the session alive. The class itself has no frame.
 */
export function AppShell({ places, viewer, base = "", name, children }: {
  places: readonly Place[];
  /** `null` when nobody is signed in. */
  viewer: Schemas["Person"] | null;
  /** The app's path below the origin, as `/tutor`. */
  base?: string;
  /** What this app is called, beside the mark. */
  name?: string;
  children: ReactNode;
}): ReactNode {
  const path = usePathname();
  useSessionKeeper(viewer !== null);
  useRoleWatch(viewer?.role);
  useFocusOnHeading(path);
  const at = (place: Place) => place.holds?.(path) ?? (place.href === "/" ? path === "/" : path === place.href || path.startsWith(`${place.href}/`));
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="fixed left-4 top-3 z-50 -translate-y-24 rounded-full bg-accent px-5 py-2.5 font-semibold text-on-accent focus:translate-y-0">
        {words.skip}
      </a>
      <header className="sticky top-0 z-30 border-b border-line bg-ground/90 backdrop-blur">
        <div className="mx-auto flex min-h-15 max-w-6xl items-center gap-2 px-4 sm:gap-6 sm:px-6">
          <Link href="/" className="inline-flex min-h-11 items-center gap-2.5 rounded-lg text-lg font-semibold">
            <Mark />
            <span>{messages.product}</span>
            {name === undefined ? null : <span className="hidden font-normal text-muted md:inline">{name}</span>}
          </Link>
          {places.length === 0 ? null : (
            <nav aria-label={words.navigation} className="hidden flex-1 sm:block">
              <ul className="flex gap-1">
                {places.map((place) => (
                  <li key={place.href}>
                    <Link href={place.href} aria-current={at(place) ? "page" : undefined} className="inline-flex min-h-11 items-center rounded-full px-3.5 font-medium text-muted hover:bg-sunken hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-ink">
                      {place.label}
                    </Link>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          <div className="ml-auto flex items-center gap-1">
            {viewer === null ? (
              <>
                <LinkButton href={loginPath(base + path)} variant="quiet" className="px-4!" outside={base !== ""}>{words.signIn}</LinkButton>
                <LinkButton href={`/signup?return_to=${encodeURIComponent(base + path)}`} variant="primary" className="px-4!" outside={base !== ""}>{words.signUp}</LinkButton>
              </>
            ) : <AccountMenu viewer={viewer} base={base} />}
          </div>
        </div>
        <OfflineNotice />
      </header>
      <main id="content" tabIndex={-1} className={`flex-1 outline-none ${places.length > 0 ? "pb-20 sm:pb-0" : ""}`}>
        {children}
      </main>
      {places.length === 0 ? null : (
        <nav aria-label={words.navigation} className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden">
          <ul className="flex">
            {places.map((place) => (
              <li key={place.href} className="min-w-0 flex-1">
                <Link href={place.href} aria-current={at(place) ? "page" : undefined} className="flex min-h-15 flex-col items-center justify-center gap-0.5 px-1 text-xs font-medium text-muted aria-[current]:text-accent">
                  <Icon name={place.icon} className="size-6" />
                  <span className="max-w-full truncate">{place.label}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <Toasts />
    </div>
  );
}

/** Whoever goes to another page begins at its heading, with keyboard and screen reader too. */
function useFocusOnHeading(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [path]);
}
