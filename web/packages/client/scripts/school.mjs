/**
 * Makes `src/school-api.gen.ts` out of `openapi.json`, the control API's document. `./dev openapi` renews both; a unit test
 * here holds the types against the document, and one of the control API the document against the routes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import openapi, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../openapi.json", import.meta.url);
/** Where the types are kept. */
export const GENERATED = new URL("../src/school-api.gen.ts", import.meta.url);

/** The types as they should be. */
export async function generate() {
  const document = JSON.parse(await readFile(DOCUMENT, "utf8"));
  const types = await openapi(document, { alphabetize: true, exportType: true, defaultNonNullable: false });
  return `/* Made from openapi.json by \`./dev openapi\`. Not to be changed by hand. */\n${astToString(types)}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(GENERATED, await generate());
