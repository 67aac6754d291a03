/** Waiting with a limit and a reason. */

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks `look` until it gives something that is neither false nor undefined, and returns it. What `look` throws counts as
 * "not yet"; the last of it is in the message.
 * @template T
 * @param {string} what for the message
 * @param {() => T | Promise<T>} look
 * @param {{ timeoutMs?: number, everyMs?: number }} [options]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, look, { timeoutMs = 15_000, everyMs = 100 } = {}) {
  const end = Date.now() + timeoutMs;
  /** @type {unknown} */
  let last;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== null && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what} (last: ${String(last)})`);
    await pause(everyMs);
  }
}
