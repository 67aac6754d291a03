import { type Layout, LAYOUTS, RATES } from "@lectern/client";

/** What a person set on a player, in this browser. */
export interface ReplaySettings {
  /** From 0 to 1. */
  readonly volume: number;
  readonly muted: boolean;
  readonly rate: number;
  readonly layout: Layout;
  /** Whether chat and polls are beside it. */
  readonly panel: boolean;
  /** Whether captions are read, and which were the last time; empty: none yet. */
  readonly captions: boolean;
  readonly language: string;
}

/** What a browser keeps of replays. */
export interface ReplayMemory {
  readonly settings: ReplaySettings;
  /** Where one stopped, seconds, by recording; the last one first. */
  readonly positions: readonly (readonly [recording: string, position_s: number])[];
}

const STORE_KEY = "lectern.replay";
/** Of more recordings no position is kept. */
const POSITIONS_MAX = 50;
const SETTINGS: ReplaySettings = { volume: 1, muted: false, rate: 1, layout: "beside", panel: true, captions: false, language: "" };

/** What was kept; what is damaged, or of a page that was newer, is as if it had not been. */
export function parseMemory(text: string | null): ReplayMemory {
  const { settings, positions } = record(text);
  const { volume, muted, rate, layout, panel, captions, language } = (typeof settings === "object" && settings !== null ? settings : {}) as Record<keyof ReplaySettings, unknown>;
  return {
    settings: {
      volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : SETTINGS.volume,
      muted: muted === true,
      rate: RATES.find((each) => each === rate) ?? SETTINGS.rate,
      layout: LAYOUTS.find((each) => each === layout) ?? SETTINGS.layout,
      panel: panel !== false,
      captions: captions === true,
      language: typeof language === "string" ? language : SETTINGS.language,
    },
    positions: (Array.isArray(positions) ? (positions as unknown[]) : []).filter(isPosition).slice(0, POSITIONS_MAX),
  };
}

/** The same with the recording's position; at 0 it is forgotten. */
export function withPosition(memory: ReplayMemory, recording: string, position_s: number): ReplayMemory {
  const others = memory.positions.filter(([id]) => id !== recording);
  const positions = position_s > 0 ? [[recording, Math.floor(position_s)] as const, ...others].slice(0, POSITIONS_MAX) : others;
  return { ...memory, positions };
}

/** What this browser keeps. */
export function readMemory(): ReplayMemory {
  return parseMemory(window.localStorage.getItem(STORE_KEY));
}

/** Changes what this browser keeps. */
export function changeMemory(change: (memory: ReplayMemory) => ReplayMemory): void {
  window.localStorage.setItem(STORE_KEY, JSON.stringify(change(readMemory())));
}

function isPosition(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number" && value[1] > 0;
}

function record(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
