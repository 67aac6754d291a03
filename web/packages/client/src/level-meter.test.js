import { expect, it } from "vitest";
import { levelOf } from "./level-meter.js";
it("a level follows decibels: silence 0, full scale 1, −30 dB a half", () => {
    expect(levelOf([])).toBe(0);
    expect(levelOf([0, 0])).toBe(0);
    expect(levelOf([1, -1])).toBe(1);
    expect(levelOf([10 ** (-30 / 20), -(10 ** (-30 / 20))])).toBeCloseTo(0.5);
    expect(levelOf([1e-9])).toBe(0);
});
