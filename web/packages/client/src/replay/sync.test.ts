import { expect, test } from "vitest";
import { correction } from "./sync.js";

test("what nobody sees is left alone", () => {
  expect(correction(0.02)).toBe(1);
  expect(correction(-0.02)).toBe(1);
});

test("a picture that is ahead slows down, one behind hurries, by 3% at most", () => {
  expect(correction(0.04)).toBeCloseTo(0.98);
  expect(correction(-0.04)).toBeCloseTo(1.02);
  expect(correction(0.06)).toBeCloseTo(0.97);
  expect(correction(0.9)).toBeCloseTo(0.97);
  expect(correction(-1)).toBeCloseTo(1.03);
});

test("above a second it seeks", () => {
  expect(correction(1.001)).toBe("seek");
  expect(correction(-1.001)).toBe("seek");
});
