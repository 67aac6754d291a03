/** Where somebody goes after logging in, if they come with nothing better. */
export const HOME = "/me";

/**
 * A path of this origin, or {@link HOME}. What names another origin (`//host`, `/\host`, `https:`) or holds what a browser
 * drops from an address (tabs, line ends) is refused: a link to our login must not lead elsewhere.
 */
export function returnPath(wanted: string | null | undefined): string {
  // eslint-disable-next-line no-control-regex
  if (wanted == null || wanted.length > 2_000 || !/^\/(?![/\\])[^\u0000-\u001f\\]*$/.test(wanted)) return HOME;
  return new URL(wanted, "http://here.invalid").origin === "http://here.invalid" ? wanted : HOME;
}

/** The login page, from which one comes back to `path`. */
export function loginPath(path: string): string {
  return `/login?return_to=${encodeURIComponent(path)}`;
}
