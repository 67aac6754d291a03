import type { ReactNode } from "react";

/** Only what cannot look like something else: no letters beyond ASCII, no marks that turn the direction. */
const LINK = /https?:\/\/[\w.-]+(?::\d+)?(?:[/?#][!-;=?-~]*[\w/#=&-])?/g;

/** Text from others, with its links to follow and its mentions in colour. Never markup. */
export function RichText({ text, mentions }: { text: string; mentions: readonly string[] }): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(...withMentions(text.slice(end, match.index), mentions, parts.length));
    end = match.index + match[0].length;
    parts.push(
      <a key={parts.length} href={match[0]} dir="ltr" target="_blank" rel="noopener noreferrer nofollow" className="break-all text-accent underline underline-offset-2">
        {match[0]}
      </a>,
    );
  }
  parts.push(...withMentions(text.slice(end), mentions, parts.length));
  return parts;
}

function withMentions(text: string, names: readonly string[], from: number): ReactNode[] {
  const parts: ReactNode[] = [];
  let rest = text;
  while (rest !== "") {
    const found = names
      .map((name) => ({ at: rest.indexOf(`@${name}`), length: name.length + 1 }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.length - a.length)[0];
    if (found === undefined) {
      parts.push(rest);
      break;
    }
    parts.push(rest.slice(0, found.at));
    parts.push(
      <b key={from + parts.length} className="font-semibold text-accent">
        <bdi>{rest.slice(found.at, found.at + found.length)}</bdi>
      </b>,
    );
    rest = rest.slice(found.at + found.length);
  }
  return parts;
}
