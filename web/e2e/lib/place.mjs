/** Where a test's people meet: a running server, a browser, and a page for each of them. */
import { launchChromium } from "./browser.mjs";
import { Participant } from "./participant.mjs";
import { startLectern } from "./processes.mjs";
import { startSite } from "./site.mjs";

/** Starts a server without the apps, and Chromium. @param {{ env?: Record<string, string> }} [options] `env` goes to `lectern dev` */
export async function openPlace({ env = {} } = {}) {
  const lectern = await startLectern({ apps: false, env });
  const site = await startSite();
  const browser = await launchChromium({ flags: ["--autoplay-policy=no-user-gesture-required"] });
  let rooms = 0;
  return {
    lectern,
    site,
    /** A room of its own for each test. */
    room: () => `room-${(rooms += 1)}`,
    /**
     * Somebody comes in, with a browser window of their own.
     * @param {string} room
     * @param {"tutor" | "student"} role
     */
    enter: async (room, role) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const participant = await Participant.enter(page, { site, lectern }, room, role);
      return Object.assign(participant, { page });
    },
    /** Everybody goes, so that nobody costs the next test its time. */
    clear: () => Promise.all(browser.contexts().map((context) => context.close())),
    stop: () => Promise.all([browser.close(), site.stop(), lectern.stop()]),
  };
}

/** @typedef {Awaited<ReturnType<typeof openPlace>>} Place */
