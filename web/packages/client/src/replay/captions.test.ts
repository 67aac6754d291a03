import { expect, test, vi } from "vitest";
import { Captions, CaptionsReader } from "./captions.js";
import { type Playback, PlaybackTicket } from "./playback.js";

const VTT = `WEBVTT - English

1
00:01.000 --> 00:04.000 line:90%
<v Ada>Good <i>morning</i> &amp; welcome</v>
to class

00:03.000 --> 00:05.000
[bell]

00:10.000 --> 00:11.000
<c.loud></c>
`;

test("what is to be read at a moment, as people wrote it", () => {
  const captions = Captions.parse(VTT);
  expect([0.99, 1, 3, 4, 5, 10.5].map((at) => captions.textAt(at))).toEqual(["", "Good morning & welcome\nto class", "Good morning & welcome\nto class\n[bell]", "[bell]", "", ""]);
});

test("never more than four at once", () => {
  const cues = Array.from({ length: 40 }, (_, n) => ({ from_s: n / 100, to_s: 60, text: String(n) }));
  expect(new Captions(cues).textAt(1)).toBe("36\n37\n38\n39");
});

test("those of the chosen language are read once, and again if that failed", async () => {
  const playback: Playback = {
    expires_at: "2100-01-01T00:00:00Z", is_live: false, started_at: "2026-01-01T00:00:00Z", playlist: "/p", chat: "/c", chapters: "/h", position_s: 0,
    captions: [{ language: "en", label: "English", url: "/captions/en" }],
  };
  const ticket = new PlaybackTicket(playback, () => Promise.resolve(playback));
  const fetched = vi.fn(() => Promise.resolve(new Response("WEBVTT", { status: 503 })));
  vi.stubGlobal("fetch", fetched);
  const reader = new CaptionsReader();
  const { signal } = new AbortController();
  await reader.read(ticket, signal);
  expect(fetched).not.toHaveBeenCalled();
  reader.choose("en");
  await reader.read(ticket, signal);
  expect(reader.textAt(2)).toBe("");
  fetched.mockImplementation(() => Promise.resolve(new Response(VTT)));
  await reader.read(ticket, signal);
  await reader.read(ticket, signal);
  expect([reader.textAt(4.5), fetched.mock.calls.length]).toEqual(["[bell]", 2]);
  reader.choose("de");
  await reader.read(ticket, signal);
  expect([reader.language, reader.textAt(4.5), fetched.mock.calls.length]).toEqual(["de", "", 2]);
  vi.unstubAllGlobals();
});
