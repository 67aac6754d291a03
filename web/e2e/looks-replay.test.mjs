/**
 * What the player and the pages of recordings look like and whether everybody can use them: a recorded class in each of the
 * player's states, on phone and desktop, light and dark; axe-core finds nothing serious, nothing violates the policy.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { openPage } from "./lib/browser.mjs";
import { look, wanted, WINDOWS } from "./lib/look.mjs";
import { LECTERN_BIN } from "./lib/processes.mjs";
import { openRecordedClass, PATIENCE_MS } from "./lib/recorded-class.mjs";
import { studentReplayStates, tutorReplayStates } from "./lib/replay-states.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const TITLE = "Arrows in the plane, their lengths and their angles: a very long evening with many questions";
const CAPTIONS = "WEBVTT\n\n00:00.000 --> 10:00:00.000\nAn arrow &amp; its length,\nwhich is never below zero\n";

describe("recordings", { skip, timeout: 3_600_000 }, () => {
  /** @type {Awaited<ReturnType<typeof openRecordedClass>>} */
  let taught;
  /** @type {{ recording: string, course: string, lesson: string }} */
  let world;

  before(async () => {
    taught = await openRecordedClass();
    const { ada, course } = taught;
    const lesson = await taught.lesson("What was shown");
    const live = await taught.begin(TITLE, lesson);
    await taught.broadcast(live);
    await taught.sayAndGoOn(live, "Which way does it point?", 2);
    await taught.sayAndGoOn(live, "To the right, I think: its first number is larger than zero, and the other one is nothing at all.", 16);
    const { id, state } = await taught.end(live);
    assert.equal(state, "ready");
    for (const [language, label] of [["en", "English"], ["de", "Deutsch"]]) await ada.ask("PUT", `/v1/recordings/${id}/captions/${language}`, { label, text: CAPTIONS });
    world = { recording: id, course, lesson };
  });
  after(() => taught?.close());

  for (const size of /** @type {const} */ (["desktop", "phone"])) {
    for (const who of /** @type {const} */ (["student", "tutor"])) {
      it(`to a ${who}, ${size}, light and dark`, async (t) => {
        const { page, context, faults } = await openPage(taught.browser, { viewport: WINDOWS[size] });
        context.setDefaultTimeout(PATIENCE_MS);
        await context.addCookies(await taught[who].context.cookies());
        for (const [name, state] of wanted(who === "student" ? studentReplayStates(world) : tutorReplayStates(world))) {
          await t.test(name, async () => {
            await state.before?.(page);
            await page.goto("about:blank");
            await page.goto(taught.lectern.origin + state.path);
            await state.show(page);
            await look(page, `${name}-${size}`, { fullPage: true });
            await page.unrouteAll({ behavior: "ignoreErrors" });
            assert.deepEqual(faults.splice(0), []);
          });
        }
        await context.close();
      });
    }
  }
});
