import { LecternError, School, type Schemas } from "@lectern/client";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { loginPath } from "../shell/return-to";

/** Whoever a page is made for. */
export type Viewer = Schemas["Person"];

/** Where a server finds the API; a browser finds it at its own origin. */
const ORIGIN = process.env["LECTERN_API_ORIGIN"] ?? "http://127.0.0.1:8080";
/** For how long a page may show what is the same for every visitor, seconds. */
const PUBLIC_S = 30;

/** The school as the person sees it for whom this request is: their cookies and address go along. */
export const serverSchool = cache(async (): Promise<School> => {
  const request = await headers();
  const passed = ["cookie", "x-forwarded-for", "x-forwarded-proto", "user-agent"].flatMap((name) => {
    const value = request.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  // The cookie that renews a session goes to the session's own routes alone, so that a server cannot.
  return new School({ baseUrl: ORIGIN, headers: Object.fromEntries(passed), refresh: false });
});

/** The school as every visitor sees it; for `init: EVERYBODY(tags)`, which keeps answers for half a minute. */
export const publicSchool = new School({ baseUrl: ORIGIN, refresh: false });

/** Options of a request whose answer is the same for everybody. */
export function everybody(...tags: string[]): { init: RequestInit } {
  return { init: { next: { revalidate: PUBLIC_S, tags } } };
}

/** Where else one can log in. A login page without an answer does without. */
export async function signInProviders(): Promise<readonly Schemas["OidcProvider"][]> {
  return await publicSchool.get("/v1/oidc", everybody("oidc")).catch(() => []);
}

/** Who looks at the page; `null` when nobody is signed in, or their access token ran out (the page renews it then). */
export const viewer = cache(async (): Promise<Viewer | null> => {
  if (!/(^|;\s*)lectern_access=[^;]/.test((await headers()).get("cookie") ?? "")) return null;
  try {
    return await (await serverSchool()).get("/v1/me");
  } catch (error) {
    if (error instanceof LecternError && (error.status === 401 || error.status === 403 || error.status === 404)) return null;
    throw error;
  }
});

/** Who looks at the page; somebody who is not signed in goes to log in, and comes back to `path`. */
export async function requireViewer(path: string): Promise<Viewer> {
  const person = await viewer();
  // Of this origin, but of the student's app: only it has the page.
  if (person === null) redirect(loginPath(path));
  return person;
}

/** What the API answers; what it does not know is a page that is not there, and who is not signed in goes to log in. */
export async function found<T>(answer: Promise<T>, path: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LecternError && error.status === 404) notFound();
    if (error instanceof LecternError && error.status === 401) redirect(loginPath(path));
    throw error;
  }
}
