import { describe, expect, it } from "vitest";
import { parseInline, parseText } from "./marked-text";

const text = (words: string) => ({ kind: "text", text: words });

describe("a text", () => {
  it("falls into blocks", () => {
    const blocks = parseText("# Title\r\n\r\nOne\ntwo\n- a\n- b\n1. c\n> said\n```\nx < y\n\n# no\n```\nend");
    expect(blocks.map(({ kind }) => kind)).toEqual(["heading", "paragraph", "bullets", "numbers", "quote", "code", "paragraph"]);
    expect(blocks[1]).toEqual({ kind: "paragraph", inlines: [text("One\ntwo")] });
    expect(blocks[5]).toEqual({ kind: "code", text: "x < y\n\n# no" });
  });

  it("is whole when a fence is not closed, and nothing when there is none", () => {
    expect(parseText("```\na\nb")).toEqual([{ kind: "code", text: "a\nb" }]);
    expect(parseText(" \n\n")).toEqual([]);
  });
});

describe("a line", () => {
  it("has emphasis, code and links", () => {
    expect(parseInline("a **b *c*** `**d**` [e](https://x.example/f)")).toContainEqual({ kind: "code", text: "**d**" });
    expect(parseInline("**b**, *c* and _d_")).toEqual([
      { kind: "strong", inlines: [text("b")] }, text(", "), { kind: "emphasis", inlines: [text("c")] }, text(" and "), { kind: "emphasis", inlines: [text("d")] },
    ]);
    expect(parseInline("see https://x.example/a, or")).toEqual([text("see "), { kind: "link", href: "https://x.example/a", text: "https://x.example/a" }, text(", or")]);
  });

  it("leaves names and sums as they are", () => {
    for (const plain of ["snake_case_name", "2 * 3 * 4", "a ** b", "5*6*7"]) expect(parseInline(plain)).toEqual([text(plain)]);
  });

  it("links to http and https alone, and never becomes markup", () => {
    for (const plain of ["[a](javascript:alert(1))", "<img src=x onerror=alert(1)>", "[a](data:text/html,x)"]) {
      expect(parseInline(plain).every(({ kind }) => kind === "text")).toBe(true);
    }
  });

  it("is read in time however it is written", () => {
    const started = performance.now();
    for (const hostile of ["*".repeat(40_000), "[".repeat(40_000), "**a".repeat(10_000), "`".repeat(40_000)]) parseText(hostile);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
