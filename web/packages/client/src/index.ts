/**
 * Publish to and watch a Lectern room from a browser: `publish` a camera or screen (WHIP), `watch` a room (WHEP with
 * slots), list and open devices, and know how the connection feels. No framework, no dependency.
 */
export { type BackoffOptions, DEFAULT_BACKOFF, retryDelayMs } from "./backoff.js";
export { DEFAULT_PREFERENCE, type VideoCodec } from "./codecs.js";
export { type Device, type DeviceEvents, DeviceList, openCamera, openMicrophone, openScreen } from "./devices.js";
export { Emitter, type Observable, type Unsubscribe } from "./emitter.js";
export { LevelMeter } from "./level-meter.js";
export type { LinkState } from "./peer-link.js";
export { asLecternError, LecternError } from "./problem.js";
export { publish, Publication, type PublicationEvents, type PublishOptions } from "./publication.js";
export type { Quality } from "./quality.js";
export type { TokenSource } from "./resource.js";
export { readToken, type RoomAccess, type Source, type TokenClaims } from "./room.js";
export type { AudioSlotName, Layer, Slot, SlotName, VideoSlotName } from "./slots.js";
export type { ConnectionStats, TrackStats } from "./stats.js";
export { type LayerChoice, Viewing, type ViewingEvents, watch, type WatchOptions } from "./viewing.js";
