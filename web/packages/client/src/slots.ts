/** The name of a slot: what it is for, not what is in it. */
export type VideoSlotName = "camera" | "screen" | `stage/${number}`;
/** As {@link VideoSlotName}, for sound: the tutor's voice, and the loudest of the others. */
export type AudioSlotName = "tutor" | `voice/${number}`;
export type SlotName = VideoSlotName | AudioSlotName;

/** A layer that a publisher sends. */
export interface Layer {
  /** Its name, when it is a simulcast layer. */
  readonly rid: string | undefined;
  /** 0 the lowest. */
  readonly spatial: number;
  readonly bitrateBps: number;
  /** 0 when the stream does not tell. */
  readonly width: number;
  readonly height: number;
}

/** What is known about a slot. */
export interface Slot {
  readonly name: SlotName;
  readonly kind: "audio" | "video";
  readonly mid: string;
  /** Never changes during a connection; what is in it does. */
  readonly track: MediaStreamTrack;
  /** Whether somebody sends into it now. */
  readonly active: boolean;
  /** Who: `camera`, `screen`, `stage/1`, … */
  readonly source: string | undefined;
  /** What could be had, lowest first. */
  readonly layers: readonly Layer[];
  /** What this viewer gets of it. */
  readonly receiving: Layer | undefined;
}

/** What is in a slot now. */
export type SlotContent = Pick<Slot, "active" | "source" | "receiving">;

/** What the server says about a room through a session's events. */
export interface RoomView {
  /** By `mid`. */
  readonly contents: ReadonlyMap<string, SlotContent>;
  /** By the section's place in the offer, from 0. */
  readonly layers: ReadonlyMap<number, readonly Layer[]>;
  /** Who speaks: a source, or nobody. */
  readonly speaker: string | undefined;
  /** How many watch. */
  readonly viewerCount: number | undefined;
}

/** Before anything is known. */
export const EMPTY_VIEW: RoomView = { contents: new Map(), layers: new Map(), speaker: undefined, viewerCount: undefined };
/** A slot that nobody sends into. */
export const EMPTY_SLOT: SlotContent = { active: false, source: undefined, receiving: undefined };

/** The events asked for. The draft's `active` and `inactive` say nothing that `slots` does not say better. */
export const EVENT_NAMES = ["layers", "viewercount", "slots", "speaker", "reconnect"] as const;

/** The view after a server-sent event. What cannot be understood changes nothing: the server may be newer than we are. */
export function applyEvent(view: RoomView, event: string, data: string): RoomView {
  const body = parseRecord(data);
  switch (event) {
    case "slots":
      return Array.isArray(body?.["slots"]) ? { ...view, contents: contentsFrom(body["slots"]) } : view;
    case "layers":
      return body === undefined ? view : { ...view, layers: layersFrom(body) };
    case "speaker":
      return body === undefined ? view : { ...view, speaker: textOf(body["source"]) };
    case "viewercount":
      return { ...view, viewerCount: numberOf(body?.["viewercount"]) ?? view.viewerCount };
    default:
      return view;
  }
}

/** How long to wait before moving, when the server asks for that by a `reconnect` event. */
export function reconnectDelayMs(data: string): number {
  return Math.min(Math.max(numberOf(parseRecord(data)?.["retryAfterMs"]) ?? 0, 0), 60_000);
}

function contentsFrom(entries: unknown[]): RoomView["contents"] {
  const contents = new Map<string, SlotContent>();
  for (const entry of entries) {
    const mid = isRecord(entry) ? textOf(entry["mid"]) : undefined;
    if (!isRecord(entry) || mid === undefined) continue;
    const source = textOf(entry["source"]);
    contents.set(mid, { active: source !== undefined, source, receiving: layerFrom(entry["layer"]) });
  }
  return contents;
}

/** The draft lists each layer once per temporal layer, best first; here each is once, lowest first. */
function layersFrom(body: Record<string, unknown>): RoomView["layers"] {
  const byLine = new Map<number, readonly Layer[]>();
  for (const [line, entries] of Object.entries(body)) {
    if (!/^\d+$/.test(line) || !Array.isArray(entries)) continue;
    const bySpatial = new Map<number, Layer>();
    for (const layer of (entries as unknown[]).map(layerFrom)) {
      if (layer !== undefined && !bySpatial.has(layer.spatial)) bySpatial.set(layer.spatial, layer);
    }
    byLine.set(Number(line), [...bySpatial.values()].sort((a, b) => a.spatial - b.spatial));
  }
  return byLine;
}

function layerFrom(value: unknown): Layer | undefined {
  if (!isRecord(value)) return undefined;
  return {
    rid: textOf(value["rid"]),
    spatial: numberOf(value["spatialLayerId"]) ?? 0,
    bitrateBps: numberOf(value["bitrate"]) ?? 0,
    width: numberOf(value["width"]) ?? 0,
    height: numberOf(value["height"]) ?? 0,
  };
}

function parseRecord(data: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(data);
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
