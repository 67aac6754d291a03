/**
 * Lectern for a browser. A room: `publish` a camera or screen (WHIP), `watch` it (WHEP with slots), join its chat, polls, hands
 * and stage (`joinRoom`), list and open devices, and know how the connection feels. The school: `School`, its REST API, on a
 * server too, `schoolEvents`, what happens in it, `upload` and `download`. No framework, no dependency.
 */
export { DEFAULT_BACKOFF, retryDelayMs } from "./backoff.js";
export { ClassRoom, joinRoom } from "./class-room.js";
export { DEFAULT_PREFERENCE } from "./codecs.js";
export { DeviceList, openCamera, openMicrophone, openScreen } from "./devices.js";
export { download } from "./downloads.js";
export { Emitter } from "./emitter.js";
export { LevelMeter } from "./level-meter.js";
export { asLecternError, LecternError } from "./problem.js";
export { publish, Publication } from "./publication.js";
export { may, ownPlace } from "./room-state.js";
export { readToken } from "./room.js";
export { School } from "./school.js";
export { schoolEvents } from "./school-events.js";
export { upload } from "./uploads.js";
export { Viewing, watch } from "./viewing.js";
