"use client";

import { readToken } from "@lectern/client";
import { type ReactNode, type SyntheticEvent, useId, useState, useSyncExternalStore } from "react";
import { Button } from "./button";
import { Icon, Mark } from "./icons";
import { messages } from "./messages";

/** What lets somebody in: a room and a token for it. */
export interface Ticket {
  readonly room: string;
  readonly token: string;
  /** What the class is called, if it is not after its room. */
  readonly title?: string;
  /** The page that the class belongs to, if it is one of the school's. */
  readonly home?: { readonly href: string; readonly label: string };
  /** How to come by a fresh one, if there is a way other than a link. */
  readonly renew?: () => void;
}

const STORE_KEY = "lectern.ticket";
const ROOM = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Reads a ticket from a link (`?room=…#token=…`), its fragment alone, or a bare token. The token knows its room, so the
 * link need not say it.
 */
export function parseTicket(text: string): Ticket | undefined {
  const trimmed = text.trim();
  const token = /[#&]token=([^&\s]+)/.exec(trimmed)?.[1] ?? (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(trimmed) ? trimmed : undefined);
  const claims = token === undefined ? undefined : readToken(token);
  const room = /[?&]room=([^&#\s]+)/.exec(trimmed)?.[1] ?? claims?.room;
  if (token === undefined || claims === undefined || room === undefined || !ROOM.test(room)) return undefined;
  return { room, token };
}

let current: Ticket | null | undefined;
const listeners = new Set<() => void>();

/** Takes the ticket from the address, where its fragment then disappears, else from this tab's memory. */
function loadTicket(): Ticket | null {
  const { location, history, sessionStorage } = window;
  if (location.hash.includes("token=")) {
    const fromLink = parseTicket(location.search + location.hash);
    if (fromLink !== undefined) {
      sessionStorage.setItem(STORE_KEY, JSON.stringify(fromLink));
      // Neither a screenshot nor the history should show the key.
      history.replaceState(history.state, "", `${location.pathname}?room=${fromLink.room}`);
      return fromLink;
    }
  }
  const room = new URLSearchParams(location.search).get("room");
  const stored = parseStored(sessionStorage.getItem(STORE_KEY));
  return stored !== undefined && (room === null || room === stored.room) ? stored : null;
}

function parseStored(text: string | null): Ticket | undefined {
  try {
    const { room, token } = JSON.parse(text ?? "null") as Record<string, unknown>;
    return typeof room === "string" && typeof token === "string" && ROOM.test(room) ? { room, token } : undefined;
  } catch {
    return undefined;
  }
}

/** The ticket of this tab: `undefined` on the server, `null` when there is none. */
export function useTicket(): Ticket | null | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      const onHash = () => {
        if (window.location.hash.includes("token=")) takeTicket(loadTicket());
      };
      window.addEventListener("hashchange", onHash);
      return () => {
        listeners.delete(listener);
        window.removeEventListener("hashchange", onHash);
      };
    },
    () => (current === undefined ? (current = loadTicket()) : current),
    () => undefined,
  );
}

/** Goes back to the form, for another link. */
export function forgetTicket(): void {
  window.sessionStorage.removeItem(STORE_KEY);
  window.history.replaceState(window.history.state, "", window.location.pathname);
  takeTicket(null);
}

function takeTicket(ticket: Ticket | null): void {
  current = ticket;
  if (ticket !== null) {
    window.sessionStorage.setItem(STORE_KEY, JSON.stringify(ticket));
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?room=${ticket.room}`);
  }
  for (const listener of listeners) listener();
}

/** The page for somebody who came without a ticket. */
export function TicketForm({ title, intro }: { title: string; intro: string }): ReactNode {
  const words = messages.ticket;
  const [text, setText] = useState("");
  const [error, setError] = useState<string>();
  const field = useId();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const ticket = parseTicket(text);
    const expiresAtMs = ticket === undefined ? undefined : readToken(ticket.token)?.expiresAtMs;
    if (ticket === undefined) setError(words.invalid);
    else if (expiresAtMs !== undefined && expiresAtMs < Date.now()) setError(words.expired);
    else takeTicket(ticket);
  };
  return (
    <main className="grid min-h-dvh place-items-center px-5 py-10">
      <div className="w-full max-w-md">
        <p className="mb-8 flex items-center gap-3 text-xl font-semibold">
          <Mark className="size-9" />
          {messages.product}
        </p>
        <div className="rounded-3xl border border-line bg-surface p-6 shadow-lift sm:p-8">
          <h1 className="text-2xl font-semibold">{title}</h1>
          <p className="mt-2 text-muted">{intro}</p>
          <form onSubmit={submit} noValidate className="mt-6 flex flex-col gap-2">
            <label htmlFor={field} className="text-sm font-medium">
              {words.field}
            </label>
            <input
              id={field}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setError(undefined);
              }}
              placeholder={words.placeholder}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              aria-invalid={error !== undefined}
              aria-describedby={error === undefined ? undefined : `${field}-error`}
              className="min-h-12 rounded-xl border border-edge bg-surface px-4 text-base placeholder:text-muted aria-invalid:border-bad"
            />
            <div aria-live="polite" className="min-h-8 pb-2 text-sm text-bad">
              {error === undefined ? null : (
                <p id={`${field}-error`} className="flex gap-2 pt-1">
                  <Icon name="alert" className="mt-px size-4.5" />
                  {error}
                </p>
              )}
            </div>
            <Button type="submit" variant="primary" className="min-h-12">
              {words.submit}
            </Button>
          </form>
        </div>
        <p className="mt-5 text-center text-sm text-muted">{words.privacy}</p>
      </div>
    </main>
  );
}
