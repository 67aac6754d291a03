import { codecName, DEFAULT_PREFERENCE, preferredCodecs } from "./codecs.js";
import { Emitter } from "./emitter.js";
import { cameraEncodings, scalabilityMode, screenEncodings } from "./encodings.js";
import { PeerLink } from "./peer-link.js";
import { LecternError } from "./problem.js";
import { roomUrl } from "./room.js";
/** The media server hears of a new place on stage within this time. */
const STAGE_RIGHT_MS_MAX = 3_000;
/** Publishes one source to a room (WHIP, RFC 9725). The tracks stay the caller's: they are not stopped at the end. */
export function publish(options) {
    const publication = new Publication(options);
    publication.start();
    return publication;
}
/** One source on its way to a room; see {@link publish}. */
export class Publication extends Emitter {
    source;
    #options;
    #link;
    #tracks;
    #senders = new Map();
    constructor(options) {
        super();
        this.source = options.source;
        this.#options = options;
        this.#tracks = { audio: options.audio, video: options.video };
        this.#link = new PeerLink({
            endpoint: roomUrl(options, `whip/${options.source}`),
            token: options.token,
            signal: options.signal,
            forbiddenMs: options.source.startsWith("stage/") ? STAGE_RIGHT_MS_MAX : 0,
            prepare: (pc) => this.#prepare(pc),
            opened: () => {
                this.#alignEncodings();
                return undefined;
            },
            expectsMedia: () => this.#expectsMedia(),
        });
        this.#link.on("state", (state) => this.emit("state", state));
        this.#link.on("stats", (stats) => this.emit("stats", stats));
        this.#link.on("quality", (quality) => this.emit("quality", quality));
    }
    /** Begins; called by {@link publish}. */
    start() {
        this.#link.start();
    }
    get state() {
        return this.#link.state;
    }
    get quality() {
        return this.#link.quality;
    }
    /** Sends another track from now on, or nothing (`null`). Viewers keep their slot. */
    async replaceTrack(kind, track) {
        if (this.#tracks[kind] === undefined)
            throw new LecternError("unsupported", `This publication has no ${kind}.`);
        this.#tracks[kind] = track;
        await this.#senders.get(kind)?.replaceTrack(track);
    }
    /** Stops publishing and tells the server. */
    async close() {
        await this.#link.close();
    }
    #simulcast() {
        return this.#options.simulcast ?? this.#options.source !== "screen";
    }
    #prepare(pc) {
        const stream = new MediaStream();
        for (const kind of ["audio", "video"]) {
            const track = this.#tracks[kind];
            if (track === undefined)
                continue;
            const init = { direction: "sendonly", streams: [stream] };
            const transceiver = kind === "video" ? this.#addVideo(pc, track, init) : pc.addTransceiver(track ?? kind, init);
            this.#senders.set(kind, transceiver.sender);
        }
    }
    #addVideo(pc, track, init) {
        const { codec, maxBitrateBps, preference = DEFAULT_PREFERENCE } = this.#options;
        const known = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
        const codecs = preferredCodecs(known, codec === undefined ? preference : [codec]);
        if (codecs.length === 0)
            throw new LecternError("unsupported", `This browser cannot send ${codec ?? preference.join(", ")}.`);
        const first = codecName(codecs[0]?.mimeType ?? "");
        const limit = maxBitrateBps === undefined ? {} : { maxBitrateBps };
        const simulcast = this.#simulcast();
        const encodings = this.#options.source === "screen" && !simulcast ? screenEncodings(maxBitrateBps) : cameraEncodings({ simulcast, codec: first, ...limit });
        const transceiver = pc.addTransceiver(track ?? "video", { ...init, sendEncodings: encodings });
        transceiver.setCodecPreferences(codecs);
        return transceiver;
    }
    /** The server may have chosen another codec than our first, and VP9 and AV1 want to be told their layers. */
    #alignEncodings() {
        const sender = this.#senders.get("video");
        if (sender === undefined)
            return;
        const parameters = sender.getParameters();
        const mode = scalabilityMode(codecName(parameters.codecs[0]?.mimeType ?? ""), this.#simulcast());
        const encodings = parameters.encodings;
        if (mode === undefined || encodings.every((encoding) => encoding.scalabilityMode === mode))
            return;
        for (const encoding of encodings)
            encoding.scalabilityMode = mode;
        // A browser that knows no scalability modes sends its best layer alone, which is a picture too.
        sender.setParameters(parameters).catch(() => undefined);
    }
    #expectsMedia() {
        return Object.values(this.#tracks).some((track) => track?.readyState === "live" && track.enabled);
    }
}
