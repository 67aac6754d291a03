/**
 * Take part in a Lectern room from a browser: `publish` a camera or screen (WHIP), `watch` a room (WHEP with slots), join
 * its chat, polls, hands and stage (`joinRoom`), list and open devices, and know how the connection feels. No framework,
 * no dependency.
 */
export { type BackoffOptions, DEFAULT_BACKOFF, retryDelayMs } from "./backoff.js";
export { ClassRoom, type ClassRoomEvents, joinRoom, type JoinOptions, type ReplyTo, type RoomLink } from "./class-room.js";
export { DEFAULT_PREFERENCE, type VideoCodec } from "./codecs.js";
export { type Device, type DeviceEvents, DeviceList, openCamera, openMicrophone, openScreen } from "./devices.js";
export { Emitter, type Observable, type Unsubscribe } from "./emitter.js";
export { LevelMeter } from "./level-meter.js";
export type { OutgoingMessage } from "./outbox.js";
export type { LinkState } from "./peer-link.js";
export { asLecternError, LecternError } from "./problem.js";
export { publish, Publication, type PublicationEvents, type PublishOptions } from "./publication.js";
export type { Quality } from "./quality.js";
export type { TokenSource } from "./resource.js";
export type * from "./room-protocol.gen.js";
export { may, type NumberedEvent, ownPlace, type QuizScore, type RoomState } from "./room-state.js";
export { readToken, type RoomAccess, type Source, type TokenClaims } from "./room.js";
export type { AudioSlotName, Layer, Slot, SlotName, VideoSlotName } from "./slots.js";
export type { ConnectionStats, TrackStats } from "./stats.js";
export { type LayerChoice, Viewing, type ViewingEvents, watch, type WatchOptions } from "./viewing.js";
