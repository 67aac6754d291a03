import { expect, it } from "vitest";
import { addressesIn } from "./addresses";

it("takes them out of mail programs, tables and lists", () => {
  expect(addressesIn('"Ada Lovelace" <ada@school.example>; ben@school.example,chen@school.example\n\tdora@school.example')).toEqual([
    "ada@school.example", "ben@school.example", "chen@school.example", "dora@school.example",
  ]);
});

it("takes each once, however it is written", () => {
  expect(addressesIn("Ada@School.example ada@school.example")).toEqual(["ada@school.example"]);
});

it("passes over what is none", () => {
  expect(addressesIn(" ,;\n Ada Lovelace ")).toEqual([]);
});
