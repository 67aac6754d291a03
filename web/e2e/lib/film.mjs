/** A film to upload: a coloured, moving picture, recorded by a browser as people record their own. */
import { pause } from "./until.mjs";

/**
 * Records one, in real time. What a browser records does not say how long it is, as many films of people's.
 * @param {import("playwright-core").Browser} browser
 * @param {number} seconds
 * @returns {Promise<Buffer>} WebM
 */
export async function recordFilm(browser, seconds) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.evaluate(() => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [320, 180];
      const paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      let frame = 0;
      setInterval(() => {
        paint.fillStyle = `hsl(${(frame += 3)} 60% 45%)`;
        paint.fillRect(0, 0, 320, 180);
        paint.fillStyle = "#fff";
        paint.fillRect((frame * 2) % 320, 80, 20, 20);
      }, 100);
      /** @type {Blob[]} */
      const parts = [];
      const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm;codecs=vp8", videoBitsPerSecond: 150_000 });
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start(1000);
      Object.assign(window, { recorder, parts });
    });
    await pause(seconds * 1000);
    const base64 = await page.evaluate(async () => {
      const { recorder, parts } = /** @type {{ recorder: MediaRecorder, parts: Blob[] }} */ (/** @type {unknown} */ (window));
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    });
    return Buffer.from(base64, "base64");
  } finally {
    await context.close();
  }
}
