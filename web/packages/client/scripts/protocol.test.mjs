import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { GENERATED, generate } from "./protocol.mjs";

it("the types are those of the schema", { timeout: 60_000 }, async () => {
  const [kept, now] = await Promise.all([readFile(GENERATED, "utf8"), generate()]);
  expect(kept === now, "run: npm run protocol -w @lectern/client").toBe(true);
});
