import type Hls from "hls.js";
import type { ErrorData, LevelDetails } from "hls.js";
import { LecternError } from "../problem.js";
import { Coverage, type Stretch } from "./coverage.js";
import type { Track } from "./ensemble.js";
import type { TrackName } from "./playback.js";
import type { TrackAddresses } from "./track-addresses.js";

/** The library that plays, once it is loaded. */
export type HlsLibrary = typeof import("hls.js/light");

/** A picture that the browser could not decode is begun anew so often, before one gives up. */
const RECOVERIES_MAX = 2;
/** How much is loaded ahead, and kept behind, seconds. */
const AHEAD_S = 30;
const BEHIND_S = 30;

/** What a track tells. */
export interface TrackListener {
  /** It may have moved, loaded, or learned what there is. */
  onChange(): void;
  /** The browser lets nothing play without a touch. */
  onRefused(): void;
  /** It does not go on. */
  onFailure(error: LecternError): void;
}

/** One playlist of a recording in one media element. */
export class HlsTrack implements Track {
  readonly name: TrackName;
  readonly #element: HTMLMediaElement;
  readonly #hls: Hls;
  readonly #listener: TrackListener;
  readonly #abort = new AbortController();
  readonly #epochMs: number;
  /** The recording's time less the element's; known with the playlist. */
  #offset_s: number | undefined;
  /** Where to be as soon as that is possible, seconds of the recording. */
  #target_s: number | undefined;
  #recoveries = 0;
  #trouble: LecternError | undefined;
  coverage = new Coverage([]);
  /** Whether the playlist grows. */
  isLive = true;

  /** `url` is the playlist; `epochMs` is zero of the recording's time; `time_s` is where to begin. */
  constructor(library: HlsLibrary, options: { name: TrackName; element: HTMLMediaElement; url: string; addresses: TrackAddresses; epochMs: number; time_s: number; listener: TrackListener }) {
    const { name, element, url, addresses, epochMs, time_s, listener } = options;
    this.name = name;
    this.#element = element;
    this.#listener = listener;
    this.#epochMs = epochMs;
    this.#target_s = time_s;
    this.#hls = new library.default({
      autoStartLoad: false,
      // Fragments are passed on as they are: there is nothing that a worker would do.
      enableWorker: false,
      maxBufferLength: AHEAD_S,
      backBufferLength: BEHIND_S,
      xhrSetup: async (xhr, address) => xhr.open("GET", await addresses.fresh(address), true),
    });
    const { Events } = library;
    this.#hls.on(Events.LEVEL_LOADED, (_, { details }) => this.#read(details));
    this.#hls.on(Events.FRAG_LOADED, () => (this.#trouble = undefined));
    this.#hls.on(Events.ERROR, (_, data) => this.#onError(library, data));
    const { signal } = this.#abort;
    for (const event of ["loadedmetadata", "seeked", "canplay", "waiting", "playing", "pause", "ended", "progress", "timeupdate"]) element.addEventListener(event, () => this.#onElement(), { signal });
    this.#hls.attachMedia(element);
    this.#hls.loadSource(url);
  }

  /** Whether its playlist has been read. */
  get isKnown(): boolean {
    return this.#offset_s !== undefined;
  }

  /** Why nothing comes at the moment; it is asked for again. */
  get trouble(): LecternError | undefined {
    return this.#trouble;
  }

  get time_s(): number {
    return this.#target_s ?? this.#element.currentTime + (this.#offset_s ?? 0);
  }

  get isReady(): boolean {
    const { ended, seeking, readyState } = this.#element;
    return this.#target_s === undefined && !ended && !seeking && readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  get isSeeking(): boolean {
    return this.#target_s !== undefined || this.#element.seeking;
  }

  /** Until when everything from `time_s` on is loaded. */
  loadedUntil(time_s: number): number {
    const { buffered } = this.#element;
    const at = time_s - (this.#offset_s ?? 0);
    for (let index = 0; index < buffered.length; index += 1) {
      if (buffered.start(index) <= at && at < buffered.end(index)) return buffered.end(index) + (this.#offset_s ?? 0);
    }
    return time_s;
  }

  seek(time_s: number): void {
    this.#target_s = time_s;
    this.#settle();
  }

  play(): void {
    // An element that has ended would begin anew.
    if (!this.#element.paused || this.#element.ended) return;
    this.#element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#listener.onRefused();
    });
  }

  pause(): void {
    if (!this.#element.paused) this.#element.pause();
  }

  setRate(rate: number): void {
    if (this.#element.playbackRate !== rate) this.#element.playbackRate = rate;
  }

  /** Loads again, after a failure. */
  resume(): void {
    if (this.#offset_s === undefined) this.#hls.loadSource(this.#hls.url ?? "");
    else this.#hls.startLoad(Math.max(0, this.time_s - this.#offset_s));
  }

  close(): void {
    this.#abort.abort();
    this.#hls.destroy();
  }

  /** What the playlist says there is. Its own time begins with the track; the date of its first segment says when that was. */
  #read(details: LevelDetails): void {
    const [first] = details.fragments;
    this.#trouble = undefined;
    if (first?.programDateTime == null) return;
    const isFirst = this.#offset_s === undefined;
    const offset_s = (first.programDateTime - this.#epochMs) / 1000 - first.start;
    this.#offset_s = offset_s;
    this.isLive = details.live;
    this.coverage = new Coverage(stretches(details, offset_s));
    if (isFirst) this.#hls.startLoad(Math.max(0, (this.#target_s ?? 0) - offset_s));
    this.#settle();
    this.#listener.onChange();
  }

  /** Goes where it was sent, if it is possible already. */
  #settle(): void {
    if (this.#target_s === undefined || this.#offset_s === undefined || this.#element.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.#element.currentTime = Math.max(0, this.#target_s - this.#offset_s);
    this.#target_s = undefined;
  }

  #onElement(): void {
    this.#settle();
    this.#listener.onChange();
  }

  #onError({ default: { ErrorDetails, ErrorTypes } }: HlsLibrary, data: ErrorData): void {
    // One of two that were loading was given up because of the other, which has said why.
    if (data.details === ErrorDetails.INTERNAL_ABORTED) return;
    const isNetwork = data.type === ErrorTypes.NETWORK_ERROR;
    if (!data.fatal) {
      if (isNetwork) this.#trouble = this.#reason(data, isNetwork);
      this.#listener.onChange();
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR && this.#recoveries < RECOVERIES_MAX) {
      this.#recoveries += 1;
      this.#target_s ??= this.time_s;
      this.#hls.recoverMediaError();
      return;
    }
    this.#listener.onFailure(this.#reason(data, isNetwork));
  }

  /** An answer of the store's with which it says that it is not there has a code of its own. */
  #reason(data: ErrorData, isNetwork: boolean): LecternError {
    const status = data.response?.code ?? 0;
    const code = !isNetwork ? "media_unplayable" : status === 0 ? "network" : status >= 500 && data.frag !== undefined ? "store_unreachable" : `http_${status}`;
    const message = `The ${this.name} does not play (${data.details}).`;
    return new LecternError(code, message, { cause: data.error, ...(status > 0 && { status }) });
  }
}

/** Where the playlist has segments; between them it lists gaps. */
function* stretches({ fragments }: LevelDetails, offset_s: number): Iterable<Stretch> {
  for (const { start, duration, tagList } of fragments) {
    if (!tagList.some(([tag]) => tag === "GAP")) yield { from_s: start + offset_s, to_s: start + duration + offset_s };
  }
}
