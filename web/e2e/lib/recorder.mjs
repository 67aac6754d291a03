/** Recorders beside `lectern dev`, and what one says of a recording in Azurite. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { hasAzurite } from "./azurite.mjs";
import { LECTERN_BIN, startProcess } from "./processes.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./azurite.mjs").startAzurite>>} Azurite */

const RECORDER_BIN = join(dirname(LECTERN_BIN), "lectern-recorder");
const missing = [LECTERN_BIN, RECORDER_BIN].find((program) => !existsSync(program)) ?? (hasAzurite ? undefined : "Azurite");
/** Why what records into Azurite cannot run; `false` if it can. */
export const skipWithoutRecorder = missing === undefined ? false : `there is no ${missing}`;

/** What a recorder needs to store in Azurite. @param {Azurite} azurite */
export const recorderStore = (azurite) => azurite.env("LECTERN_RECORDER__BLOBS");

/**
 * Starts one that works for a school.
 * @param {{ lectern: { origin: string, data: string }, name: string, spool: string, store: Record<string, string> }} options
 */
export function startRecorder({ lectern, name, spool, store }) {
  return startProcess(RECORDER_BIN, [], {
    env: {
      ...store,
      LECTERN_RECORDER__JOBS__URL: lectern.origin,
      LECTERN_RECORDER__KEYS: join(lectern.data, "keys"),
      LECTERN_RECORDER__ADMIN_LISTEN: "127.0.0.1:0",
      LECTERN_RECORDER__NODE__NAME: name,
      LECTERN_RECORDER__SPOOL__FOLDER: spool,
    },
  });
}

/** That a recording conforms, as a recorder reads it. @param {Azurite} azurite @param {string} recording */
export async function checkRecording(azurite, recording) {
  const { stdout } = await promisify(execFile)(RECORDER_BIN, ["check", `recordings/${recording}`], { env: { ...process.env, ...recorderStore(azurite) } });
  assert.match(stdout, / 0 violations/);
}
