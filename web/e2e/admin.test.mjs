/**
 * A school's first day, for who runs it: the first admin logs in, finds people, changes and suspends them, reads it in the audit
 * trail, has another system told what happens, and sees that everything works. What they do to others holds in the others'
 * open pages at once.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { DESKTOP, launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { startLectern } from "./lib/processes.mjs";
import { api, PASSWORD } from "./lib/school.mjs";
import { until } from "./lib/until.mjs";

/** @typedef {Awaited<ReturnType<typeof openPage>>} Window */

/** Another system, which is told what happens. */
async function startReceiver() {
  /** @type {{ headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const heard = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook`, heard, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** @param {string} secret @param {{ headers: import("node:http").IncomingHttpHeaders, body: string }} delivery */
function isSigned(secret, { headers, body }) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const content = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const signature = createHmac("sha256", key).update(content).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${signature}`);
}

describe("an admin", { concurrency: false, timeout: 300_000 }, () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {Awaited<ReturnType<typeof startReceiver>>} */
  let receiver;
  /** @type {Window} */
  let admin;
  /** @type {Window} */
  let grace;

  before(async () => {
    browser = await launchChromium();
    receiver = await startReceiver();
    // The receiver is on this machine, which a webhook never reaches by itself.
    const env = { LECTERN_CONTROL_API__WEBHOOKS__ALLOW_HTTP: "true", LECTERN_CONTROL_API__WEBHOOKS__ALLOW_PRIVATE: "true" };
    lectern = await startLectern({ admin: true, env });
    for (const name of ["Grace Hopper", "Ben Sørensen", "Chen Wei"]) {
      const email = `${name.split(" ")[0]?.toLowerCase() ?? ""}@school.example`;
      await api(lectern.origin, "")("POST", "/v1/people", { email, name, password: PASSWORD });
    }
    [admin, grace] = await Promise.all([openPage(browser, { viewport: DESKTOP }), openPage(browser, { viewport: PHONE })]);
  });

  after(async () => {
    await browser?.close();
    await receiver?.stop();
    await lectern?.stop();
  });

  /** @param {Window} window @param {string} email @param {string} password */
  async function logIn({ page }, email, password) {
    await page.getByLabel("Email address").fill(email);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
  }

  async function sound() {
    assert.deepEqual(await seriousViolations(admin.page), []);
    assert.deepEqual([...admin.faults, ...grace.faults], []);
  }

  /** Grace's page, which would forget this if it were loaded anew. */
  const mark = () => grace.page.evaluate(() => void Object.assign(window, { same: true }));
  const isSame = () => grace.page.evaluate(() => "same" in window);

  it("the first one logs in, and finds a person", async () => {
    const { page } = admin;
    const [, email = "", password = ""] = await until("the first admin's password", () => /(\S+@\S+) +password (\S+)/.exec(lectern.log.join("\n")));
    await page.goto(`${lectern.origin}/admin`);
    await logIn(admin, email, password);
    await page.waitForURL(`${lectern.origin}/admin/people`);
    await page.getByRole("rowheader", { name: "Chen Wei" }).waitFor();
    await sound();
    await page.getByLabel("Name or address").fill("hopper");
    await page.waitForURL(/q=hopper/);
    await page.getByRole("rowheader", { name: "Chen Wei" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Grace Hopper" }).click();
    await page.getByRole("heading", { name: "Grace Hopper", level: 1 }).waitFor();
    await sound();
  });

  it("another role is in the other's open page at once", async () => {
    const { page } = admin;
    await grace.page.goto(`${lectern.origin}/login?return_to=/me`);
    await logIn(grace, "grace@school.example", PASSWORD);
    await grace.page.waitForURL(`${lectern.origin}/me`);
    await grace.page.waitForLoadState();
    await mark();
    await page.getByRole("radio", { name: /^Tutor/ }).check({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Grace Hopper is saved.").waitFor();
    await until("the tutor's app in Grace's menu", async () => {
      await grace.page.getByRole("button", { name: /^Account of/ }).click();
      const isThere = await grace.page.getByRole("menuitem", { name: "Teach" }).isVisible();
      await grace.page.keyboard.press("Escape");
      return isThere;
    }, { timeoutMs: 30_000 });
    assert.equal(await isSame(), true, "nothing was loaded anew");
    await grace.page.goto(`${lectern.origin}/tutor`);
    await grace.page.getByRole("button", { name: "New course" }).waitFor();
    await page.getByRole("radio", { name: /^Student/ }).check({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await grace.page.getByRole("button", { name: "New course" }).waitFor({ state: "detached" });
    await grace.page.getByRole("heading", { name: "These pages are for tutors" }).waitFor();
  });

  it("who is suspended is out at once, until let in again", async (test) => {
    const { page } = admin;
    await grace.page.goto(`${lectern.origin}/me`);
    await grace.page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("button", { name: "Suspend" }).click();
    const question = page.getByRole("alertdialog");
    await question.getByText("logged out everywhere at once").waitFor();
    await sound();
    await question.getByRole("button", { name: "Suspend" }).click();
    const began = Date.now();
    await grace.page.waitForURL((url) => url.pathname === "/login");
    test.diagnostic(`the other page was out after ${Date.now() - began} ms`);
    await page.getByText("Grace Hopper is suspended.").waitFor();
    await logIn(grace, "grace@school.example", PASSWORD);
    await grace.page.getByText("This account is suspended").waitFor();
    await page.getByRole("button", { name: "Lift the suspension" }).click();
    await page.getByText("Grace Hopper can log in again.").waitFor();
    await logIn(grace, "grace@school.example", PASSWORD);
    await grace.page.waitForURL(`${lectern.origin}/me`);
  });

  it("reads it all in the audit trail", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "What they did, and what was done to them" }).click();
    await page.getByRole("heading", { name: "Audit trail", level: 1 }).waitFor();
    const line = (/** @type {RegExp} */ words) => page.getByRole("listitem").filter({ hasText: words });
    await line(/Grace Hopper tried to log in while suspended/).waitFor();
    assert.equal(await line(/Administrator changed an account: Grace Hopper/).count(), 4);
    await line(/Administrator changed an account: Grace Hopper/).nth(1).click();
    await page.getByRole("term").filter({ hasText: /^suspended$/ }).waitFor();
    await sound();
    await page.getByRole("button", { name: /Kind$/ }).click();
    await page.getByRole("option", { name: "Tried to log in while suspended" }).click();
    await line(/changed an account/).first().waitFor({ state: "detached" });
    assert.equal(await page.getByRole("listitem").filter({ hasText: /while suspended/ }).count(), 1);
    // Another person is found by name and picked with the keyboard; the identifier does as well.
    const person = page.getByRole("combobox", { name: "Person" });
    assert.equal(await person.inputValue(), "Grace Hopper", "the address has the identifier alone");
    const id = new URL(page.url()).searchParams.get("person");
    await page.getByRole("button", { name: "Show all again" }).click();
    await page.waitForURL((url) => !url.searchParams.has("person"));
    await person.fill("nobody of this name");
    await page.getByText("Nothing is like this.").waitFor();
    await person.fill("CHEN@");
    await page.getByRole("option", { name: /Chen Wei/ }).waitFor();
    await sound();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until("the other person", () => /person=/.test(page.url()) && !page.url().includes(String(id)));
    assert.equal(await until("the name", async () => (await person.inputValue()) || undefined), "Chen Wei");
    // Nothing lies over the trail any more.
    await page.getByRole("heading", { name: "Audit trail", level: 1 }).waitFor();
    await person.fill(String(id));
    await page.waitForURL((url) => url.searchParams.get("person") === id);
    await line(/while suspended/).first().waitFor();
  });

  it("has another system told what happens", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Webhooks" }).first().click();
    await page.getByText("No other system is told anything yet").waitFor();
    await page.getByRole("button", { name: "New webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Where to").fill("ftp://hooks.school.example/");
    await dialog.getByRole("button", { name: "Make the webhook" }).click();
    await dialog.getByText("Please use an http or https URL.").first().waitFor();
    await dialog.getByLabel("Where to").fill(receiver.url);
    await dialog.getByRole("button", { name: "Make the webhook" }).click();
    await dialog.getByRole("heading", { name: "Its secret, shown this once" }).waitFor();
    const secret = (await dialog.getByRole("textbox", { name: "Secret" }).textContent()) ?? "";
    assert.match(secret, /^whsec_/);
    await sound();
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("heading", { name: receiver.url, level: 1 }).waitFor();
    await page.getByRole("button", { name: "Send a test" }).click();
    const delivery = await until("the test's delivery", () => receiver.heard[0]);
    assert.ok(isSigned(secret, delivery), "signed with the secret that was shown");
    assert.equal(JSON.parse(delivery.body).type, "webhook.test");
    const row = page.getByRole("row").filter({ hasText: "webhook.test" });
    await row.getByText("Delivered").waitFor({ timeout: 30_000 });
    await row.getByText("204").waitFor();
    await sound();
    await page.reload();
    assert.ok(!(await page.content()).includes(secret), "it is shown once");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("It is paused: nothing is sent.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send a test" }).isDisabled(), true);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("The webhook is told again").waitFor();
  });

  it("sees that everything works", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Health" }).first().click();
    await page.getByRole("heading", { name: "Everything works" }).waitFor();
    const part = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Postgres", exact: true }) });
    await part.getByText("Works", { exact: true }).waitFor();
    await part.getByText(/answered within \d+ ms/).waitFor();
    await sound();
  });

  it("deletes a webhook after a question", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Webhooks" }).first().click();
    await page.getByRole("link", { name: receiver.url }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No other system is told anything yet").waitFor();
  });

  it("nobody else gets anything of it", async () => {
    const { page } = grace;
    await page.goto(`${lectern.origin}/admin/people`);
    await page.getByRole("heading", { name: "This is for admins of the school" }).waitFor();
    const html = await page.content();
    assert.ok(!html.includes("chen@school.example") && !html.includes("Name or address"));
    const statuses = await page.evaluate(async () => Promise.all(["people", "audit", "system", "webhooks"].map(async (name) => (await fetch(`/v1/${name}`)).status)));
    assert.deepEqual(statuses, [403, 403, 403, 403]);
    assert.deepEqual(grace.faults, []);
  });
});
