/**
 * What the administration and the page about the API look like and whether everybody can use them: on phone and desktop, light
 * and dark; axe-core finds nothing serious, nothing violates the policy. Screenshots go to `screenshots/`.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchChromium, openPage } from "./lib/browser.mjs";
import { look, wanted, WINDOWS } from "./lib/look.mjs";
import { startApp } from "./lib/processes.mjs";
import { startStandInSchool, STUDENT, WEBHOOKS } from "./lib/stand-in-school.mjs";

/** @typedef {import("playwright-core").Page} Page */
/**
 * @typedef {object} State
 * @property {string} at the page
 * @property {import("./lib/stand-in-school.mjs").Scene} [scene]
 * @property {Record<string, { status: number, body?: unknown }>} [writes] the answer to a request of this method
 * @property {(page: Page) => Promise<unknown>} show brings the page into the state
 */

const heading = (/** @type {string} */ name) => (/** @type {Page} */ page) => page.getByRole("heading", { name }).first().waitFor();
const text = (/** @type {string} */ words) => (/** @type {Page} */ page) => page.getByText(words).first().waitFor();

/** @param {Page} page @param {string} url */
async function askForWebhook(page, url) {
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByLabel("Where to").fill(url);
  await page.getByRole("button", { name: "Make the webhook" }).click();
}

const PRIVATE = "a URL of the public internet: private, local and reserved addresses are refused, since a webhook could reach what is inside of the school's own network";
const [WELL, FAILING, GIVEN_UP] = WEBHOOKS;

