/**
 * Lectern for a browser. A room: `publish` a camera or screen (WHIP), `watch` it (WHEP with slots), join its chat, polls, hands
 * and stage (`joinRoom`), list and open devices, and know how the connection feels. The school: `School`, its REST API, on a
 * server too, `schoolEvents`, what happens in it, `upload` and `download`. A recorded class: `Replay`. No framework; one dependency,
 * hls.js, loaded when something is replayed.
 */
export { type BackoffOptions, DEFAULT_BACKOFF, retryDelayMs } from "./backoff.js";
export { ClassRoom, type ClassRoomEvents, joinRoom, type JoinOptions, type ReplyTo, type RoomLink } from "./class-room.js";
export { DEFAULT_PREFERENCE, type VideoCodec } from "./codecs.js";
export { type Device, type DeviceEvents, DeviceList, openCamera, openMicrophone, openScreen } from "./devices.js";
export { download, type DownloadOptions } from "./downloads.js";
export { Emitter, type Observable, type Unsubscribe } from "./emitter.js";
export { LevelMeter } from "./level-meter.js";
export type { OutgoingMessage } from "./outbox.js";
export type { LinkState } from "./peer-link.js";
export { asLecternError, type FieldError, LecternError } from "./problem.js";
export { publish, Publication, type PublicationEvents, type PublishOptions } from "./publication.js";
export type { Quality } from "./quality.js";
export type { TokenSource } from "./resource.js";
export type * from "./room-protocol.gen.js";
export { may, type NumberedEvent, ownPlace, type QuizScore, type RoomState } from "./room-state.js";
export { type Chapter, type AskedThen, type SaidThen, type ThenEvent, Timeline } from "./replay/timeline.js";
export { type Layout, LAYOUTS, type Shown } from "./replay/layout.js";
export type { CaptionsOffer } from "./replay/captions.js";
export type { Playback, TrackName } from "./replay/playback.js";
export { RATES, Replay, type ReplayEvents, type ReplayOptions } from "./replay/replay.js";
export type { ReplayState } from "./replay/replay-state.js";
export { type Storyboard, type Tile, tileAt } from "./replay/storyboard.js";
export { readToken, type RoomAccess, type Source, type TokenClaims } from "./room.js";
export { School, type SchoolOptions } from "./school.js";
export { type EventFeed, type LiveNews, schoolEvents, type SchoolEvents } from "./school-events.js";
export type { Answer, Call, CallOptions, Schemas } from "./school-paths.js";
export type { AudioSlotName, Layer, Slot, SlotName, VideoSlotName } from "./slots.js";
export type { ConnectionStats, TrackStats } from "./stats.js";
export { upload, type UploadOptions, type UploadTarget } from "./uploads.js";
export { type LayerChoice, Viewing, type ViewingEvents, watch, type WatchOptions } from "./viewing.js";
