/**
 * One's account, in two browsers of one person: another password, the way out of all of them at once, and the mail for who
 * forgot. Whoever is shut out somewhere is told so at once, and comes back to where they were.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { api, PASSWORD } from "./lib/school.mjs";
import { logIn } from "./lib/school-pages.mjs";
import { until } from "./lib/until.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const SECOND_PASSWORD = "another correct horse battery";
const THIRD_PASSWORD = "a third correct horse battery";

describe("an account", { skip, timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let laptop;
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let phone;
  const person = { email: "grace@school.example", password: PASSWORD };

  before(async () => {
    [lectern, browser] = await Promise.all([startLectern(), launchChromium()]);
    [laptop, phone] = await Promise.all([openPage(browser, { viewport: DESKTOP }), openPage(browser, { viewport: PHONE })]);
    await api(lectern.origin, "")("POST", "/v1/people", { ...person, name: "Grace Hopper" });
  });
  after(async () => {
    await browser?.close();
    await lectern?.stop();
  });

  /**
   * Does something in the one browser that shuts the other one out, and says how soon it is at the login page.
   * @param {import("node:test").TestContext} t
   * @param {() => Promise<unknown>} shut
   */
  async function shutsOut(t, shut) {
    const out = phone.page.waitForURL((url) => url.pathname === "/login", { waitUntil: "commit" }).then(() => performance.now());
    await shut();
    const done = performance.now();
    t.diagnostic(`out ${Math.round((await out) - done)} ms after the answer`);
    await phone.page.getByText("You were logged out").waitFor();
  }

  /** The pages of a browser that shows nothing of somebody. @param {import("playwright-core").Page} page */
  async function backIn(page) {
    await page.getByLabel("Email address").fill(person.email);
    await page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await page.getByRole("button", { name: "Log in" }).click();
  }

  it("another password is set, and the other browser is out", async (t) => {
    await logIn(phone.page, lectern.origin, person, "/calendar");
    await logIn(laptop.page, lectern.origin, person, "/account");
    const { page } = laptop;
    await page.getByText("This one").waitFor();
    // Signing up was a session, too.
    assert.equal(await page.getByRole("list", { name: "Where you are logged in" }).getByRole("listitem").count(), 3);
    await page.getByLabel("Password until now").fill("something else");
    await page.getByLabel("New password").fill(SECOND_PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").getByText("Password until now: This is not your password.").waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByLabel("Password until now").fill(person.password);
    await shutsOut(t, async () => {
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("Your password is changed").waitFor();
    });
    person.password = SECOND_PASSWORD;
    await backIn(phone.page);
    await phone.page.waitForURL((url) => url.pathname === "/calendar");
  });

  it("one browser can be logged out from another", async (t) => {
    const { page } = laptop;
    await page.reload();
    const list = page.getByRole("list", { name: "Where you are logged in" });
    await shutsOut(t, async () => {
      await list.getByRole("button", { name: /^Log out/ }).first().click();
      await page.getByText("Logged out there.").waitFor();
    });
    assert.equal(await list.getByRole("listitem").count(), 1);
  });

  it("all of them can, this one too", async (t) => {
    await backIn(phone.page);
    await phone.page.waitForURL((url) => url.pathname === "/calendar");
    const { page } = laptop;
    await page.getByRole("button", { name: "Log out everywhere" }).click();
    await shutsOut(t, async () => {
      await page.getByRole("alertdialog").getByRole("button", { name: "Log out everywhere" }).click();
      await page.getByRole("link", { name: "Log in" }).waitFor();
    });
    await page.goto(`${lectern.origin}/account`);
    await page.waitForURL((url) => url.pathname === "/login");
  });

  it("a forgotten password is replaced by the mail's link, which is good once", async () => {
    const { page } = laptop;
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByLabel("Email address").fill(person.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("Look into your mailbox").waitFor();
    const [link] = await until("the mail", () => /http:\S+\/reset#token=[\w-]+/.exec(lectern.log.join("\n")));
    await page.goto(link);
    await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await until("an address without the token", () => !page.url().includes("token"));
    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Set password" }).click();
    await page.getByText("One field needs another look").waitFor();
    await page.getByLabel("New password").fill(THIRD_PASSWORD);
    await page.getByRole("button", { name: "Set password" }).click();
    await page.getByText("Your new password is set").waitFor();
    person.password = THIRD_PASSWORD;
    await phone.page.goto(link);
    await phone.page.getByLabel("New password").fill(SECOND_PASSWORD);
    await phone.page.getByRole("button", { name: "Set password" }).click();
    await phone.page.getByText("This link is used up or too old").waitFor();
    await page.getByRole("link", { name: "Back to log in" }).click();
    await backIn(page);
    await page.getByRole("heading", { name: "Hello, Grace Hopper" }).waitFor();
    assert.deepEqual([...laptop.faults, ...phone.faults], []);
  });

  it("logging out in one tab is logging out in all of them", async () => {
    const { page, context } = laptop;
    const other = await context.newPage();
    await other.goto(`${lectern.origin}/calendar`);
    await page.getByRole("button", { name: "Account of Grace Hopper" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByRole("link", { name: "Sign up" }).waitFor();
    await other.waitForURL((url) => url.pathname === "/login");
  });
});
