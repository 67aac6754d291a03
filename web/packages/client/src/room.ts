import { LecternError } from "./problem.js";
import type { TokenSource } from "./resource.js";

/** Which room of which server, and by whose right. */
export interface RoomAccess {
  /** The server's address, such as `https://class.example.org`; the page's own when left out. */
  readonly baseUrl?: string | undefined;
  /** The room's name: 1 to 64 letters, digits, hyphens and underscores. */
  readonly room: string;
  readonly token: TokenSource;
}

/** What can be published: one session each. */
export type Source = "camera" | "screen" | `stage/${number}`;

/** What a token says about itself. Read without verifying: good for showing, not for deciding. */
export interface TokenClaims {
  readonly room: string | undefined;
  readonly name: string | undefined;
  readonly role: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number | undefined;
}

/** The address of an endpoint below a room. */
export function roomUrl(access: RoomAccess, path: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(access.room)) throw new LecternError("room_invalid", "This is not the name of a room.");
  return new URL(`/v1/rooms/${access.room}/${path}`, access.baseUrl ?? window.location.origin).href;
}

/** Reads a token's claims; `undefined` when it is no token at all. */
export function readToken(token: string): TokenClaims | undefined {
  const body = token.split(".")[1];
  if (token.split(".").length !== 3 || body === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const text = (name: string) => (typeof claims[name] === "string" ? claims[name] : undefined);
    const exp = claims["exp"];
    return { room: text("room"), name: text("name"), role: text("role"), expiresAtMs: typeof exp === "number" ? exp * 1000 : undefined };
  } catch {
    return undefined;
  }
}
