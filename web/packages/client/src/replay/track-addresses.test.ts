import { expect, test, vi } from "vitest";
import { type Playback, PlaybackTicket } from "./playback.js";
import { TrackAddresses } from "./track-addresses.js";

const HOUR_MS = 3_600_000;
const playback = (ticket: string, expiresMs: number): Playback => ({
  expires_at: new Date(expiresMs).toISOString(), is_live: false, started_at: new Date(0).toISOString(), duration_s: 60, position_s: 0,
  playlist: `/v1/playback/${ticket}/recording.m3u8`, camera: `/v1/playback/${ticket}/camera.m3u8`, screen: null, sound: null,
  chat: `/v1/playback/${ticket}/chat.vtt`, chapters: `/v1/playback/${ticket}/chapters.vtt`,
});

function world() {
  let nowMs = 0;
  const renew = vi.fn(() => Promise.resolve(playback("new", nowMs + 4 * HOUR_MS)));
  const read = vi.fn((url: string) => Promise.resolve(`#EXTM3U\n#EXT-X-MAP:URI="https://blobs/camera/1-init-1.mp4?sig=2"\n#EXTINF:4.000000,\nhttps://blobs/camera/1-000001.m4s?sig=2&from=${url}\n`));
  const ticket = new PlaybackTicket(playback("old", 4 * HOUR_MS), renew, () => nowMs);
  const addresses = new TrackAddresses(ticket, "camera", () => nowMs, read);
  return { ticket, addresses, renew, read, pass: (ms: number) => void (nowMs += ms) };
}

test("a fresh address is used as it is", async () => {
  const { addresses, read } = world();
  expect(await addresses.fresh("https://blobs/camera/1-000001.m4s?sig=1")).toBe("https://blobs/camera/1-000001.m4s?sig=1");
  expect(read).not.toHaveBeenCalled();
});

test("after half an hour the playlist is read again, once for all who ask, and segments get its signatures", async () => {
  const { addresses, read, pass } = world();
  pass(30 * 60_000 + 1);
  const asked = ["https://blobs/camera/1-000001.m4s?sig=1", "https://blobs/camera/1-init-1.mp4?sig=1", "https://blobs/camera/1-000002.m4s?sig=1"];
  expect(await Promise.all(asked.map((url) => addresses.fresh(url)))).toEqual([
    "https://blobs/camera/1-000001.m4s?sig=2&from=/v1/playback/old/camera.m3u8", "https://blobs/camera/1-init-1.mp4?sig=2", asked[2],
  ]);
  expect(read).toHaveBeenCalledTimes(1);
});

test("a playlist is asked for with a ticket that lasts", async () => {
  const { addresses, renew, pass } = world();
  const url = "https://school.example/v1/playback/old/camera.m3u8";
  expect(await addresses.fresh(url)).toBe("/v1/playback/old/camera.m3u8");
  expect(await addresses.fresh("/v1/playback/old/camera.m3u8")).toBe("/v1/playback/old/camera.m3u8");
  pass(4 * HOUR_MS - 5 * 60_000);
  expect(await addresses.fresh(url)).toBe("/v1/playback/new/camera.m3u8");
  expect(renew).toHaveBeenCalledTimes(1);
});

test("without a new ticket, or a new playlist, the old ones are tried", async () => {
  const { ticket, addresses, renew, read, pass } = world();
  pass(5 * HOUR_MS);
  renew.mockRejectedValue(new Error("away"));
  read.mockRejectedValue(new Error("away"));
  expect(await addresses.fresh("https://blobs/camera/1-000001.m4s?sig=1")).toBe("https://blobs/camera/1-000001.m4s?sig=1");
  expect((await ticket.current()).camera).toBe("/v1/playback/old/camera.m3u8");
  await expect(ticket.renew()).rejects.toThrow("away");
});
