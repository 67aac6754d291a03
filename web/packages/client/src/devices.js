import { Emitter } from "./emitter.js";
import { LecternError } from "./problem.js";
/** The devices that are there, kept up to date. */
export class DeviceList extends Emitter {
    #devices = [];
    /** Watches until `signal` aborts. */
    constructor(signal) {
        super();
        // Absent outside of secure contexts, whatever the types say.
        const media = navigator.mediaDevices;
        media?.addEventListener("devicechange", () => void this.refresh(), { signal });
        void this.refresh();
    }
    get devices() {
        return this.#devices;
    }
    /** Looks again; to be called after a permission was given, since labels appear then. */
    async refresh() {
        const media = navigator.mediaDevices;
        const found = (await media?.enumerateDevices()) ?? [];
        const kinds = { videoinput: "camera", audioinput: "microphone", audiooutput: "speaker" };
        this.#devices = found
            .filter((device) => device.deviceId !== "")
            .map((device) => ({ id: device.deviceId, kind: kinds[device.kind], label: device.label }));
        this.emit("change", this.#devices);
    }
}
/** 720p at 30 frames a second: what a face needs. */
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** Opens a camera; another one when the wanted is gone. Rejects with a `capture_*` error. */
export async function openCamera(id) {
    const device = id === undefined ? {} : { deviceId: { ideal: id } };
    return firstTrack(() => mediaDevices().getUserMedia({ video: { ...CAMERA, ...device } }));
}
/** Opens a microphone; another one when the wanted is gone. Rejects with a `capture_*` error. */
export async function openMicrophone(id) {
    const device = id === undefined ? {} : { deviceId: { ideal: id } };
    const track = await firstTrack(() => mediaDevices().getUserMedia({ audio: { ...MICROPHONE, ...device } }));
    track.contentHint = "speech";
    return track;
}
/** Lets the person choose a screen, window or tab, with its sound where the browser can. */
export async function openScreen() {
    const devices = mediaDevices();
    if (!("getDisplayMedia" in devices))
        throw new LecternError("capture_unsupported", "This browser cannot share a screen.");
    const stream = await captured(() => devices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: true }));
    const video = stream.getVideoTracks()[0];
    if (video === undefined)
        throw new LecternError("capture_not_found", "There is no screen to share.");
    // Text stays sharp when the bitrate falls.
    video.contentHint = "detail";
    return { video, audio: stream.getAudioTracks()[0] };
}
function mediaDevices() {
    const media = navigator.mediaDevices;
    if (media === undefined)
        throw new LecternError("capture_insecure", "Cameras and microphones need a secure page (https).");
    return media;
}
async function firstTrack(open) {
    const track = (await captured(open)).getTracks()[0];
    if (track === undefined)
        throw new LecternError("capture_not_found", "There is no such device.");
    return track;
}
async function captured(open) {
    try {
        return await open();
    }
    catch (thrown) {
        throw captureError(thrown);
    }
}
const CAPTURE_CODES = {
    NotAllowedError: "capture_denied",
    SecurityError: "capture_denied",
    NotFoundError: "capture_not_found",
    OverconstrainedError: "capture_not_found",
    NotReadableError: "capture_in_use",
    AbortError: "capture_in_use",
};
/** What `getUserMedia` threw, by a stable code: `capture_denied`, `_not_found`, `_in_use`, `_insecure`, `_unsupported` or `_failed`. */
export function captureError(thrown) {
    if (thrown instanceof LecternError)
        return thrown;
    const { name, message } = thrown instanceof Error ? thrown : { name: "", message: String(thrown) };
    return new LecternError(CAPTURE_CODES[name] ?? "capture_failed", message, { cause: thrown });
}
