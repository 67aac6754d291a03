/** Many small pictures of a recording in one, row by row. */
export interface Storyboard {
  readonly url: string;
  /** Of each, pixels. */
  readonly tile_width: number;
  readonly tile_height: number;
  /** In a row. */
  readonly columns: number;
  /** Which moments they show, milliseconds of the recording, in order. */
  readonly times_ms: readonly number[];
}

/** Where a small picture is in the one with all of them, and how large that one is; pixels. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly sheetWidth: number;
  readonly sheetHeight: number;
}

/** The picture of a moment: the last one until then, before the first one that. */
export function tileAt({ tile_width: width, tile_height: height, columns, times_ms }: Storyboard, time_s: number): Tile | undefined {
  if (times_ms.length === 0 || !(width > 0 && height > 0 && columns > 0)) return undefined;
  const index = Math.max(0, times_ms.findLastIndex((at_ms) => at_ms <= time_s * 1000));
  const rows = Math.ceil(times_ms.length / columns);
  return { x: (index % columns) * width, y: Math.floor(index / columns) * height, width, height, sheetWidth: columns * width, sheetHeight: rows * height };
}
