const HOUR_MS = 3_600_000;

/** The next full hour, or one so many hours later, as RFC 3339. */
export function nextFullHour(nowMs: number, later: number): string {
  return new Date((Math.floor(nowMs / HOUR_MS) + 1 + later) * HOUR_MS).toISOString();
}
