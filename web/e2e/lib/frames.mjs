/** What a page really shows and hears. */
import { until } from "./until.mjs";

/**
 * Frames that a video element has shown so far, and their size.
 * @param {import("playwright-core").Page} page
 * @param {string} selector of the `<video>`
 */
export function shownFrames(page, selector) {
  return page.locator(selector).first().evaluate((element) => {
    const video = /** @type {HTMLVideoElement} */ (element);
    return { frames: video.getVideoPlaybackQuality().totalVideoFrames, width: video.videoWidth, height: video.videoHeight };
  });
}

/** The video element of a slot in the classroom: `camera`, `screen`, `stage/1`. @param {string} slot */
export const slotVideo = (slot) => `figure[data-slot="${slot}"] video`;

/**
 * Waits until a video element has shown `count` more frames than now.
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 */
export async function waitForFrames(page, selector, count = 15, timeoutMs = 20_000) {
  const first = await until(`a picture in ${selector}`, async () => {
    const now = await shownFrames(page, selector);
    return now.width > 0 ? now : undefined;
  }, { timeoutMs });
  return until(`${count} more frames in ${selector}`, async () => {
    const now = await shownFrames(page, selector);
    return now.frames >= first.frames + count ? now : undefined;
  }, { timeoutMs });
}

/**
 * The longest gap between two frames that a video element shows within `ms`, in milliseconds.
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 * @param {number} ms
 */
export function longestGap(page, selector, ms) {
  return page.locator(selector).first().evaluate((element, duration) => new Promise((resolve) => {
    const video = /** @type {HTMLVideoElement} */ (element);
    let longest = 0;
    let last = performance.now();
    const end = last + duration;
    const step = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (now < end) video.requestVideoFrameCallback(step);
    };
    video.requestVideoFrameCallback(step);
    setTimeout(() => resolve(Math.max(longest, performance.now() - last)), duration);
  }), ms);
}
