/**
 * A class that is recorded while it runs, and replayed: camera, screen and chat of real browsers, by a school that is all
 * there. Who comes late, or finds no room, watches from the beginning; when it is over, everybody does, and goes on where
 * they stopped, whatever was away meanwhile.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchFirefox, openPage } from "./lib/browser.mjs";
import { onPerson } from "./lib/classroom-page.mjs";
import { slotVideo, waitForFrames } from "./lib/frames.mjs";
import { LECTERN_BIN } from "./lib/processes.mjs";
import { openRecordedClass, PATIENCE_MS, PICTURES, play, position, STUDENT } from "./lib/recorded-class.mjs";
import { logIn } from "./lib/school-pages.mjs";
import { until } from "./lib/until.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const QUESTION = "Which way does it point?";
/** The shortest life that a ticket may have. */
const TICKET_S = 60;
const CAPTIONS = "WEBVTT\n\n00:00.000 --> 10:00:00.000\n<v Ada>An arrow &amp; its length</v>\n";

describe("a recorded class", { skip, timeout: 900_000 }, () => {
  /** @type {Awaited<ReturnType<typeof openRecordedClass>>} */
  let taught;
  let [live, lesson, recording] = ["", "", ""];

  before(async () => {
    taught = await openRecordedClass({ env: { LECTERN_CONTROL_API__RECORDINGS__TICKET_S: String(TICKET_S) } });
    lesson = await taught.lesson("What was shown");
    live = await taught.begin("Arrows, live", lesson);
  });
  after(() => taught?.close());

  /** The student in another browser window. */
  async function elsewhere() {
    const opened = await openPage(taught.browser, { viewport: DESKTOP });
    opened.context.setDefaultTimeout(PATIENCE_MS);
    await logIn(opened.page, taught.lectern.origin, STUDENT);
    return opened;
  }

  it("is recorded while it runs, and its door leads to its beginning and back to now", async () => {
    const { student, tutor } = taught;
    const there = student.page;
    await taught.broadcast(live);
    // More than what counts as the present still, or there is no way back to it.
    await taught.sayAndGoOn(live, QUESTION, 45);
    await onPerson(tutor.page, "Grace Hopper", "Invite on stage");
    await there.getByRole("button", { name: "Go on stage" }).click();
    await waitForFrames(tutor.page, slotVideo("stage/1"), 3, PATIENCE_MS);
    await onPerson(tutor.page, "Grace Hopper", "Take off the stage");
    await there.locator('[data-slot="stage/1"]').waitFor({ state: "detached" });
    ({ id: recording } = await taught.recorded(live, "a recording", () => true));
    await there.getByRole("link", { name: "Watch from the beginning" }).click();
    await there.waitForURL(`**/recordings/${recording}`);
    await play(there);
    const began = await position(there);
    await there.getByRole("button", { name: "Go to live" }).click();
    await until("the player is near the present", async () => (await position(there)) > began + 5, { timeoutMs: PATIENCE_MS });
    await there.getByText("Live", { exact: true }).waitFor();
    assert.deepEqual(student.faults, []);
  });

  it("goes on when the ticket has ended, with another one", async () => {
    const { student } = taught;
    const there = student.page;
    // Away from the edge, which is as late as the machine is busy.
    await there.keyboard.press("0");
    const renewed = there.waitForRequest((request) => request.method() === "POST" && request.url().endsWith(`/v1/recordings/${recording}/playback`), { timeout: 2 * TICKET_S * 1000 });
    await renewed;
    const at = await position(there);
    await until("it plays on", async () => (await position(there)) > at + 5, { timeoutMs: PATIENCE_MS });
    assert.equal(await there.getByText("The video stopped").count(), 0);
    assert.deepEqual(student.faults, []);
  });

  it("is offered as a stream to whom the class has no room for", async () => {
    const { lectern, student } = taught;
    const there = student.page;
    await there.route("**/v1/rooms/*/whep", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", headers: { "retry-after": "20" }, body: JSON.stringify({ code: "room_full", title: "full", status: 503 }) }));
    await there.goto(`${lectern.origin}/class/${live}`);
    await there.getByRole("heading", { name: "The class is full right now" }).waitFor();
    await there.getByRole("link", { name: "Watch the stream instead" }).click();
    await there.waitForURL(`**/recordings/${recording}`);
    await play(there);
    await there.unrouteAll({ behavior: "ignoreErrors" });
  });

  it("is ready when it is over, with both pictures, what was said, and what it showed", async () => {
    const { lectern, student, tutor } = taught;
    const there = student.page;
    const { id, state, duration_s: length } = await taught.end(live);
    assert.deepEqual([id, state], [recording, "ready"]);
    await there.goto(`${lectern.origin}/recordings/${recording}`);
    await play(there);
    assert.deepEqual(await seriousViolations(there), []);
    const slider = there.getByRole("slider", { name: "Position" });
    await slider.press("End");
    await there.getByText(QUESTION).waitFor();
    await slider.press("Home");
    await there.getByText(QUESTION).waitFor({ state: "detached" });
    await there.getByRole("button", { name: "Chapters" }).click();
    for (const title of ["The class begins", "Screen shared", "Somebody on stage", "Stage empty again"]) await there.getByRole("menuitemradio", { name: title }).waitFor();
    await there.keyboard.press("Escape");
    await play(there);
    const apart = () => there.evaluate(({ camera, screen }) => {
      const [first, second] = [camera, screen].map((selector) => /** @type {HTMLVideoElement} */ (document.querySelector(selector)).currentTime);
      return [Number(first), Number(second)];
    }, PICTURES);
    assert.ok((await apart()).every((seconds) => seconds > 0 && seconds < length + 1), String(await apart()));
    assert.deepEqual([...student.faults, ...tutor.faults], []);
  });

  it("plays for the tutor above the list that it is in, at an address of its own", async () => {
    const { course, lectern, tutor } = taught;
    const { page } = tutor;
    await page.goto(`${lectern.origin}/tutor/courses/${course}/recordings`);
    await page.getByRole("link", { name: /^Watch/ }).click();
    await page.waitForURL(`**/recordings?play=${recording}`);
    await play(page);
    assert.deepEqual(await seriousViolations(page), []);
    await page.reload();
    await play(page);
    await page.getByRole("link", { name: "Close" }).click();
    await page.getByRole("region", { name: "Arrows, live", exact: true }).waitFor({ state: "detached" });
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /^Recordings/, "who closed it goes on at the list");
    assert.equal(new URL(page.url()).search, "");
    await page.goBack();
    await page.getByRole("group", { name: "Playback" }).waitFor();
    assert.deepEqual(tutor.faults, []);
  });

  it("shows what is to be seen before one goes there: a poster, and pictures above the bar", async () => {
    const { ada, lectern } = taught;
    const { poster, storyboard } = await ada.ask("POST", `/v1/recordings/${recording}/playback`, {});
    assert.ok(poster !== null && storyboard !== null);
    const { page, context, faults } = await elsewhere();
    const fetched = page.waitForResponse((answer) => answer.url().includes("poster") && answer.ok());
    await page.goto(`${lectern.origin}/recordings/${recording}`);
    await fetched;
    const shown = page.locator('image[href*="poster"]');
    await shown.waitFor();
    const slider = page.getByRole("slider", { name: "Position" });
    await slider.hover();
    await page.locator(".seek-preview image").waitFor();
    await page.locator(".seek-preview").getByText(/The class begins|Screen shared|Somebody on stage|Stage empty again/).waitFor();
    await page.mouse.move(0, 0);
    await page.locator(".seek-preview").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Play", exact: true }).focus();
    await page.keyboard.press("Shift+Tab");
    await page.locator(".seek-preview image").waitFor();
    await play(page);
    assert.equal(await shown.count(), 0);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("has captions as soon as a tutor attaches them, and the key for them", async () => {
    const { course, lectern, student, tutor } = taught;
    const [{ page }, there] = [tutor, student.page];
    await page.goto(`${lectern.origin}/tutor/courses/${course}/recordings`);
    await page.getByRole("button", { name: /^Captions/ }).click();
    const choose = async (/** @type {string} */ text) => {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: /^Choose a/ }).click()]);
      await chooser.setFiles([{ name: "arrows.vtt", mimeType: "text/vtt", buffer: Buffer.from(text) }]);
      await page.getByRole("button", { name: "Attach captions" }).click();
    };
    await choose(CAPTIONS.replace("WEBVTT", "1"));
    await page.getByText("its first line begins with").first().waitFor();
    await choose(CAPTIONS);
    await page.getByRole("listitem").getByText("English").waitFor();
    await there.goto(`${lectern.origin}/recordings/${recording}`);
    await play(there);
    await there.keyboard.press("c");
    await there.getByText("An arrow & its length").waitFor();
    // They are there the next time, too.
    await there.reload();
    await there.getByText("An arrow & its length").waitFor();
    await there.getByRole("button", { name: "Captions" }).click();
    await there.getByRole("menuitemradio", { name: "No captions" }).click();
    await there.getByText("An arrow & its length").waitFor({ state: "detached" });
    assert.deepEqual([...student.faults, ...tutor.faults], []);
  });

  it("goes on by itself when the network is back, where it was", async () => {
    const { lectern, student } = taught;
    const { page: there, context } = student;
    // What was played before is in the browser's cache, and is played without a network, too.
    const devtools = await context.newCDPSession(there);
    await devtools.send("Network.enable");
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    await there.goto(`${lectern.origin}/recordings/${recording}`);
    await there.getByRole("slider", { name: "Position" }).press("Home");
    await play(there);
    const at = await position(there);
    await context.setOffline(true);
    await there.keyboard.press("9");
    await there.getByText("The connection is interrupted").filter({ visible: true }).first().waitFor();
    await context.setOffline(false);
    await there.getByText("The connection is interrupted").filter({ visible: true }).first().waitFor({ state: "detached" });
    await until("it is not thrown back", async () => (await position(there)) > at, { timeoutMs: PATIENCE_MS });
    await devtools.detach();
    assert.deepEqual(student.faults, []);
  });

  it("goes on where one stopped, in another browser too", async () => {
    const { lectern, student } = taught;
    const there = student.page;
    await there.goto(`${lectern.origin}/lessons/${lesson}`);
    await there.getByRole("slider", { name: "Position" }).press("Home");
    await play(there);
    await until("some of it is watched", async () => (await position(there)) > 12, { timeoutMs: PATIENCE_MS });
    const kept = there.waitForResponse((answer) => answer.url().includes(`/v1/lessons/${lesson}/progress`) && answer.ok());
    await there.getByRole("button", { name: "Pause", exact: true }).click();
    await kept;
    const at = await position(there);
    const { page, context } = await elsewhere();
    await page.goto(`${lectern.origin}/lessons/${lesson}`);
    await page.getByText(/^You go on at/).waitFor({ state: "attached" });
    for (const each of [page, there]) {
      if (each === there) await there.reload();
      const resumed = await until("it stands where it was", async () => ((await position(each)) > 5 ? position(each) : undefined), { timeoutMs: PATIENCE_MS });
      assert.ok(Math.abs(resumed - at) < 6, `${resumed} and not ${at}`);
    }
    await context.close();
  });

  it("is played by Firefox, too", async () => {
    const { lectern, student } = taught;
    const firefox = await launchFirefox();
    try {
      const cookies = await student.context.cookies(lectern.origin);
      await firefox.setCookie(...cookies.map(({ name, value, domain, path }) => ({ name, value, domain, path })));
      const page = await firefox.newPage();
      await page.goto(`${lectern.origin}/recordings/${recording}`);
      await page.locator('::-p-aria([name="Play"][role="button"])').setTimeout(PATIENCE_MS).click();
      for (const picture of Object.values(PICTURES)) {
        const frames = () => page.$eval(picture, (video) => /** @type {HTMLVideoElement} */ (video).getVideoPlaybackQuality().totalVideoFrames);
        await until(`frames in ${picture}`, async () => (await frames()) > 20, { timeoutMs: PATIENCE_MS });
      }
    } finally {
      await firefox.close();
    }
  });

  it("is not played by who is not in the course, nor with another's ticket", async () => {
    const { ada, lectern } = taught;
    const { camera } = await ada.ask("POST", `/v1/recordings/${recording}/playback`, {});
    const eve = await taught.stranger();
    const as = (/** @type {string} */ token) => fetch(lectern.origin + camera, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
    assert.deepEqual([(await as("")).status, (await as(eve)).status], [401, 403]);
    const refused = await fetch(`${lectern.origin}/v1/recordings/${recording}/playback`, { method: "POST", headers: { authorization: `Bearer ${eve}`, "content-type": "application/json" }, body: "{}" });
    assert.ok(refused.status === 403 || refused.status === 404, String(refused.status));
  });

  it("is deleted by the tutor while it plays, and with it the player is gone", async () => {
    const { course, lectern, tutor } = taught;
    const { page } = tutor;
    await page.goto(`${lectern.origin}/tutor/courses/${course}/recordings?play=${recording}`);
    await play(page);
    await page.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No class has been recorded yet").waitFor();
    assert.equal(await page.getByRole("group", { name: "Playback" }).count(), 0);
    assert.equal(new URL(page.url()).search, "");
    assert.deepEqual(tutor.faults, []);
  });
});
