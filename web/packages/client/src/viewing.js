import { sleep } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { listen } from "./event-stream.js";
import { hrefFor, REL_EVENTS, REL_LAYER } from "./link-header.js";
import { PeerLink } from "./peer-link.js";
import { LecternError, problemFrom } from "./problem.js";
import { request } from "./resource.js";
import { roomUrl } from "./room.js";
import { applyEvent, EMPTY_SLOT, EMPTY_VIEW, EVENT_NAMES, reconnectDelayMs, } from "./slots.js";
const DEFAULT_VIDEO = ["camera", "screen"];
const DEFAULT_AUDIO = ["tutor", "voice/0", "voice/1", "voice/2"];
/** Watches a room (WHEP with slots: nothing that starts, stops or moves there is ever negotiated again). */
export function watch(options) {
    const viewing = new Viewing(options);
    viewing.start();
    return viewing;
}
/** A room as this viewer gets it; see {@link watch}. */
export class Viewing extends Emitter {
    #options;
    #link;
    #names;
    #choices = new Map();
    #transceivers = [];
    #layerUrl;
    #view = EMPTY_VIEW;
    #slots = [];
    constructor(options) {
        super();
        this.#options = options;
        // The order within a kind tells the server what each section is for. Sound first: the first section carries the
        // transport, and there is no browser whose Opus the server would have to reject.
        this.#names = [
            ...(options.audio ?? DEFAULT_AUDIO).map((name) => ({ name, kind: "audio" })),
            ...(options.video ?? DEFAULT_VIDEO).map((name) => ({ name, kind: "video" })),
        ];
        this.#link = new PeerLink({
            endpoint: roomUrl(options, "whep"),
            token: options.token,
            signal: options.signal,
            prepare: (pc) => {
                this.#transceivers = this.#names.map(({ kind }) => pc.addTransceiver(kind, { direction: "recvonly" }));
            },
            opened: (_pc, resource, signal) => this.#opened(resource, signal),
            expectsMedia: () => this.#slots.some((slot) => slot.active && this.#choices.get(slot.name)?.paused !== true),
        });
        this.#link.on("state", (state) => this.emit("state", state));
        this.#link.on("stats", (stats) => this.emit("stats", stats));
        this.#link.on("quality", (quality) => this.emit("quality", quality));
    }
    /** Begins; called by {@link watch}. */
    start() {
        this.#link.start();
    }
    get state() {
        return this.#link.state;
    }
    get quality() {
        return this.#link.quality;
    }
    /** Sound first, then pictures, each in the order asked for; empty before the first connection. */
    get slots() {
        return this.#slots;
    }
    get speaker() {
        return this.#view.speaker;
    }
    get viewerCount() {
        return this.#view.viewerCount;
    }
    /** Caps or pauses a video slot; an empty choice is "the best there is". Kept over reconnections. */
    async select(name, choice) {
        const before = this.#choices.get(name);
        // The best there is goes without saying.
        if (isEmpty(choice) && (before === undefined || isEmpty(before)))
            return;
        this.#choices.set(name, choice);
        await this.#tell(name, choice);
    }
    /** Leaves the room and tells the server. */
    async close() {
        await this.#link.close();
    }
    #opened(resource, signal) {
        this.#view = EMPTY_VIEW;
        this.#layerUrl = hrefFor(resource.links, REL_LAYER, resource.url);
        this.#refresh();
        for (const [name, choice] of this.#choices) {
            if (!isEmpty(choice))
                this.#tell(name, choice).catch(() => undefined);
        }
        const url = hrefFor(resource.links, REL_EVENTS, resource.url);
        if (url === undefined)
            return undefined;
        const asked = Promise.withResolvers();
        const onEvent = ({ event, data }) => {
            if (event !== "reconnect")
                return this.#apply(event, data);
            // The server spreads those whom it asks to move; a session that it has ended already is noticed by itself.
            const moved = () => asked.resolve(new LecternError("network", "The server asked to connect again."));
            sleep(reconnectDelayMs(data), signal).then(moved, () => undefined);
        };
        return Promise.race([asked.promise, listen({ url, token: this.#options.token, events: EVENT_NAMES, signal, onEvent })]);
    }
    #apply(event, data) {
        const before = this.#view;
        this.#view = applyEvent(before, event, data);
        if (this.#view.contents !== before.contents || this.#view.layers !== before.layers)
            this.#refresh();
        if (this.#view.speaker !== before.speaker)
            this.emit("speaker", this.#view.speaker);
        const { viewerCount } = this.#view;
        if (viewerCount !== undefined && viewerCount !== before.viewerCount)
            this.emit("viewerCount", viewerCount);
    }
    #refresh() {
        this.#slots = this.#transceivers.flatMap((transceiver, index) => {
            const slot = this.#names[index];
            const { mid } = transceiver;
            if (slot === undefined || mid === null)
                return [];
            const content = this.#view.contents.get(mid) ?? EMPTY_SLOT;
            return [{ ...slot, mid, track: transceiver.receiver.track, ...content, layers: this.#view.layers.get(index) ?? [] }];
        });
        this.emit("slots", this.#slots);
    }
    async #tell(name, choice) {
        const line = this.#names.findIndex((each) => each.name === name);
        if (this.#layerUrl === undefined || line < 0)
            return;
        const body = JSON.stringify({
            // The draft counts sections; there is nothing else in our offer.
            mediaId: String(line),
            ...(choice.paused === true ? { paused: true } : {}),
            ...(choice.maxSpatial === undefined ? {} : { maxSpatialLayerId: choice.maxSpatial }),
        });
        const init = { method: "POST", body, headers: { "content-type": "application/json" } };
        const response = await request(this.#layerUrl, this.#options.token, init);
        if (!response.ok)
            throw await problemFrom(response);
    }
}
function isEmpty(choice) {
    return choice.paused !== true && choice.maxSpatial === undefined;
}
