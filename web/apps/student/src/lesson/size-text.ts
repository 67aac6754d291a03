const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** So many bytes, for people. */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat("en", { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: step === 0 ? 0 : 1 }).format(bytes / 1000 ** step);
}
