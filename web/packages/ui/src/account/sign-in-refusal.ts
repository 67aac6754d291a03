import { messages } from "../messages";

/**
 * Why somebody came back from another login without being logged in, in words. The code stands in the address, where anybody
 * can put anything: what is none of ours is never shown.
 */
export function signInRefusal(code: string): string {
  const known = messages.schoolProblems;
  return (Object.hasOwn(known, code) ? known[code] : undefined) ?? messages.account.elsewhereFailed;
}
