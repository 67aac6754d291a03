import { expect, test } from "vitest";
import { Coverage } from "./coverage.js";
import { shownIn } from "./layout.js";

const coverage = new Coverage([
  { from_s: 10, to_s: 14 },
  { from_s: 14.004, to_s: 18 },
  { from_s: 30, to_s: 34 },
]);

test("segments that touch are one stretch", () => {
  expect(coverage.stretches).toEqual([{ from_s: 10, to_s: 18 }, { from_s: 30, to_s: 34 }]);
  expect([coverage.from_s, coverage.to_s]).toEqual([10, 34]);
});

test("a stretch has its beginning and not its end", () => {
  expect(coverage.at(9.999)).toBeUndefined();
  expect(coverage.at(10)).toEqual({ from_s: 10, to_s: 18 });
  expect(coverage.at(18)).toBeUndefined();
});

test("what comes next", () => {
  expect(coverage.next(0)).toBe(10);
  expect(coverage.next(10)).toBe(10);
  expect(coverage.next(10.1)).toBe(30);
  expect(coverage.next(31)).toBeUndefined();
  expect(new Coverage([]).to_s).toBeUndefined();
});

test("a picture that is missing is replaced by the other one", () => {
  const both = { camera: true, screen: true };
  expect(shownIn("screen", both)).toEqual({ camera: false, screen: true });
  expect(shownIn("screen", { camera: true, screen: false })).toEqual({ camera: true, screen: false });
  expect(shownIn("camera", both)).toEqual({ camera: true, screen: false });
  expect(shownIn("camera", { camera: false, screen: true })).toEqual({ camera: false, screen: true });
  expect(shownIn("beside", both)).toEqual(both);
  expect(shownIn("corner", { camera: false, screen: true })).toEqual({ camera: false, screen: true });
});
