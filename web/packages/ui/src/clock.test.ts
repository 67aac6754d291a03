import { expect, it } from "vitest";
import { clock } from "./clock";

it("a clock has hours when it needs them", () => {
  expect([clock(0), clock(65.9), clock(3_725), clock(-1)]).toEqual(["0:00", "1:05", "1:02:05", "0:00"]);
});
