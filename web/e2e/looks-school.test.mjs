/**
 * What the school's pages look like and whether everybody can use them: each of their states, with a school's data, empty,
 * with errors and with names as long as words get; on phone and desktop, light and dark; axe-core finds nothing serious,
 * nothing violates the policy. One server and one browser for all.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { launchChromium, openPage } from "./lib/browser.mjs";
import { look, wanted, WINDOWS } from "./lib/look.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { studentStates, tutorStates, visitorStates } from "./lib/school-states.mjs";
import { plantWorld } from "./lib/school-world.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;

describe("the school", { skip, timeout: 3_600_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("./lib/school-world.mjs").World} */
  let world;

  before(async () => {
    [lectern, browser] = await Promise.all([startLectern(), launchChromium()]);
    world = await plantWorld(lectern, browser);
  });
  after(async () => {
    await browser?.close();
    await lectern?.stop();
  });

  /** All states of one person in one window, one after the other. @param {import("./lib/school-states.mjs").Who} who @param {keyof typeof WINDOWS} size @param {import("node:test").TestContext} t */
  async function walk(who, size, t) {
    const { page, context, faults } = await openPage(browser, { viewport: WINDOWS[size] });
    try {
      if (who !== "visitor") {
        const answer = await context.request.post(`${lectern.origin}/v1/session`, { data: { email: world.people[who], password: world.password, cookies: true } });
        assert.ok(answer.ok(), await answer.text());
      }
      const states = wanted({ ...visitorStates(world), ...studentStates(world), ...tutorStates(world) }).filter(([, state]) => state.as === who);
      for (const [name, state] of states) {
        await t.test(name, async () => {
          await state.before?.(page);
          await page.goto("about:blank");
          await page.goto(lectern.origin + state.path);
          await state.show(page);
          await look(page, `${name}-${size}`, { fullPage: true });
          await context.setOffline(false);
          await page.unrouteAll({ behavior: "ignoreErrors" });
          assert.deepEqual(faults.splice(0), []);
        });
      }
    } finally {
      await context.close();
    }
  }

  for (const who of /** @type {const} */ (["visitor", "student", "fresh", "tutor"])) {
    for (const size of /** @type {const} */ (["desktop", "phone"])) it(`to a ${who}, ${size}, light and dark`, (t) => walk(who, size, t));
  }
});
