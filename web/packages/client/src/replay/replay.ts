import { type BackoffOptions, retryDelayMs } from "../backoff.js";
import { Emitter } from "../emitter.js";
import { asLecternError, LecternError } from "../problem.js";
import { type CaptionsOffer, CaptionsReader } from "./captions.js";
import { Ensemble } from "./ensemble.js";
import { type HlsLibrary, HlsTrack } from "./hls-track.js";
import type { Layout } from "./layout.js";
import { type Playback, PlaybackTicket, readText, TRACK_NAMES, type TrackName } from "./playback.js";
import { differs, type ReplayState } from "./replay-state.js";
import { Timeline } from "./timeline.js";
import { TrackAddresses } from "./track-addresses.js";

/** How often the tracks are brought into step, milliseconds. They drift by less than a millisecond meanwhile. */
const STEP_MS = 100;
/** How often a class that is live is asked for new tracks, and for what was said, milliseconds. */
const LOOK_MS = 15_000;
/** The live edge is so far behind what is there: playlists come every few seconds, the tracks' not at once, seconds. */
const EDGE_S = 20;
/** Nearer to the edge, one is live, seconds. */
const AT_EDGE_S = 15;
/** Nearer to the end than this, one begins anew, seconds. */
const NEARLY_OVER_S = 5;
/** A failure so soon after another one is told, milliseconds. */
const AGAIN_MS = 60_000;
/** What may pass by itself is tried again so. */
const RETRIES: BackoffOptions = { baseMs: 4_000, capMs: 30_000 };

const NO_CAPTIONS: readonly CaptionsOffer[] = [];

/** Speeds that are offered. */
export const RATES: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** What a replay tells. */
export interface ReplayEvents {
  state: ReplayState;
  timeline: Timeline;
}

/** What a replay needs. */
export interface ReplayOptions {
  readonly playback: Playback;
  /** Gets the person another right to play it, when this one ends. */
  readonly renew: () => Promise<Playback>;
  /** Where the tracks play. The pictures' elements make no sound. */
  readonly elements: { readonly camera: HTMLVideoElement; readonly screen: HTMLVideoElement; readonly sound: HTMLMediaElement };
  readonly layout?: Layout;
}

/**
 * Plays the recording of a class: camera, screen and sound in an element each, as one.
 *
 * Each track is a playlist of its own, because each comes and goes by itself: one element for picture and sound would stop both
 * where one is missing. All times are seconds of the recording. The library that plays (hls.js) is loaded with the first replay.
 */
export class Replay extends Emitter<ReplayEvents> {
  readonly #options: ReplayOptions;
  readonly #ticket: PlaybackTicket;
  readonly #ensemble: Ensemble;
  readonly #abort = new AbortController();
  readonly #tracks = new Map<TrackName, HlsTrack>();
  #library: HlsLibrary | undefined;
  #error: LecternError | undefined;
  #isRecovering = false;
  #isFresh = true;
  /** Attempts since it last played. */
  #attempts = 0;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  readonly #captions = new CaptionsReader();
  /** When a failure was met last. */
  #recoveredAtMs = -Infinity;
  #timeline = Timeline.EMPTY;
  #isTimelineRead = false;
  #state: ReplayState;

