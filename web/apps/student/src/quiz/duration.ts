/** So many seconds in words: "10 min", "1 h 5 min", "45 s". */
export function duration(seconds: number): string {
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds < 600 ? seconds % 60 : 0, "s"]] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}`);
  return said.length === 0 ? "0 s" : said.join(" ");
}
