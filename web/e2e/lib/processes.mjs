/** Programs that a test starts: the apps, and `lectern dev` in front of them. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./until.mjs";

const WEB = join(import.meta.dirname, "..", "..");
/** The program under test; `LECTERN_BIN` names another build. */
export const LECTERN_BIN = process.env.LECTERN_BIN ?? join(WEB, "..", "target", "release", "lectern");
/** The last lines that are kept for a message. */
const LOG_LINES_MAX = 60;

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/**
 * Starts a program and keeps the end of what it says.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function startProcess(command, args, { cwd, env = {} } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const log = [];
  const keep = (/** @type {Buffer} */ chunk) => {
    log.push(...chunk.toString().split("\n").filter(Boolean));
    log.splice(0, Math.max(0, log.length - LOG_LINES_MAX));
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let wanted = false;
  const ended = new Promise((resolve) => {
    child.on("exit", resolve);
    // It could not be started.
    child.on("error", (error) => {
      log.push(error.message);
      resolve(undefined);
    });
  });
  void ended.then(() => {
    if (!wanted) console.error(`${command} ended by itself (${child.signalCode ?? child.exitCode}):\n${log.join("\n")}`);
  });
  const stop = async () => {
    wanted = true;
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  };
  /** Ends it as a power cut does. */
  const kill = async () => {
    wanted = true;
    child.kill("SIGKILL");
    await ended;
  };
  return { child, log, stop, kill, running: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null };
}

/**
 * Waits for a program to answer over HTTP.
 * @param {ReturnType<typeof startProcess>} started
 * @param {string} url
 */
async function answers(started, url, timeoutMs = 30_000) {
  try {
    await until(`an answer from ${url}`, async () => {
      if (!started.running()) throw new Error("the program ended");
      return (await fetch(url, { redirect: "manual" })).status < 500;
    }, { timeoutMs });
  } catch (error) {
    await started.stop();
    throw new Error(`${String(error)}\n${started.log.join("\n")}`, { cause: error });
  }
}

/**
 * The first admin of a school, whom `lectern dev` names when it makes the school; they may teach, too.
 * @param {{ readonly log: string[] }} lectern
 */
export async function firstAdmin(lectern) {
  const [, email = "", password = ""] = await until("the first admin's password", () => /(\S+@\S+) +password (\S+)/.exec(lectern.log.join("\n")));
  return { email, password };
}

/** A page of each app that needs no school. */
const ALIVE = { student: "/class", tutor: "/tutor", admin: "/admin/login" };

/**
 * Starts one built app (`npm run build` comes first).
 * @param {"student" | "tutor" | "admin"} name
 * @param {string} [school] where it finds the API
 * @param {Record<string, string>} [env] more variables of its own
 */
export async function startApp(name, school = "http://127.0.0.1:9", env = {}) {
  const port = await freePort();
  const next = join(WEB, "node_modules", "next", "dist", "bin", "next");
  const app = startProcess(process.execPath, [next, "start", "--port", String(port), "--hostname", "127.0.0.1"], {
    cwd: join(WEB, "apps", name),
    env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", LECTERN_API_ORIGIN: school, ...env },
  });
  const origin = `http://127.0.0.1:${port}`;
  await answers(app, origin + ALIVE[name]);
  return { origin, stop: app.stop };
}

/**
 * Starts everything that a class needs: both apps, and `lectern dev` that serves them and the media under one address.
 * @param {{ args?: string[], env?: Record<string, string>, apps?: boolean, admin?: boolean, appEnv?: Record<string, string> }} [options] `args` and `env` go to `lectern dev`,
 * `appEnv` to the apps; `apps: false` starts the media alone, `admin` the app of the administration too
 */
export async function startLectern({ args = [], env = {}, apps = true, admin = false, appEnv = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "lectern-e2e-"));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const [student, tutor] = apps ? await Promise.all([startApp("student", origin, appEnv), startApp("tutor", origin, appEnv)]) : [undefined, undefined];
  const administration = admin ? await startApp("admin", origin, appEnv) : undefined;
  const web = student === undefined || tutor === undefined ? [] : ["--web-student", student.origin, "--web-tutor", tutor.origin];
  if (administration !== undefined) web.push("--web-admin", administration.origin);
  const start = () => startProcess(LECTERN_BIN, ["dev", "--data", data, "--listen", `127.0.0.1:${port}`, "--metrics-listen", "127.0.0.1:0", ...web, ...args], {
    env: { LECTERN_SFU__NETWORK__UDP_PORT: "0", LECTERN_SFU__NETWORK__TCP_PORT: "0", ...env },
  });
  let server = start();
  const stop = async () => {
    await Promise.all([server.stop(), student?.stop(), tutor?.stop(), administration?.stop()]);
    await rm(data, { recursive: true, force: true });
  };
  const up = async () => {
    try {
      await answers(server, `${origin}/v1/`);
    } catch (error) {
      await stop();
      throw error;
    }
  };
  await up();

  /**
   * A token of this server.
   * @param {string} room
   * @param {"tutor" | "student" | "admin"} role
   * @param {string} [name]
   */
  const token = async (room, role, name = role) => {
    const { stdout } = await promisify(execFile)(LECTERN_BIN, ["token", "--data", data, "--room", room, "--role", role, "--name", name]);
    return stdout.trim();
  };
  return {
    origin,
    data,
    get pid() {
      return server.child.pid ?? 0;
    },
    get log() {
      return server.log;
    },
    token,
    /** Stops the server and starts it anew, at the same address and with the same keys. */
    restart: async () => {
      await server.stop();
      server = start();
      await up();
    },
    /**
     * The address with which a person enters.
     * @param {string} room
     * @param {"tutor" | "student"} role
     * @param {{ query?: string, name?: string, from?: string }} [options] `query` such as `&codec=VP9`; `from` another address of the server
     */
    link: async (room, role, { query = "", name = role, from = origin } = {}) => `${from}${role === "tutor" ? "/tutor" : "/"}?room=${room}${query}#token=${await token(room, role, name)}`,
    stop,
  };
}
