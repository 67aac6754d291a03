/** The name of a slot: what it is for, not what is in it. */
export type VideoSlotName = "camera" | "screen" | `stage/${number}`;
/** As {@link VideoSlotName}, for sound: the tutor's voice, and the loudest of the others. */
export type AudioSlotName = "tutor" | `voice/${number}`;
export type SlotName = VideoSlotName | AudioSlotName;

/** A layer that a publisher sends. */
export interface Layer {
  /** Its `rid`, when it is a simulcast layer. */
  readonly encodingId: string | undefined;
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

/** What the server says about a room through a session's events. */
export interface RoomView {
  /** By `mid`. */
  readonly slots: ReadonlyMap<string, Omit<Slot, "name" | "kind" | "mid" | "track">>;
  /** Who speaks: a source, or nobody. */
  readonly speaker: string | undefined;
  /** How many watch. */
  readonly viewerCount: number | undefined;
}

/** Before anything is known. */
export const EMPTY_VIEW: RoomView = { slots: new Map(), speaker: undefined, viewerCount: undefined };
const EMPTY_SLOT = { active: false, source: undefined, layers: [], receiving: undefined };

/** The events that {@link applyEvent} understands. */
export const EVENT_NAMES = ["active", "inactive", "layers", "viewercount", "slots", "speaker"] as const;

/**
 * The view after a server-sent event. What cannot be understood changes nothing: the server may be newer than we are.
 * `active` and `inactive` say nothing that `slots` does not say better.
 */
export function applyEvent(view: RoomView, event: string, data: string): RoomView {
  let body: unknown;
  try {
    body = JSON.parse(data === "" ? "{}" : data);
  } catch {
    return view;
  }
  if (!isRecord(body)) return view;
  switch (event) {
    case "slots":
      return { ...view, slots: slotsFrom(body["slots"], view) };
    case "layers":
      return { ...view, slots: layersInto(body["medias"], view) };
    case "speaker":
      return { ...view, speaker: textOf(body["source"]) };
    case "viewercount":
      return { ...view, viewerCount: numberOf(body["viewercount"]) ?? view.viewerCount };
    default:
      return view;
  }
}

function slotsFrom(value: unknown, view: RoomView): RoomView["slots"] {
  if (!Array.isArray(value)) return view.slots;
  const slots = new Map<string, Omit<Slot, "name" | "kind" | "mid" | "track">>();
  for (const entry of value as unknown[]) {
    const mid = isRecord(entry) ? textOf(entry["mid"]) : undefined;
    if (!isRecord(entry) || mid === undefined) continue;
    const known = view.slots.get(mid) ?? EMPTY_SLOT;
    const active = entry["active"] === true;
    const source = textOf(entry["source"]);
    slots.set(mid, {
      active,
      source,
      layers: active ? known.layers : [],
      receiving: "layer" in entry ? layerFrom(entry["layer"]) : known.receiving,
    });
  }
  return slots;
}

function layersInto(value: unknown, view: RoomView): RoomView["slots"] {
  if (!isRecord(value)) return view.slots;
  const slots = new Map(view.slots);
  for (const [mid, media] of Object.entries(value)) {
    if (!isRecord(media)) continue;
    const list: unknown[] = Array.isArray(media["active"]) ? media["active"] : [];
    const layers = list.map(layerFrom).filter((layer) => layer !== undefined);
    layers.sort((a, b) => a.spatial - b.spatial || a.bitrateBps - b.bitrateBps);
    slots.set(mid, { ...(slots.get(mid) ?? EMPTY_SLOT), layers });
  }
  return slots;
}

function layerFrom(value: unknown): Layer | undefined {
  if (!isRecord(value)) return undefined;
  return {
    encodingId: textOf(value["id"]) ?? textOf(value["encodingId"]),
    spatial: numberOf(value["simulcastIdx"]) ?? numberOf(value["spatialLayerId"]) ?? 0,
    bitrateBps: numberOf(value["bitrate"]) ?? 0,
    width: numberOf(value["width"]) ?? 0,
    height: numberOf(value["height"]) ?? 0,
  };
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
