"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { listen, school, whenSignedOut } from "../school";
import { loginPath } from "./return-to";

/** Says to the next page of this browser that somebody was signed in: without it nobody asks in vain. */
const HINT_KEY = "lectern.signed_in";
/** An access token is good for 15 minutes as shipped; a page renews it well before, while somebody looks at it. */
const RENEW_MS = 8 * 60_000;

/** Remembers whether somebody is signed in, for {@link useSessionKeeper}. */
export function rememberSignedIn(signedIn: boolean): void {
  if (signedIn) window.localStorage.setItem(HINT_KEY, "yes");
  else window.localStorage.removeItem(HINT_KEY);
}

/** Whether somebody may still be signed in, although their access token ran out. */
export function mayBeSignedIn(): boolean {
  return window.localStorage.getItem(HINT_KEY) !== null;
}

let leaving = false;

/** Goes on as nobody, at `path`: a whole new page, so that nothing of the person stays in this one. Who leaves already, leaves. */
export function signedOut(path = "/"): void {
  if (leaving) return;
  leaving = true;
  rememberSignedIn(false);
  window.location.assign(path);
}

/**
 * Keeps the session of a page that is looked at. A page that was made for nobody, because the access token had run out, is
 * made anew once the token is renewed. When the session is over, be it from elsewhere, the page goes to log in.
 */
export function useSessionKeeper(signedIn: boolean): void {
  const router = useRouter();
  useEffect(() => {
    const renew = () => school.refresh().catch(() => undefined);
    if (!signedIn) {
      if (!mayBeSignedIn()) return;
      void renew().then((alive) => {
        if (alive === true) router.refresh();
        if (alive === false) rememberSignedIn(false);
      });
      return;
    }
    rememberSignedIn(true);
    const off = whenSignedOut(() => signedOut(`${loginPath(window.location.pathname + window.location.search)}&ended`));
    let renewedAt = Date.now();
    const timer = setInterval(() => {
      // A computer that slept has missed its turns.
      if (document.hidden || Date.now() - renewedAt < RENEW_MS) return;
      renewedAt = Date.now();
      void renew();
    }, 15_000);
    return () => {
      clearInterval(timer);
      off();
    };
  }, [signedIn, router]);
}

/** The same, for a page without the frame. */
export function SessionKeeper(): null {
  useSessionKeeper(true);
  return null;
}

/**
 * Makes the page anew for somebody who has another role since: with the role the access token is void, and the stream of events
 * ends and begins again with the next one.
 */
export function useRoleWatch(role: string | undefined): void {
  const router = useRouter();
  useEffect(() => {
    if (role === undefined) return;
    let wasLost = false;
    return listen("link", ({ live }) => {
      const isBack = live && wasLost;
      wasLost = !live;
      if (!isBack) return;
      void school.get("/v1/me").then((me) => {
        if (me.role !== role) router.refresh();
      }, () => undefined);
    });
  }, [role, router]);
}
