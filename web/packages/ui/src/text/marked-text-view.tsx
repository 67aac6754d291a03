import { Fragment, type ReactNode } from "react";
import { type Block, type Inline, parseText } from "./marked-text";

/** Shows a text of a lesson or course. `level` is that of its largest headings, so that they fit below the page's own. */
export function MarkedText({ text, level = 3 }: { text: string; level?: 2 | 3 }): ReactNode {
  return <div className="flex max-w-prose flex-col gap-4 leading-relaxed wrap-anywhere">{parseText(text).map((block, index) => <BlockView key={index} block={block} level={level} />)}</div>;
}

function BlockView({ block, level }: { block: Block; level: number }): ReactNode {
  switch (block.kind) {
    case "heading": {
      const Heading = `h${Math.min(6, level + block.level - 1)}` as "h3";
      return <Heading className={`mt-2 font-semibold ${block.level === 1 ? "text-lg" : ""}`}><Inlines inlines={block.inlines} /></Heading>;
    }
    case "paragraph":
      return <p className="whitespace-pre-line"><Inlines inlines={block.inlines} /></p>;
    case "quote":
      return <blockquote className="whitespace-pre-line border-l-4 border-line pl-4 text-muted"><Inlines inlines={block.inlines} /></blockquote>;
    case "bullets":
      return <ul className="list-disc pl-6 marker:text-muted">{block.items.map((item, index) => <li key={index}><Inlines inlines={item} /></li>)}</ul>;
    case "numbers":
      return <ol className="list-decimal pl-6 marker:text-muted">{block.items.map((item, index) => <li key={index}><Inlines inlines={item} /></li>)}</ol>;
    case "code":
      return <pre tabIndex={0} className="overflow-x-auto rounded-xl bg-sunken p-4 text-sm"><code>{block.text}</code></pre>;
  }
}

function Inlines({ inlines }: { inlines: readonly Inline[] }): ReactNode {
  return inlines.map((inline, index) => <Fragment key={index}><InlineView inline={inline} /></Fragment>);
}

function InlineView({ inline }: { inline: Inline }): ReactNode {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code className="rounded bg-sunken px-1.5 py-0.5 text-[0.9em]">{inline.text}</code>;
    case "strong":
      return <strong><Inlines inlines={inline.inlines} /></strong>;
    case "emphasis":
      return <em><Inlines inlines={inline.inlines} /></em>;
    case "link":
      return <a href={inline.href} rel="noreferrer noopener nofollow" target="_blank" className="text-accent underline underline-offset-2">{inline.text}</a>;
  }
}
