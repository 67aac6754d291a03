import { expect, it } from "vitest";
import { sizeText } from "./size-text";

it("a size is told in the unit that people would use", () => {
  expect([0, 999, 1_500, 2_340_000, 5e9].map(sizeText)).toEqual(["0 byte", "999 byte", "1.5 kB", "2.3 MB", "5 GB"]);
});
