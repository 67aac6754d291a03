import { describe, expect, it } from "vitest";
import { moved, movedBeside } from "./lesson-order";

const items = ["a", "b", "c", "d"].map((id) => ({ id }));
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join("");

describe("one step", () => {
  it("changes places with a neighbour", () => {
    expect([ids(moved(items, 1, -1)), ids(moved(items, 1, 1))]).toEqual(["bacd", "acbd"]);
  });
  it("loses nothing where there is no such item", () => {
    expect(ids(moved(items, 9, 1))).toBe("abcd");
  });
});

describe("dropping", () => {
  it("puts items before or behind another one, in the order in which they stood", () => {
    expect(ids(movedBeside(items, ["d", "a"], "c", true))).toBe("badc");
    expect(ids(movedBeside(items, ["a"], "d", false))).toBe("bcda");
  });
  it("upon one of them takes the others to it", () => {
    expect(ids(movedBeside(items, ["a", "d"], "d", true))).toBe("bcad");
  });
  it("beside what is gone changes nothing", () => {
    expect(ids(movedBeside(items, ["a"], "x", true))).toBe("abcd");
  });
});
