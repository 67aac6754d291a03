/** What axe-core finds in a page. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * The serious and critical violations of WCAG 2.2 AA, one line each.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function seriousViolations(page) {
  // `evaluate` is not subject to the page's own policy, unlike a script element.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const axe = /** @type {any} */ (window).axe;
    // While a list is open below a field, all else is hidden from screen readers; the focus does not get there before it closes.
    const rules = { "aria-hidden-focus": { enabled: document.querySelector("input[role=combobox][aria-expanded=true]") === null } };
    const result = await axe.run(document, { rules, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return result.violations
      .filter((/** @type {any} */ violation) => violation.impact === "serious" || violation.impact === "critical")
      .map((/** @type {any} */ violation) => `${violation.id}: ${violation.nodes.map((/** @type {any} */ node) => node.html).join(" | ")}`);
  });
}
