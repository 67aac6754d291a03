import { sleep } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { listen, type ServerEvent } from "./event-stream.js";
import { hrefFor, REL_EVENTS, REL_LAYER } from "./link-header.js";
import { type LinkEvents, type LinkState, PeerLink } from "./peer-link.js";
import { LecternError, problemFrom } from "./problem.js";
import type { Quality } from "./quality.js";
import { type MediaResource, request } from "./resource.js";
import { type RoomAccess, roomUrl } from "./room.js";
import {
  applyEvent, type AudioSlotName, EMPTY_SLOT, EMPTY_VIEW, EVENT_NAMES, reconnectDelayMs, type RoomView, type Slot, type SlotName, type VideoSlotName,
} from "./slots.js";

/** What to watch. */
export interface WatchOptions extends RoomAccess {
  /** Which pictures; by default the tutor's camera and screen. */
  readonly video?: readonly VideoSlotName[] | undefined;
  /** Which voices; by default the tutor's and the three loudest others. The server goes by their order: the first is always the tutor's. */
  readonly audio?: readonly ["tutor", ...AudioSlotName[]] | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** What a viewing tells. */
export interface ViewingEvents extends LinkEvents {
  /** Something about a slot changed; after a reconnection the tracks are new ones. */
  slots: readonly Slot[];
  /** Who speaks now. */
  speaker: string | undefined;
  viewerCount: number;
}

/** A wish for one video slot. */
export interface LayerChoice {
  /** Send nothing. */
  readonly paused?: boolean;
  /** At most this layer; 0 is the lowest. */
  readonly maxSpatial?: number;
}

const DEFAULT_VIDEO: readonly VideoSlotName[] = ["camera", "screen"];
const DEFAULT_AUDIO: NonNullable<WatchOptions["audio"]> = ["tutor", "voice/0", "voice/1", "voice/2"];

/** Watches a room (WHEP with slots: nothing that starts, stops or moves there is ever negotiated again). */
export function watch(options: WatchOptions): Viewing {
  const viewing = new Viewing(options);
  viewing.start();
  return viewing;
}

/** A room as this viewer gets it; see {@link watch}. */
export class Viewing extends Emitter<ViewingEvents> {
  readonly #options: WatchOptions;
  readonly #link: PeerLink;
  readonly #names: readonly { name: SlotName; kind: "audio" | "video" }[];
  readonly #choices = new Map<SlotName, LayerChoice>();
  #transceivers: RTCRtpTransceiver[] = [];
  #layerUrl: string | undefined;
  #view: RoomView = EMPTY_VIEW;
  #slots: readonly Slot[] = [];

  constructor(options: WatchOptions) {
    super();
    this.#options = options;
    // The order within a kind tells the server what each section is for. Sound first: the first section carries the
    // transport, and there is no browser whose Opus the server would have to reject.
    this.#names = [
      ...(options.audio ?? DEFAULT_AUDIO).map((name) => ({ name, kind: "audio" as const })),
      ...(options.video ?? DEFAULT_VIDEO).map((name) => ({ name, kind: "video" as const })),
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
  start(): void {
    this.#link.start();
  }

  get state(): LinkState {
    return this.#link.state;
  }

  get quality(): Quality {
    return this.#link.quality;
  }

  /** Sound first, then pictures, each in the order asked for; empty before the first connection. */
  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get speaker(): string | undefined {
    return this.#view.speaker;
  }

  get viewerCount(): number | undefined {
    return this.#view.viewerCount;
  }

  /** Caps or pauses a video slot; an empty choice is "the best there is". Kept over reconnections. */
  async select(name: VideoSlotName, choice: LayerChoice): Promise<void> {
    const before = this.#choices.get(name);
    // The best there is goes without saying.
    if (isEmpty(choice) && (before === undefined || isEmpty(before))) return;
    this.#choices.set(name, choice);
    await this.#tell(name, choice);
  }

  /** Leaves the room and tells the server. */
  async close(): Promise<void> {
    await this.#link.close();
  }

  #opened(resource: MediaResource, signal: AbortSignal): Promise<LecternError | undefined> | undefined {
    this.#view = EMPTY_VIEW;
    this.#layerUrl = hrefFor(resource.links, REL_LAYER, resource.url);
    this.#refresh();
    for (const [name, choice] of this.#choices) {
      if (!isEmpty(choice)) this.#tell(name, choice).catch(() => undefined);
    }
    const url = hrefFor(resource.links, REL_EVENTS, resource.url);
    if (url === undefined) return undefined;
    const asked = Promise.withResolvers<LecternError>();
    const onEvent = ({ event, data }: ServerEvent): void => {
      if (event !== "reconnect") return this.#apply(event, data);
      // The server spreads those whom it asks to move; a session that it has ended already is noticed by itself.
      const moved = () => asked.resolve(new LecternError("network", "The server asked to connect again."));
      sleep(reconnectDelayMs(data), signal).then(moved, () => undefined);
    };
    return Promise.race([asked.promise, listen({ url, token: this.#options.token, events: EVENT_NAMES, signal, onEvent })]);
  }

  #apply(event: string, data: string): void {
    const before = this.#view;
    this.#view = applyEvent(before, event, data);
    if (this.#view.contents !== before.contents || this.#view.layers !== before.layers) this.#refresh();
    if (this.#view.speaker !== before.speaker) this.emit("speaker", this.#view.speaker);
    const { viewerCount } = this.#view;
    if (viewerCount !== undefined && viewerCount !== before.viewerCount) this.emit("viewerCount", viewerCount);
  }

  #refresh(): void {
    this.#slots = this.#transceivers.flatMap((transceiver, index) => {
      const slot = this.#names[index];
      const { mid } = transceiver;
      if (slot === undefined || mid === null) return [];
      const content = this.#view.contents.get(mid) ?? EMPTY_SLOT;
      return [{ ...slot, mid, track: transceiver.receiver.track, ...content, layers: this.#view.layers.get(index) ?? [] }];
    });
    this.emit("slots", this.#slots);
  }

  async #tell(name: SlotName, choice: LayerChoice): Promise<void> {
    const line = this.#names.findIndex((each) => each.name === name);
    if (this.#layerUrl === undefined || line < 0) return;
    const body = JSON.stringify({
      // The draft counts sections; there is nothing else in our offer.
      mediaId: String(line),
      ...(choice.paused === true ? { paused: true } : {}),
      ...(choice.maxSpatial === undefined ? {} : { maxSpatialLayerId: choice.maxSpatial }),
    });
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    const response = await request(this.#layerUrl, this.#options.token, init);
    if (!response.ok) throw await problemFrom(response);
  }
}

function isEmpty(choice: LayerChoice): boolean {
  return choice.paused !== true && choice.maxSpatial === undefined;
}
