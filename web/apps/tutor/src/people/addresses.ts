/** The addresses in a text, as they come out of a mail program or a table: divided by spaces, commas, semicolons or lines, each once. */
export function addressesIn(text: string): string[] {
  const parts = text.split(/[\s,;<>"]+/).filter((part) => part.includes("@"));
  return [...new Map(parts.map((part) => [part.toLowerCase(), part])).values()];
}
