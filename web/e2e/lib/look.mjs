/** A look at a page: in light and dark, with axe-core, as wide as its window. Screenshots go to `screenshots/`. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { seriousViolations } from "./accessibility.mjs";
import { DESKTOP, PHONE } from "./browser.mjs";

const SHOTS = join(import.meta.dirname, "..", "screenshots");
export const WINDOWS = { desktop: DESKTOP, phone: PHONE };

/** `LECTERN_LOOKS=tutor,poll` looks at a part. */
const only = (process.env.LECTERN_LOOKS ?? "").split(",");

/** Those states that are wanted. @template T @param {Record<string, T>} states @returns {[string, T][]} */
export const wanted = (states) => Object.entries(states).filter(([name]) => only.some((part) => name.includes(part)));

/**
 * Looks at what a page shows now.
 * @param {import("playwright-core").Page} page
 * @param {string} name of the state and the window
 * @param {{ fullPage?: boolean }} [options]
 */
export async function look(page, name, { fullPage = false } = {}) {
  await mkdir(SHOTS, { recursive: true });
  await page.mouse.move(0, 0);
  const window = page.viewportSize() ?? DESKTOP;
  // A window as high as the page, so that what sticks to its edges stands there.
  if (fullPage) await page.setViewportSize({ ...window, height: await page.evaluate((least) => Math.min(5000, Math.max(least, document.documentElement.scrollHeight)), window.height) });
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    // Colours fade.
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(SHOTS, `${name}-${colorScheme}.png`) });
    assert.deepEqual(await seriousViolations(page), [], colorScheme);
  }
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `the page is ${wider} px wider than the window`);
  await page.setViewportSize(window);
}
