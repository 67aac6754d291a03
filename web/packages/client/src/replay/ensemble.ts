import type { Coverage } from "./coverage.js";
import { type Layout, type Shown, shownIn } from "./layout.js";
import type { TrackName } from "./playback.js";
import { correction } from "./sync.js";

/** A track as the ensemble leads it. Times are seconds of the recording. */
export interface Track {
  readonly name: TrackName;
  /** Where it has something, as far as is known. */
  readonly coverage: Coverage;
  /** Where it is. */
  readonly time_s: number;
  /** Whether it can go on from there at once; no while it seeks. */
  readonly isReady: boolean;
  readonly isSeeking: boolean;
  seek(time_s: number): void;
  play(): void;
  pause(): void;
  setRate(rate: number): void;
}

/** What the ensemble does. */
export type Motion = "paused" | "playing" | "buffering" | "ended";

/** A picture that is needed within this time is loaded now, seconds. */
const PREPARE_S = 5;
/** A playlist tells a little more than its media has: a track that stops this close to a stretch's end has reached it, seconds. */
const END_S = 0.5;
/** A track waits so near to the beginning of its turn, seconds. */
const TURN_S = 0.1;
/** Who was sent somewhere and found a hole is not sent again for so long, seconds of the recording. */
const HOLE_S = 10;

/**
 * Plays the tracks of a recording as one. The sound leads; where it has nothing, the camera, else the screen. The others follow:
 * by speed, or by a seek. What is not there at the moment waits for its next turn; what is there and not loaded makes all wait.
 * Where nothing is, there is nothing to see: it goes on where something begins.
 *
 * It has no clock: `step` is called a few times in a second, and when a track tells something.
 */
export class Ensemble {
  /** In order of leadership. */
  #tracks: readonly Track[] = [];
  #time_s: number;
  #rate = 1;
  #wanted = false;
  #motion: Motion = "paused";
  #lead: Track | undefined;
  /** Where each track was sent last. */
  readonly #sentTo = new WeakMap<Track, number>();
  /** Those that wait behind a hole. */
  readonly #waiting = new WeakSet<Track>();
  layout: Layout = "beside";
  /** Whether more is to come. */
  isLive = false;

  constructor(time_s: number) {
    this.#time_s = time_s;
  }

