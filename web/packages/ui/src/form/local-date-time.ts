const two = (n: number) => String(n).padStart(2, "0");

/** A time (RFC 3339) as `datetime-local` wants it, in this computer's zone; empty for none. */
export function rfc3339ToLocal(time: string | null): string {
  const at = new Date(time ?? "");
  if (Number.isNaN(at.getTime())) return "";
  return `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What a `datetime-local` field holds, in this computer's zone, as RFC 3339 in UTC; `null` for nothing and for what is no time. */
export function localToRfc3339(local: string): string | null {
  const at = new Date(/^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(local) ? local : "");
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
