/** The largest magnitude that the server takes. */
const NUMBER_MAX = 1e15;

/** A number as people write it: a comma for a point too, a real minus, spaces around; `undefined` for what is none. */
export function parseNumber(text: string): number | undefined {
  const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Math.abs(value) <= NUMBER_MAX ? value : undefined;
}
