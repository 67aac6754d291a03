import { expect, it } from "vitest";
import { parseNumber } from "./parse-number";

it("a number is one however people write it", () => {
  expect(["3", " 3,5 ", "−2", "+.5", "1e3", "4."].map(parseNumber)).toEqual([3, 3.5, -2, 0.5, 1000, 4]);
});

it("what is none is none", () => {
  for (const text of ["", "three", "1.2.3", "1,000,000", "0x10", "1e16", "Infinity", "--1", "1 2"]) expect(parseNumber(text), text).toBeUndefined();
});
