/** Logging in with an OpenID Connect provider, in a browser: there, back, and when it does not work out. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { seriousViolations } from "./lib/accessibility.mjs";
import { launchChromium, openPage, PHONE } from "./lib/browser.mjs";
import { CLIENT, startIdentityProvider } from "./lib/identity-provider.mjs";
import { LECTERN_BIN, startLectern } from "./lib/processes.mjs";
import { api, PASSWORD } from "./lib/school.mjs";

const skip = existsSync(LECTERN_BIN) ? false : `there is no ${LECTERN_BIN}`;
const GRACE = { sub: "42", email: "grace@school.example", email_verified: true, name: "Grace Hopper" };

describe("logging in elsewhere", { skip, timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startIdentityProvider>>} */
  let provider;
  /** @type {Awaited<ReturnType<typeof startLectern>>} */
  let lectern;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    provider = await startIdentityProvider(GRACE);
    const key = (/** @type {string} */ name) => `LECTERN_CONTROL_API__OIDC__PROVIDERS__EXAMPLE__${name}`;
    const env = { [key("TITLE")]: "Example ID", [key("ISSUER")]: provider.issuer, [key("CLIENT_ID")]: CLIENT.id, [key("CLIENT_SECRET")]: CLIENT.secret };
    [lectern, browser] = await Promise.all([startLectern({ env }), launchChromium()]);
  });
  after(async () => {
    await browser?.close();
    await Promise.all([lectern?.stop(), provider?.stop()]);
  });

  it("makes an account for who is new, and leads back to where they wanted to go", async () => {
    const { page, context, faults } = await openPage(browser, { viewport: PHONE });
    await page.goto(`${lectern.origin}/account`);
    await page.waitForURL((url) => url.pathname === "/login");
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.getByRole("link", { name: "Allow" }).click();
    await page.waitForURL(`${lectern.origin}/account`);
    assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), GRACE.name);
    assert.deepEqual((await context.cookies()).map(({ name }) => name).sort(), ["lectern_access", "lectern_refresh"], "the attempt is forgotten");
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("says so when somebody says no, and lets them try again", async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto(`${lectern.origin}/signup?return_to=/account`);
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.getByRole("link", { name: "Deny" }).click();
    await page.getByRole("alert").getByText("was not finished").waitFor();
    assert.equal(new URL(page.url()).pathname, "/login");
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.getByRole("link", { name: "Allow" }).click();
    await page.waitForURL(`${lectern.origin}/account`);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("sends who has a password to it", async () => {
    await api(lectern.origin, "")("POST", "/v1/people", { email: "ada@school.example", name: "Ada Lovelace", password: PASSWORD });
    provider.person = { sub: "43", email: "ada@school.example", email_verified: true, name: "Somebody" };
    const { page, context } = await openPage(browser);
    await page.goto(`${lectern.origin}/login`);
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.getByRole("link", { name: "Allow" }).click();
    await page.getByRole("alert").getByText("There is an account with this address already").waitFor();
    await page.getByLabel("Email address").fill("ada@school.example");
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(`${lectern.origin}/me`);
    await context.close();
  });
});
