/** Somebody with a browser, on the page of `site.mjs`: what `page/participant.mjs` can do, from a test's side. */
import { until } from "./until.mjs";

/** @typedef {typeof import("../page/participant.mjs").participant} InPage */
/** @typedef {Awaited<ReturnType<Participant["slots"]>>[number]} SlotReport */

/** How long a slow, shared machine may take for what takes a second. */
export const PATIENCE_MS = 45_000;

export class Participant {
  /** Whatever runs a function in a page: Playwright's page, or Puppeteer's. */
  #page;
  #access;

  /**
   * @param {{ goto(url: string): Promise<unknown>, evaluate(script: any, argument: any): Promise<any> }} page
   * @param {{ baseUrl: string, room: string, token: string }} access
   */
  constructor(page, access) {
    this.#page = page;
    this.#access = access;
  }

  /**
   * @param {any} page
   * @param {{ site: { origin: string }, lectern: { origin: string, token(room: string, role: "tutor" | "student", name?: string): Promise<string> } }} place
   * @param {string} room
   * @param {"tutor" | "student"} role
   */
  static async enter(page, { site, lectern }, room, role) {
    const participant = new Participant(page, { baseUrl: lectern.origin, room, token: await lectern.token(room, role) });
    await participant.load(site.origin);
    return participant;
  }

  /** Opens the page, or reloads it. @param {string} origin */
  async load(origin) {
    await this.#page.goto(origin);
    await until("the page's script", () => this.#page.evaluate(() => "participant" in globalThis, undefined), { timeoutMs: PATIENCE_MS });
  }

  /**
   * @template {keyof InPage} Name
   * @param {Name} name
   * @param {unknown[]} args
   * @returns {Promise<Awaited<ReturnType<InPage[Name]>>>}
   */
  #do(name, ...args) {
    // Carried into the page, so it can only use what it is given. `null` is how JSON says "left out".
    return this.#page.evaluate((/** @type {[string, unknown[]]} */ [method, list]) => /** @type {any} */ (globalThis).participant[method](...list.map((/** @type {unknown} */ each) => each ?? undefined)), [name, args]);
  }

  /** @param {Omit<Parameters<InPage["publish"]>[0], "baseUrl" | "room" | "token">} options */
  publish(options) {
    return this.#do("publish", { ...this.#access, ...options });
  }

  /** @param {{ codec?: import("@lectern/client").VideoCodec }} [options] */
  shareScreen(options = {}) {
    return this.#do("shareScreen", { ...this.#access, ...options });
  }

  /** @param {string} source */
  stop(source) {
    return this.#do("stop", source);
  }

  /** Two pictures and the sound, unless said otherwise. @param {{ video?: string[], audio?: string[] }} [options] */
  watch(options = {}) {
    return this.#do("watch", { ...this.#access, ...options });
  }

  watchPlainly() {
    return this.#do("watchPlainly", this.#access);
  }

  /** @param {string} slot @param {import("@lectern/client").LayerChoice} choice */
  select(slot, choice) {
    return this.#do("select", slot, choice);
  }

  leave() {
    return this.#do("leave");
  }

  changeNetwork() {
    return this.#do("changeNetwork");
  }

  /** @param {"tcp"} only */
  useTransport(only) {
    return this.#do("useTransport", only);
  }

  /** @param {string} [source] */
  state(source) {
    return this.#do("state", source);
  }

  slots() {
    return this.#do("slots");
  }

  streams() {
    return this.#do("streams");
  }

  layers() {
    return this.#do("layers");
  }

  connection() {
    return this.#do("connection");
  }

  /** @param {string} slot */
  colour(slot) {
    return this.#do("colour", slot);
  }

  /** What is known of one slot. @param {string} name */
  async slot(name) {
    const slots = await this.slots();
    const slot = slots.find((each) => each.name === name);
    if (slot === undefined) throw new Error(`no slot ${name} among ${slots.map((each) => each.name).join(", ")}`);
    return slot;
  }

  /** Waits until a slot's decoder has made `frames` more pictures than now, and returns what is known of the slot then. @param {string} name */
  async picture(name, frames = 10) {
    return this.#advance(`${frames} more pictures in ${name}`, () => this.slot(name), ({ received }) => received?.framesDecoded, frames);
  }

  /** Waits for a second's worth of packets in a slot, and for sound in them. @param {string} name */
  async sound(name) {
    await this.#advance(`packets of sound in ${name}`, () => this.slot(name), ({ received }) => received?.packetsReceived, 40);
    return this.#advance(`sound in ${name}`, () => this.slot(name), ({ received }) => received?.totalAudioEnergy, Number.MIN_VALUE);
  }

  /** As `picture` and `sound`, of a connection without slots. */
  async plainPicture(frames = 10) {
    return this.#advance(`${frames} more pictures`, async () => (await this.streams()).video, (stream) => stream?.framesDecoded, frames);
  }

  async plainSound() {
    return this.#advance("sound", async () => (await this.streams()).audio, (stream) => stream?.totalAudioEnergy, Number.MIN_VALUE);
  }

  /**
   * @template T
   * @param {string} what
   * @param {() => Promise<T>} look
   * @param {(seen: T) => number | undefined} count
   * @param {number} by
   * @returns {Promise<NonNullable<T>>}
   */
  async #advance(what, look, count, by) {
    /** @type {number | undefined} */
    let first;
    let last = 0;
    return until(what, async () => {
      const seen = await look();
      last = count(seen) ?? 0;
      first ??= last;
      return last >= first + by && last > first ? seen : undefined;
    }, { timeoutMs: PATIENCE_MS }).catch((error) => {
      throw new Error(`${error.message}; from ${first} to ${last}`, { cause: error });
    });
  }
}
