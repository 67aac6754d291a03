import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { GENERATED, generate } from "./school.mjs";

it("the types are those of the document", { timeout: 60_000 }, async () => {
  const [kept, now] = await Promise.all([readFile(GENERATED, "utf8"), generate()]);
  expect(kept === now, "run: ./dev openapi").toBe(true);
});
