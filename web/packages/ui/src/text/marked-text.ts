/**
 * The little Markdown of lessons and courses: headings, paragraphs, lists, quotes, code, emphasis and links. It becomes data, which
 * components show as elements; there is no way from here to HTML. What is not understood stays text.
 */

/** A run of text within a block. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly inlines: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly text: string };

/** A block of text. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly inlines: readonly Inline[] }
  | { readonly kind: "paragraph" | "quote"; readonly inlines: readonly Inline[] }
  | { readonly kind: "bullets" | "numbers"; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "code"; readonly text: string };

/** Emphasis within emphasis, at most: deeper is text. */
const DEPTH_MAX = 4;
const FENCE = /^ {0,3}```/;
const HEADING = /^ {0,3}(#{1,3})\s+(.+?)\s*#*$/;
const BULLET = /^\s{0,3}[-*+]\s+(.*)$/;
const NUMBERED = /^\s{0,3}\d{1,3}[.)]\s+(.*)$/;
const QUOTE = /^ {0,3}>\s?(.*)$/;
/** Code, a link, an address, strong, emphasis: whichever comes first. */
const MARK = /`([^`\n]+)`|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s()]{1,2000})\)|(https?:\/\/[^\s<>()]{1,2000}[^\s<>().,;:!?'"])|\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*|(?<![\w*])[*_](?=\S)([^*_\n]+?)(?<=\S)[*_](?![\w*])/;

/** Reads a text. */
export function parseText(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

/** The block that begins in a line, and the line after it. */
function blockAt(lines: readonly string[], at: number): [Block | undefined, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [undefined, at + 1];
  if (FENCE.test(line)) {
    let end = at + 1;
    while (end < lines.length && !FENCE.test(lines[end] ?? "")) end += 1;
    return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end + 1];
  }
  const heading = HEADING.exec(line);
  if (heading !== null) return [{ kind: "heading", level: (heading[1]?.length ?? 1) as 1 | 2 | 3, inlines: parseInline(heading[2] ?? "") }, at + 1];
  for (const [kind, pattern] of [["bullets", BULLET], ["numbers", NUMBERED]] as const) {
    const [items, end] = run(lines, at, pattern);
    if (items.length > 0) return [{ kind, items: items.map((item) => parseInline(item)) }, end];
  }
  const [quoted, end] = run(lines, at, QUOTE);
  if (quoted.length > 0) return [{ kind: "quote", inlines: parseInline(quoted.join("\n")) }, end];
  let last = at + 1;
  while (last < lines.length && continues(lines[last] ?? "")) last += 1;
  return [{ kind: "paragraph", inlines: parseInline(lines.slice(at, last).join("\n")) }, last];
}

/** What follows the mark, of all lines from here on that have it. */
function run(lines: readonly string[], at: number, pattern: RegExp): [string[], number] {
  const found: string[] = [];
  let end = at;
  for (let match = pattern.exec(lines[end] ?? ""); match !== null; match = pattern.exec(lines[end] ?? "")) {
    found.push(match[1] ?? "");
    end += 1;
  }
  return [found, end];
}

function continues(line: string): boolean {
  return line.trim() !== "" && ![FENCE, HEADING, BULLET, NUMBERED, QUOTE].some((pattern) => pattern.test(line));
}

/** Reads what is within a block. */
export function parseInline(text: string, depth = 0): Inline[] {
  const inlines: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const match = MARK.exec(rest);
    if (match === null) break;
    if (match.index > 0) inlines.push({ kind: "text", text: rest.slice(0, match.index) });
    inlines.push(inlineOf(match, depth));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") inlines.push({ kind: "text", text: rest });
  return inlines;
}

function inlineOf(match: RegExpExecArray, depth: number): Inline {
  const [whole, code, label, target, address, strong, emphasis] = match;
  if (code !== undefined) return { kind: "code", text: code };
  if (label !== undefined && target !== undefined) return { kind: "link", href: target, text: label };
  if (address !== undefined) return { kind: "link", href: address, text: address };
  const inner = strong ?? emphasis;
  if (inner === undefined || depth >= DEPTH_MAX) return { kind: "text", text: whole };
  return { kind: strong === undefined ? "emphasis" : "strong", inlines: parseInline(inner, depth + 1) };
}
