/** The browsers as the tests use them: Debian's, headless, with devices made of test patterns. */
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

/** Fake devices need no hardware; `127.0.0.1` counts as secure. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  // A machine without a network has no other interface.
  "--allow-loopback-in-peer-connection",
];

/** The two windows that every page must suit. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/**
 * Starts Chromium; `LECTERN_CHROMIUM` names another one.
 * @param {{ flags?: string[] }} [options]
 */
export async function launchChromium({ flags = [] } = {}) {
  const executablePath = process.env.LECTERN_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_FLAGS, ...flags] });
}

/**
 * Opens a page in a context of its own (its own storage, permissions and colours) and collects what went wrong in it:
 * uncaught errors, and everything that the content security policy had to stop.
 * @param {import("playwright-core").Browser} browser
 * @param {{ viewport?: { width: number, height: number }, dark?: boolean, allowDevices?: boolean, reducedMotion?: boolean }} [options]
 */
export async function openPage(browser, { viewport = DESKTOP, dark = false, allowDevices = true, reducedMotion = true } = {}) {
  const phone = viewport.width < 600;
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
    hasTouch: phone,
    isMobile: phone,
    deviceScaleFactor: phone ? 2 : 1,
    permissions: allowDevices ? ["camera", "microphone"] : [],
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(`${error.name}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (/Content Security Policy|hydrat/i.test(text)) faults.push(text);
  });
  return { page, context, faults };
}

/** What makes Firefox use devices that are none and play sound without a click. */
const FIREFOX_PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  // Without it only the lowest simulcast layer is sent for the first minute.
  "media.peerconnection.video.start_bitrate": 3000,
  // It would be downloaded.
  "media.gmp-gmpopenh264.enabled": false,
};

/** A cold start on a machine that is busy with other things. */
const FIREFOX_START_MS_MAX = 120_000;

/** Starts Firefox; `LECTERN_FIREFOX` names another one. */
export async function launchFirefox() {
  const executablePath = process.env.LECTERN_FIREFOX ?? "/usr/bin/firefox-esr";
  return puppeteer.launch({ browser: "firefox", executablePath, headless: true, timeout: FIREFOX_START_MS_MAX, extraPrefsFirefox: FIREFOX_PREFERENCES });
}