  constructor(options: ReplayOptions) {
    super();
    this.#options = options;
    const { playback, elements } = options;
    const { position_s, duration_s, is_live } = playback;
    const isOver = !is_live && position_s > (duration_s ?? Infinity) - NEARLY_OVER_S;
    this.#ticket = new PlaybackTicket(playback, options.renew);
    this.#ensemble = new Ensemble(isOver ? 0 : position_s);
    this.#ensemble.isLive = is_live;
    if (options.layout !== undefined) this.#ensemble.layout = options.layout;
    elements.camera.muted = true;
    elements.screen.muted = true;
    this.#state = this.#look();
    elements.sound.addEventListener("volumechange", () => this.#tell(), { signal: this.#abort.signal });
    void this.#begin();
  }

  get state(): ReplayState {
    return this.#state;
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  play(): void {
    this.#isFresh = false;
    this.#ensemble.play();
    this.#tell();
  }

  pause(): void {
    this.#ensemble.pause();
    this.#tell();
  }

  /** To a time, within what there is. */
  seek(time_s: number): void {
    this.#isFresh = false;
    this.#ensemble.seek(time_s);
    this.#tell();
  }

  /** As late as can be, and on from there. */
  seekToEdge(): void {
    this.seek(this.#ensemble.to_s - EDGE_S);
    this.play();
  }

  set rate(rate: number) {
    this.#ensemble.rate = Math.max(RATES[0] ?? 1, Math.min(rate, RATES.at(-1) ?? 1));
    this.#tell();
  }

  /** From 0 to 1. */
  set volume(volume: number) {
    this.#options.elements.sound.volume = Math.max(0, Math.min(volume, 1));
  }

  set muted(muted: boolean) {
    this.#options.elements.sound.muted = muted;
  }

  set layout(layout: Layout) {
    this.#ensemble.layout = layout;
    this.#ensemble.step();
    this.#tell();
  }

  /** Shows the captions of this language, if there are any; `undefined`: none. */
  set language(language: string | undefined) {
    this.#captions.choose(language);
    this.#tell();
    void this.#readCaptions();
  }

  /** After a failure: with a new ticket, from where it stopped. */
  retry(): void {
    if (!this.#isRecovering) void this.#recover();
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#retrying);
    for (const track of this.#tracks.values()) track.close();
    this.#tracks.clear();
  }

  async #begin(): Promise<void> {
    const { signal } = this.#abort;
    window.addEventListener("online", () => {
      if (this.#error !== undefined && mayPass(this.#error)) this.retry();
    }, { signal });
    const stepping = setInterval(() => this.#step(), STEP_MS);
    const looking = setInterval(() => void this.#lookAgain(), LOOK_MS);
    signal.addEventListener("abort", () => {
      clearInterval(stepping);
      clearInterval(looking);
    });
    if (await this.#load()) this.#open(this.#ticket.known);
    await this.#readTimeline();
  }

  /** @returns whether there is what plays. */
  async #load(): Promise<boolean> {
    try {
      this.#library ??= await import("hls.js/light");
    } catch (cause) {
      this.#fail(new LecternError("network", "The player could not be loaded.", { cause }));
      return false;
    }
    if (this.#abort.signal.aborted) return false;
    if (this.#library.default.isSupported()) return true;
    this.#fail(new LecternError("unsupported", "The browser plays no streams."));
    return false;
  }

  /** Opens the tracks that are there and not open. */
  #open(playback: Playback): void {
    const library = this.#library;
    if (library === undefined) return;
    for (const name of TRACK_NAMES) {
      const url = playback[name];
      if (url == null || this.#tracks.has(name)) continue;
      const listener = { onChange: () => this.#step(), onRefused: () => this.pause(), onFailure: (error: LecternError) => this.#onFailure(error) };
      const addresses = new TrackAddresses(this.#ticket, name);
      const epochMs = Date.parse(playback.started_at);
      this.#tracks.set(name, new HlsTrack(library, { name, element: this.#options.elements[name], url, addresses, epochMs, time_s: this.#ensemble.time_s, listener }));
    }
  }

  /** What is new in a class that is live; and what could not be read before. */
  async #lookAgain(): Promise<void> {
    await this.#readCaptions();
    if (!this.#ensemble.isLive && this.#isTimelineRead) return;
    if (this.#ensemble.isLive && this.#tracks.size < TRACK_NAMES.length) await this.#openNew();
    await this.#readTimeline();
  }

  /** The playlist of all tracks names those that there are by now. */
  async #openNew(): Promise<void> {
    try {
      const playback = await this.#ticket.current();
      const text = await readText(playback.playlist, this.#abort.signal);
      if (TRACK_NAMES.some((name) => !this.#tracks.has(name) && text.includes(`${name}.m3u8`))) this.#open(await this.#ticket.renew());
    } catch {
      // Asked again in a moment.
    }
  }

  async #readTimeline(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const { chat, chapters } = await this.#ticket.current();
      const timeline = Timeline.parse(...await Promise.all([readText(chat, signal), readText(chapters, signal)]));
      this.#isTimelineRead = !this.#ensemble.isLive;
      this.#timeline = timeline;
      this.emit("timeline", timeline);
    } catch {
      // The pictures do without; it is read again in a moment.
    }
  }

  async #readCaptions(): Promise<void> {
    await this.#captions.read(this.#ticket, this.#abort.signal);
    this.#tell();
  }

  #step(): void {
    if (this.#error !== undefined || this.#abort.signal.aborted) return;
    const tracks = TRACK_NAMES.flatMap((name) => this.#tracks.get(name) ?? []);
    // Not before all are known: what begins first is where it begins.
    if (this.#state.motion === "loading" && !tracks.every((track) => track.isKnown)) return this.#tell();
    const known = tracks.filter((track) => track.isKnown);
    this.#ensemble.tracks = known;
    this.#ensemble.isLive = known.length === 0 ? this.#ticket.known.is_live : known.some((track) => track.isLive);
    this.#ensemble.step();
    if (this.#ensemble.motion === "playing") this.#attempts = 0;
    this.#tell();
  }

  /** A failure is met with a new ticket, which most are about; all tracks may fail of one reason. If that does not help, it is told. */
  #onFailure(error: LecternError): void {
    if (this.#error !== undefined || this.#isRecovering) return;
    if (error.code !== "media_unplayable" && performance.now() - this.#recoveredAtMs > AGAIN_MS) return void this.#recover();
    // The school gave a ticket a moment ago: it is not what is away.
    this.#fail(error.code === "network" ? new LecternError("store_unreachable", error.message, { cause: error }) : error);
  }

  /** What stopped stays where it was, and its reason stays until there is a new ticket. */
  async #recover(): Promise<void> {
    this.#isRecovering = true;
    try {
      if (!(await this.#load())) return;
      this.#open(await this.#ticket.renew());
      this.#recoveredAtMs = performance.now();
      this.#error = undefined;
    } catch (thrown) {
      this.#fail(asLecternError(thrown));
      return;
    } finally {
      this.#isRecovering = false;
    }
    for (const track of this.#tracks.values()) track.resume();
    this.#step();
  }

  #fail(error: LecternError): void {
    if (this.#abort.signal.aborted) return;
    this.#error = error;
    for (const track of this.#tracks.values()) track.pause();
    clearTimeout(this.#retrying);
    if (mayPass(error)) {
      this.#retrying = setTimeout(() => this.retry(), retryDelayMs(this.#attempts, error.retryAfterMs, Math.random, RETRIES));
      this.#attempts += 1;
    }
    this.#tell();
  }

  #tell(): void {
    const next = this.#look();
    if (!differs(this.#state, next)) return;
    this.#state = next;
    this.emit("state", next);
  }

  #look(): ReplayState {
    const ensemble = this.#ensemble;
    const { sound } = this.#options.elements;
    const playback = this.#ticket.known;
    const { time_s, isLive, from_s, to_s } = ensemble;
    const isKnown = [...this.#tracks.values()].some((track) => track.isKnown);
    const needed = [...this.#tracks.values()].filter((track) => ensemble.isNeeded(track));
    const motion = this.#error !== undefined ? "failed" : isKnown ? ensemble.motion : "loading";
    const error = this.#error ?? (motion === "playing" ? undefined : troubleOf(isKnown ? needed : [...this.#tracks.values()]));
    return {
      motion,
      error,
      goesOn: error !== undefined && (this.#error === undefined || mayPass(this.#error)),
      isFresh: this.#isFresh,
      wanted: ensemble.wanted,
      time_s,
      from_s,
      to_s: isKnown ? to_s : Math.max(playback.duration_s ?? 0, time_s),
      loaded_s: needed.length === 0 ? time_s : Math.min(...needed.map((track) => track.loadedUntil(time_s))),
      isLive,
      isAtEdge: isLive && to_s - time_s < EDGE_S + AT_EDGE_S,
      isCutShort: playback.is_cut_short === true,
      rate: ensemble.rate,
      volume: sound.volume,
      muted: sound.muted,
      layout: ensemble.layout,
      shown: ensemble.shown,
      has: { camera: playback.camera != null, screen: playback.screen != null, sound: playback.sound != null },
      poster: playback.poster ?? undefined,
      storyboard: playback.storyboard ?? undefined,
      captions: playback.captions ?? NO_CAPTIONS,
      language: this.#captions.language,
      caption: this.#captions.textAt(time_s),
    };
  }
}

/** Why there is nothing to show, if a track has asked for it in vain. */
function troubleOf(tracks: readonly HlsTrack[]): LecternError | undefined {
  return tracks.find((track) => track.trouble !== undefined && !track.isReady)?.trouble;
}

/** Whether it may be gone by itself: nobody was there to answer, or who answered asks to come back. */
function mayPass(error: LecternError): boolean {
  return error.retryable || error.code === "store_unreachable";
}
