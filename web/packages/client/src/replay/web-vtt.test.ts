import { expect, test } from "vitest";
import { parseWebVtt } from "./web-vtt.js";

test("cues, with names and settings, and long classes", () => {
  const text = "\uFEFFWEBVTT the chat\r\n\r\nNOTE nothing\r\n\r\n7\r\n00:01.500 --> 00:02.000 line:0\r\none\r\ntwo\r\n\r\n101:00:00.000 --> 101:00:01.000\r\nlate";
  expect(parseWebVtt(text)).toEqual([
    { from_s: 1.5, to_s: 2, text: "one\ntwo" },
    { from_s: 363_600, to_s: 363_601, text: "late" },
  ]);
});

test("what is no cue is passed over", () => {
  const text = "WEBVTT\n\nSTYLE\n::cue {}\n\n00:61:00.000 --> 00:62:00.000\nno such minute\n\n00:01.5 --> 00:02.000\nno milliseconds\n\n\n\n00:03.000 --> 00:04.000\nfine\n";
  expect(parseWebVtt(text)).toEqual([{ from_s: 3, to_s: 4, text: "fine" }]);
});

test("an arrow in a text is text", () => {
  expect(parseWebVtt("WEBVTT\n\n00:03.000 --> 00:04.000\na --> b")).toEqual([{ from_s: 3, to_s: 4, text: "a --> b" }]);
});

test("no cue at all, and no WebVTT at all", () => {
  expect(parseWebVtt("WEBVTT")).toEqual([]);
  expect(parseWebVtt("WEBVTT\n")).toEqual([]);
  expect(() => parseWebVtt("WEBVTTS\n")).toThrow("WebVTT");
  expect(() => parseWebVtt("<!doctype html>")).toThrow("WebVTT");
});
