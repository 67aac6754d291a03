"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { listen, onSessionEnd, school } from "../school";
import { loginPath } from "./return-to";

/** Says to the next page of this browser that somebody was signed in: without it nobody asks in vain. */
const HINT_KEY = "lectern.signed_in";
/** An access token is good for 15 minutes as shipped; a page renews it well before, while somebody looks at it. */
const RENEW_MS = 8 * 60_000;

/** Whether this page goes elsewhere by itself. */
let isLeaving = false;

/** Says that the session ends because the person wants it to, in this page. */
export function leave(): void {
  isLeaving = true;
  rememberSignedIn(false);
}

/** Remembers whether somebody is signed in, for {@link useSessionKeeper}. */
export function rememberSignedIn(signedIn: boolean): void {
  if (signedIn) window.localStorage.setItem(HINT_KEY, "yes");
  else window.localStorage.removeItem(HINT_KEY);
}

/** Whether somebody may still be signed in, although their access token ran out. */
export function mayBeSignedIn(): boolean {
  return window.localStorage.getItem(HINT_KEY) !== null;
}

/**
 * Keeps the session of a page that is looked at. A page that was made for nobody, because the access token had run out, is
 * made anew once the token is renewed.
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
    let renewedAt = Date.now();
    const timer = setInterval(() => {
      // A computer that slept has missed its turns.
      if (document.hidden || Date.now() - renewedAt < RENEW_MS) return;
      renewedAt = Date.now();
      void renew();
    }, 15_000);
    return () => clearInterval(timer);
  }, [signedIn, router]);
}

/**
 * A session that was ended from elsewhere (a suspension, a log-out in another tab or everywhere) ends this page too: its stream
 * of events breaks off at once, and nobody is let in again. Somebody whose role was changed meanwhile has the page made anew.
 */
export function useSessionWatch(role: string | undefined): void {
  const router = useRouter();
  useEffect(() => {
    if (role === undefined) return;
    const ended = onSessionEnd(() => {
      if (isLeaving) return;
      leave();
      window.location.assign(loginPath(window.location.pathname + window.location.search));
    });
    let wasLost = false;
    const linked = listen("link", ({ live }) => {
      const isBack = live && wasLost;
      wasLost = !live;
      if (!isBack) return;
      void school.get("/v1/me").then((me) => {
        if (me.role !== role) router.refresh();
      }, () => undefined);
    });
    return () => {
      ended();
      linked();
    };
  }, [role, router]);
}