  /** All tracks, the leading one first; more may come while it plays. */
  set tracks(tracks: readonly Track[]) {
    this.#tracks = tracks;
    for (const track of tracks) track.setRate(this.#rate);
  }

  play(): void {
    if (this.#motion === "ended") this.seek(this.from_s);
    this.#wanted = true;
    this.step();
  }

  pause(): void {
    this.#wanted = false;
    this.step();
  }

  seek(time_s: number): void {
    this.#time_s = Math.max(this.from_s, Math.min(time_s, this.to_s));
    this.#lead = undefined;
    if (this.#motion === "ended") this.#motion = "paused";
    for (const track of this.#tracks) if (track.coverage.at(this.#time_s) !== undefined) this.#send(track, this.#time_s);
    this.step();
  }

  set rate(rate: number) {
    this.#rate = rate;
    for (const track of this.#tracks) track.setRate(rate);
  }

  get rate(): number {
    return this.#rate;
  }

  get time_s(): number {
    return this.#time_s;
  }

  get motion(): Motion {
    return this.#motion;
  }

  /** Whether somebody pressed play, whatever may hold it up. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** When the first thing begins. */
  get from_s(): number {
    const starts = this.#tracks.flatMap(({ coverage }) => coverage.from_s ?? []);
    return starts.length === 0 ? 0 : Math.min(...starts);
  }

  /** When the last thing that is known ends. */
  get to_s(): number {
    return Math.max(0, ...this.#tracks.map(({ coverage }) => coverage.to_s ?? 0));
  }

  /** Which pictures are there at the moment, and wanted by the layout. */
  get shown(): Shown {
    return shownIn(this.layout, { camera: this.#has("camera"), screen: this.#has("screen") });
  }

  /** Whether the track is to be in step now. */
  isNeeded(track: Track): boolean {
    return track.coverage.at(this.#time_s) !== undefined && (track.name === "sound" || this.shown[track.name]);
  }

  step(): void {
    this.#follow();
    const needed = this.#tracks.filter((track) => this.isNeeded(track));
    const [lead] = needed;
    if (lead === undefined) return this.#leap();
    this.#lead = lead;
    this.#takeLead(lead);
    const inStep = needed.filter((track) => track === lead || this.#keepInStep(track));
    const ready = inStep.every((track) => track.isReady || (!track.isSeeking && this.#isNearEnd(track)));
    this.#motion = !this.#wanted ? "paused" : ready ? "playing" : "buffering";
    for (const track of this.#tracks) {
      if (!needed.includes(track)) this.#rest(track);
      else if (this.#motion === "playing" && inStep.includes(track)) track.play();
      else track.pause();
    }
  }

  /** Takes the time from the track that leads. */
  #follow(): void {
    const lead = this.#lead;
    if (lead === undefined || this.#motion === "paused" || this.#motion === "ended" || lead.isSeeking) return;
    const stretch = lead.coverage.at(this.#time_s);
    if (stretch === undefined) return;
    const reached = !lead.isReady && lead.time_s >= stretch.to_s - END_S;
    this.#time_s = reached ? stretch.to_s : Math.max(this.#time_s, Math.min(lead.time_s, stretch.to_s));
  }

  /** Nothing is here: goes where something begins, or ends. */
  #leap(): void {
    const starts = this.#tracks.flatMap(({ coverage }) => coverage.next(this.#time_s) ?? []);
    if (starts.length > 0) return this.seek(Math.min(...starts));
    for (const track of this.#tracks) track.pause();
    if (this.isLive || this.#tracks.length === 0) {
      this.#motion = this.#wanted ? "buffering" : "paused";
      return;
    }
    if (this.#motion !== "paused" || this.#wanted) this.#motion = "ended";
    this.#wanted = false;
  }

  /** Stands still, ready for its next turn. */
  #rest(track: Track): void {
    track.pause();
    const next = track.coverage.next(this.#time_s);
    if (next === undefined || next - this.#time_s > PREPARE_S || track.isSeeking) return;
    if (Math.abs(track.time_s - next) > TURN_S) this.#send(track, next);
  }

  /** A track that did not lead until now may be elsewhere. */
  #takeLead(track: Track): void {
    if (track.isSeeking) return;
    if (this.#isBeyondHole(track)) this.#time_s = track.time_s;
    else if (Math.abs(track.time_s - this.#time_s) > END_S) this.#send(track, this.#time_s);
    else track.setRate(this.#rate);
  }

  /** @returns whether the others have to wait for the track. */
  #keepInStep(track: Track): boolean {
    if (track.isSeeking) return true;
    if (this.#isBeyondHole(track)) return false;
    const factor = correction(track.time_s - this.#time_s);
    if (factor === "seek") this.#send(track, this.#time_s);
    else track.setRate(this.#rate * factor);
    return true;
  }

  /** It was sent here, and found nothing before a later moment although its playlist says so: it waits there for the others. */
  #isBeyondHole(track: Track): boolean {
    const ahead_s = track.time_s - this.#time_s;
    const since_s = this.#time_s - (this.#sentTo.get(track) ?? -Infinity);
    if (ahead_s > 0 && correction(ahead_s) === "seek" && since_s < HOLE_S && since_s > -TURN_S) this.#waiting.add(track);
    if (ahead_s <= TURN_S) this.#waiting.delete(track);
    return this.#waiting.has(track);
  }

  #send(track: Track, time_s: number): void {
    this.#sentTo.set(track, time_s);
    this.#waiting.delete(track);
    track.seek(time_s);
  }

  #isNearEnd(track: Track): boolean {
    const stretch = track.coverage.at(this.#time_s);
    return stretch !== undefined && track.time_s >= stretch.to_s - END_S;
  }

  /** At the end, the last picture stays. */
  #has(name: TrackName): boolean {
    const time_s = this.#motion === "ended" ? this.#time_s - END_S : this.#time_s;
    return this.#tracks.some((track) => track.name === name && track.coverage.at(time_s) !== undefined);
  }
}
