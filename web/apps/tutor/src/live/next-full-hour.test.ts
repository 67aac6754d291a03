import { expect, it } from "vitest";
import { nextFullHour } from "./next-full-hour";

it("is in the future, on the hour", () => {
  expect(nextFullHour(Date.parse("2026-11-26T13:40:00Z"), 0)).toBe("2026-11-26T14:00:00.000Z");
  expect(nextFullHour(Date.parse("2026-11-26T14:00:00Z"), 0)).toBe("2026-11-26T15:00:00.000Z");
  expect(nextFullHour(Date.parse("2026-11-26T22:59:59Z"), 1)).toBe("2026-11-27T00:00:00.000Z");
});
