/** Azurite, Azure's stores as Microsoft emulates them, and what an operator sets in the account. */
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess } from "./processes.mjs";
import { until } from "./until.mjs";

/** The account that it always has, whose key is no secret. */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const VERSION = "2023-11-03";
const CONTAINER = "lectern";

const TOOLS = process.env.LECTERN_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lectern", "tools");
const SCRIPT = join(TOOLS, "azurite", "node_modules", "azurite", "dist", "src", "azurite.js");
/** Whether `dev` has installed it. */
export const hasAzurite = existsSync(SCRIPT);

/** @param {string} text */
const sign = (text) => createHmac("sha256", Buffer.from(KEY, "base64")).update(text, "utf8").digest("base64");

/** Starts it, empty. */
export async function startAzurite() {
  const folder = await mkdtemp(join(tmpdir(), "lectern-azurite-"));
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  const ports = Object.entries({ blob, queue, table }).flatMap(([name, port]) => [`--${name}Host`, "127.0.0.1", `--${name}Port`, String(port)]);
  const server = startProcess(process.execPath, [SCRIPT, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", folder, ...ports]);
  await until("azurite listens", () => new Promise((resolve) => {
    const socket = createConnection(blob, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false)).on("connect", () => socket.end());
  }), { timeoutMs: 60_000 });
  const origin = `http://127.0.0.1:${blob}`;
  const endpoint = `${origin}/${ACCOUNT}`;

  /** What a program of Lectern's needs to store there. @param {string} prefix of its variables, such as `LECTERN_BLOBS` */
  const env = (prefix) => ({ [`${prefix}__AZURE__ACCOUNT`]: ACCOUNT, [`${prefix}__AZURE__ENDPOINT`]: endpoint, [`${prefix}__AZURE__KEY`]: KEY, [`${prefix}__CONTAINER`]: CONTAINER });

  /**
   * Lets pages of an origin fetch and send blobs by signed addresses: Set Blob Service Properties, as an operator does with
   * `az storage cors add` (docs/configuration.md).
   * @param {string} page
   */
  async function allow(page) {
    const rule = `<CorsRule><AllowedOrigins>${page}</AllowedOrigins><AllowedMethods>GET,PUT</AllowedMethods><AllowedHeaders>content-type,range,x-ms-blob-type,x-ms-blob-cache-control</AllowedHeaders><ExposedHeaders></ExposedHeaders><MaxAgeInSeconds>3600</MaxAgeInSeconds></CorsRule>`;
    const body = `<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><Cors>${rule}</Cors></StorageServiceProperties>`;
    const date = new Date().toUTCString();
    // PUT, then the eleven headers of Shared Key, of which the length (third) and the type (fifth) are set.
    const head = ["PUT", "", "", String(Buffer.byteLength(body)), "", "application/xml", "", "", "", "", "", ""].join("\n");
    const resource = `/${ACCOUNT}/${ACCOUNT}/\ncomp:properties\nrestype:service`;
    const signature = sign(`${head}\nx-ms-date:${date}\nx-ms-version:${VERSION}\n${resource}`);
    const headers = { "content-type": "application/xml", "x-ms-date": date, "x-ms-version": VERSION, authorization: `SharedKey ${ACCOUNT}:${signature}` };
    const response = await fetch(`${endpoint}/?restype=service&comp=properties`, { method: "PUT", headers, body });
    if (!response.ok) throw new Error(`CORS: ${response.status} ${await response.text()}`);
  }

  /**
   * A blob's address that is good until `expiry`: a service SAS to read it.
   * @param {string} blob
   * @param {Date} expiry
   */
  function signed(blob, expiry) {
    const ends = expiry.toISOString().replace(/\.\d+Z/, "Z");
    const fields = ["r", "", ends, `/blob/${ACCOUNT}/${CONTAINER}/${blob}`, "", "", "", VERSION, "b", "", "", "", "", "", "", ""];
    const url = new URL(`${endpoint}/${CONTAINER}/${blob}`);
    for (const [name, value] of Object.entries({ sp: "r", se: ends, sv: VERSION, sr: "b", sig: sign(fields.join("\n")) })) url.searchParams.set(name, value);
    return url.href;
  }

  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { origin, env, allow, signed, stop };
}
