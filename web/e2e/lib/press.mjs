/** A button as one presses it. */

import { until } from "./until.mjs";

/**
 * Presses the first button of that name when React has taken the page over: what the server rendered is there before.
 * @param {import("playwright-core").Page} page @param {string | RegExp} name
 */
export async function press(page, name) {
  const button = page.getByRole("button", { name }).first();
  const isAlive = () => button.evaluate((element) => Object.keys(element).some((key) => key.startsWith("__reactProps$")));
  await until(`the page is alive: ${String(name)}`, isAlive, { timeoutMs: 30_000, everyMs: 25 });
  await button.click();
}