/** @type {Record<string, State>} */
const STATES = {
  "admin-people": { at: "/admin/people", show: text("Grace Hopper") },
  "admin-people-none": { at: "/admin/people?q=nobody&role=tutor", scene: { isEmpty: true }, show: text("Nobody fits") },
  "admin-person": { at: `/admin/people/${STUDENT.id}`, show: heading("Ben Sørensen") },
  "admin-person-raise": { at: `/admin/people/${STUDENT.id}`, show: async (page) => {
    await page.getByRole("radio", { name: /^Admin/ }).check({ force: true });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alertdialog").waitFor();
  } },
  "admin-person-suspend": { at: `/admin/people/${STUDENT.id}`, show: async (page) => {
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("alertdialog").waitFor();
  } },
  "admin-courses": { at: "/admin/courses", show: text("Arrows in space") },
  "admin-course": { at: "/admin/courses/01a217f8-e56e-7764-9f6b-000000000101", show: text("Emil Novák") },
  "admin-audit": { at: "/admin/audit", show: async (page) => {
    await page.getByRole("listitem").filter({ hasText: "Chen Wei" }).first().click();
    await page.getByText("suspended", { exact: true }).waitFor();
  } },
  "admin-audit-pick": { at: "/admin/audit", show: async (page) => {
    await page.getByRole("listitem").first().waitFor();
    await page.getByRole("combobox", { name: "Person" }).click();
    await page.keyboard.type("ha");
    await page.getByRole("option", { name: /Layla Haddad/ }).waitFor();
  } },
  "admin-audit-pick-away": { at: "/admin/audit", show: async (page) => {
    await page.getByRole("listitem").first().waitFor();
    await page.route("**/v1/people?*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ status: 503, code: "database_unavailable", title: "away" }) }));
    await page.getByRole("combobox", { name: "Person" }).click();
    await page.keyboard.type("ha");
    await text("The school is not reachable for a moment")(page);
  } },
  "admin-audit-none": { at: "/admin/audit?person=nobody", scene: { isEmpty: true }, show: text("Nothing was recorded") },
  "admin-webhooks": { at: "/admin/webhooks", show: text("Disabled: nothing arrived") },
  "admin-webhooks-none": { at: "/admin/webhooks", scene: { isEmpty: true }, show: text("No other system is told anything yet") },
  "admin-webhook-refused": {
    at: "/admin/webhooks",
    writes: { POST: { status: 422, body: { status: 422, code: "invalid", title: "The request is not valid", errors: [{ in: "body", field: "/url", message: PRIVATE }] } } },
    show: async (page) => {
      await askForWebhook(page, "https://10.0.0.7/hook");
      await page.getByText("private, local and reserved").first().waitFor();
    },
  },
  "admin-webhook-secret": {
    at: "/admin/webhooks",
    writes: { POST: { status: 201, body: { ...WELL, secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDVJ5tDpTgWmU=" } } },
    show: async (page) => {
      await askForWebhook(page, "https://hooks.school.example/lectern");
      await page.getByText("whsec_").waitFor();
    },
  },
  "admin-webhook": { at: `/admin/webhooks/${FAILING?.id}`, show: text("Given up") },
  "admin-webhook-disabled": { at: `/admin/webhooks/${GIVEN_UP?.id}`, scene: { isEmpty: true }, show: text("Nothing was sent yet") },
  "admin-webhook-delete": { at: `/admin/webhooks/${WELL?.id}`, show: async (page) => {
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alertdialog").waitFor();
  } },
  "admin-health": { at: "/admin/system", show: text("Everything works") },
  "admin-health-ill": { at: "/admin/system", scene: { isIll: true }, show: text("5 parts need attention") },
  "admin-health-lost": { at: "/admin/system", writes: { GET: { status: 503, body: { status: 503, code: "draining", title: "Away" } } }, show: text("The school does not answer") },
  "admin-forbidden": { at: "/admin/people", scene: { viewer: "student" }, show: heading("This is for admins of the school") },
  "api-docs": { at: "/v1/docs", show: text("routes") },
  "api-docs-open": { at: "/v1/docs", show: async (page) => {
    await page.getByLabel("Show routes with").fill("post webhooks");
    await page.getByText("2 routes").waitFor();
    // By keyboard alone.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Answers" }).waitFor();
    await page.getByText("Webhook", { exact: true }).first().click();
    await page.getByText("failing_since").waitFor();
  } },
};

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startStandInSchool>>} */
let school;
/** @type {Awaited<ReturnType<typeof startApp>>} */
let app;

before(async () => {
  school = await startStandInSchool();
  [browser, app] = await Promise.all([launchChromium(), startApp("admin", school.origin)]);
});

after(async () => {
  await browser?.close();
  await app?.stop();
  await school?.stop();
});

/** @param {string} name @param {State} state @param {keyof typeof WINDOWS} size */
async function show(name, state, size) {
  const { page, context, faults } = await openPage(browser, { viewport: WINDOWS[size] });
  try {
    school.play(state.scene ?? {});
    await context.addCookies([{ name: "lectern_access", value: "any", url: app.origin }]);
    const isDocument = state.at.startsWith("/v1/");
    if (!isDocument) {
      // A page finds the school at its own origin.
      await page.route("**/v1/**", async (route) => {
        const request = route.request();
        const { pathname, search } = new URL(request.url());
        const write = pathname === "/v1/me" ? undefined : state.writes?.[request.method()];
        if (write !== undefined) return route.fulfill({ status: write.status, contentType: write.status < 400 ? "application/json" : "application/problem+json", body: JSON.stringify(write.body) });
        // A page that goes before it is answered needs no answer.
        return route.fetch({ url: school.origin + pathname + search }).then((response) => route.fulfill({ response })).catch(() => undefined);
      });
    }
    await page.goto((isDocument ? school.origin : app.origin) + state.at);
    await state.show(page);
    await look(page, `${name}-${size}`, { fullPage: name !== "api-docs" });
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

for (const [name, state] of wanted(STATES)) {
  // One window after the other: the school that is played is one.
  describe(name, { concurrency: false }, () => {
    for (const size of /** @type {const} */ (["desktop", "phone"])) it(`${size}, light and dark`, () => show(name, state, size));
  });
}
