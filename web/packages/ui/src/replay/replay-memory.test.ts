import { expect, test } from "vitest";
import { parseMemory, withPosition } from "./replay-memory";

test("what was kept comes back", () => {
  const memory = withPosition({ settings: { volume: 0.5, muted: true, rate: 1.5, layout: "corner", panel: false, captions: true, language: "de" }, positions: [] }, "a", 12.7);
  expect(parseMemory(JSON.stringify(memory))).toEqual({ ...memory, positions: [["a", 12]] });
});

test("what is damaged is as if it had not been", () => {
  const fresh = parseMemory(null);
  expect(fresh.settings).toEqual({ volume: 1, muted: false, rate: 1, layout: "beside", panel: true, captions: false, language: "" });
  for (const text of ["", "{", "null", "7", "[]", JSON.stringify({ settings: { volume: 3, rate: 17, layout: "upside down", captions: 1, language: 7 }, positions: [["a"], 7, ["b", -1]] })]) expect(parseMemory(text)).toEqual(fresh);
});

test("the last one comes first, fifty are kept, and what is over is forgotten", () => {
  let memory = parseMemory(null);
  for (let recording = 1; recording <= 51; recording += 1) memory = withPosition(memory, String(recording), recording);
  expect(memory.positions).toHaveLength(50);
  expect(memory.positions[0]).toEqual(["51", 51]);
  expect(memory.positions.at(-1)).toEqual(["2", 2]);
  expect(withPosition(memory, "51", 0).positions[0]).toEqual(["50", 50]);
});
