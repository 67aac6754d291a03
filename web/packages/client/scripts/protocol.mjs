/**
 * Makes `src/room-protocol.gen.ts` out of the schema of `lectern.v1`. `npm run protocol` writes it; a unit test holds it
 * against the schema.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../../../signalling/protocol/lectern.v1.schema.json", import.meta.url);
/** Where the types are kept. */
export const GENERATED = new URL("../src/room-protocol.gen.ts", import.meta.url);

/**
 * The same schema, in words that the compiler understands: a reference with anything beside it would become a type of its
 * own, and what the server leaves out is never `null`.
 * @param {unknown} schema
 * @returns {unknown}
 */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, ...rest } = /** @type {Record<string, any>} */ (schema);
  delete rest.format;
  delete rest.default;
  if (Array.isArray(rest.type)) rest.type = rest.type.filter((type) => type !== "null")[0];
  if (Array.isArray(rest.anyOf) && rest.anyOf.some((each) => each.type === "null")) return plain(rest.anyOf.find((each) => each.type !== "null"));
  const members = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, plain(value)]));
  if ($ref === undefined) return members;
  return "properties" in members ? { allOf: [{ $ref }, members] } : { $ref };
}

/** The types as they should be. */
export async function generate() {
  const schema = JSON.parse(await readFile(SCHEMA, "utf8"));
  const { oneOf, description, ...request } = schema.$defs.Request;
  schema.$defs.Action = { description: "Everything that can be asked for.", oneOf };
  // The tag of a structure that stands alone is not in the schema.
  const { join } = schema.$defs;
  join.properties.type ??= { const: "join" };
  if (!join.required.includes("type")) join.required.push("type");
  schema.$defs.Request = { description, allOf: [request, { $ref: "#/$defs/Action" }] };
  return compile(/** @type {import("json-schema-to-typescript").JSONSchema} */ (plain(schema)), "Wire", {
    additionalProperties: false,
    bannerComment: "/* Made from signalling/protocol/lectern.v1.schema.json by `npm run protocol`. Not to be changed by hand. */",
    style: { printWidth: 150 },
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(GENERATED, await generate());
