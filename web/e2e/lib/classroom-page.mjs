/** What people do in the pages of a class, on whatever window they have. */
import { until } from "./until.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {"Chat" | "Polls" | "People"} Tab */

/** Presses a button, which on a phone may be behind "More". @param {Page} page @param {string} name */
export async function press(page, name) {
  const button = page.getByRole("button", { name, exact: true }).filter({ visible: true });
  await page.getByRole("navigation").first().waitFor();
  if ((await button.count()) > 0) return button.first().click();
  await page.getByRole("button", { name: "More", exact: true }).click();
  return page.getByRole("menuitem", { name, exact: true }).click();
}

/** Opens the panel at a tab. @param {Page} page @param {Tab} tab */
export async function openPanel(page, tab) {
  const head = page.getByRole("tab", { name: tab });
  if (!(await head.isVisible())) await page.locator("nav").getByRole("button", { name: new RegExp(`^${tab}|^Chat, polls`) }).filter({ visible: true }).first().click();
  await head.click();
  await page.getByRole("tab", { name: tab, selected: true }).waitFor();
}

/** Writes into the chat and sends it. @param {Page} page @param {string} text */
export async function say(page, text) {
  await openPanel(page, "Chat");
  await page.getByRole("textbox", { name: /^(Message|Question)/ }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** The message that says this, not those that quote it. @param {Page} page @param {string | RegExp} text */
export const message = (page, text) => page.locator("[data-message]").filter({ has: page.locator("[data-text]", { hasText: text }) });

/** Opens the actions of a message and presses one. @param {Page} page @param {string} text @param {string} action */
export async function onMessage(page, text, action) {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("button", { name: action, exact: true }).click();
}

/** Does something about a person, from the list of people. @param {Page} page @param {string} name @param {string} action */
export async function onPerson(page, name, action) {
  await openPanel(page, "People");
  await page.getByRole("tabpanel").getByRole("button", { name: `Actions for ${name}` }).first().click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

/** Keeps every connection of the page, so that a test can ask what arrives. @param {Page} page */
export async function observeConnections(page) {
  await page.addInitScript(() => {
    const Original = window.RTCPeerConnection;
    /** @type {RTCPeerConnection[]} */
    const all = [];
    Object.assign(window, {
      connections: all,
      RTCPeerConnection: class extends Original {
        /** @param {RTCConfiguration} [configuration] */
        constructor(configuration) {
          super(configuration);
          all.push(this);
        }
      },
    });
  });
}

/**
 * The sound that has come so far: packets and energy of all voices together.
 * @param {Page} page
 * @returns {Promise<{ packets: number, energy: number }>}
 */
export function heard(page) {
  return page.evaluate(async () => {
    const all = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connections);
    let [packets, energy] = [0, 0];
    for (const pc of all.filter(({ connectionState }) => connectionState === "connected")) {
      for (const entry of (await pc.getStats()).values()) {
        // The first section is the tutor's voice.
        if (entry.type !== "inbound-rtp" || entry.kind !== "audio" || entry.mid === "0") continue;
        packets += entry.packetsReceived;
        energy += entry.totalAudioEnergy ?? 0;
      }
    }
    return { packets, energy };
  });
}

/** Waits until a voice arrives: a second's worth of packets, and something in them. @param {Page} page */
export async function hears(page, timeoutMs = 60_000) {
  const first = await heard(page);
  return until("a voice", async () => {
    const now = await heard(page);
    return now.packets > first.packets + 40 && now.energy > first.energy;
  }, { timeoutMs });
}
