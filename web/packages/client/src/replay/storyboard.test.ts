import { expect, test } from "vitest";
import { type Storyboard, tileAt } from "./storyboard.js";

const board: Storyboard = { url: "/board.jpg", tile_width: 160, tile_height: 90, columns: 2, times_ms: [1_000, 5_000, 9_000] };
const place = (time_s: number) => {
  const tile = tileAt(board, time_s);
  return tile === undefined ? undefined : [tile.x, tile.y];
};

test("a moment has the last picture until then, and before the first one that", () => {
  expect([0, 4.999, 5, 8.999, 9, 3_600].map(place)).toEqual([[0, 0], [0, 0], [160, 0], [160, 0], [0, 90], [0, 90]]);
  expect(tileAt(board, 0)).toEqual({ x: 0, y: 0, width: 160, height: 90, sheetWidth: 320, sheetHeight: 180 });
});

test("what cannot be right has no pictures", () => {
  for (const wrong of [{ times_ms: [] }, { columns: 0 }, { tile_width: 0 }, { tile_height: 0 }]) expect(tileAt({ ...board, ...wrong }, 1)).toBeUndefined();
});
