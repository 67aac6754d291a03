/** A school that is away for a moment: its pages say so, and are there again when it is and somebody tries. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { cuttable } from "./lib/cuttable.mjs";
import { LECTERN_BIN, startApp, startLectern } from "./lib/processes.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;

describe("pages of a school that is away", { skip, timeout: 120_000 }, () => {
  /** @type {(() => Promise<unknown>)[]} */
  const stops = [];
  /** @type {Awaited<ReturnType<typeof cuttable>>} */
  let network;
  /** @type {string} */
  let origin;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    const lectern = await startLectern({ apps: false });
    stops.push(lectern.stop);
    network = await cuttable(lectern.origin);
    stops.push(network.stop);
    const app = await startApp("student", network.origin);
    stops.push(app.stop);
    origin = app.origin;
    browser = await launchChromium();
    stops.push(() => browser.close());
  });
  after(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  /** @param {boolean} signedIn whether the page looks who it is for, which fails first then */
  async function comesBack(signedIn) {
    const { page, context, faults } = await openPage(browser, { viewport: PHONE });
    if (signedIn) await context.addCookies([{ name: "lectern_access", value: "of-another-school", url: origin }]);
    // Each search is another page: what is kept of one is not shown for the other.
    const url = `${origin}/?q=${signedIn ? "algebra" : "biology"}`;
    network.cut();
    await page.goto(url);
    await page.getByRole("heading", { name: "This page did not load" }).waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    network.mend();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("No course has these words").waitFor();
    assert.deepEqual(faults.filter((fault) => /Policy|hydrat/i.test(fault)), []);
    await context.close();
  }

  it("come back for a visitor", () => comesBack(false));
  it("come back for who is signed in", () => comesBack(true));
});
