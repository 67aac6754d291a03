import { expect, test } from "vitest";
import { Timeline } from "./timeline.js";

const said = (at: string, text: string) => `${at} --> ${at.replace(/\d{3}$/, "999")}\n${JSON.stringify({ kind: "chat", id: 1, name: "Ada", role: "student", text })}\n`;
const poll = (more: object) => `00:00:20.000 --> 00:00:20.001\n${JSON.stringify({ kind: "poll", question: "2 + 2?", options: ["3", "4"], is_quiz: true, ...more })}\n`;

test("events in order of time, as many as have happened", () => {
  const timeline = Timeline.parse(`WEBVTT\n\n${said("00:00:30.000", "c")}\n${said("00:00:10.000", "a")}\n${poll({ votes: [1, 5], correct: [1] })}`, "WEBVTT");
  expect(timeline.events.map(({ at_s }) => at_s)).toEqual([10, 20, 30]);
  expect(timeline.countUntil(9.999)).toBe(0);
  expect(timeline.countUntil(10)).toBe(1);
  expect(timeline.eventsUntil(25).map(({ kind }) => kind)).toEqual(["chat", "poll"]);
  expect(timeline.eventsUntil(100, 2).map(({ at_s }) => at_s)).toEqual([20, 30]);
  expect(timeline.eventsUntil(20, 1)).toEqual([{ kind: "poll", at_s: 20, question: "2 + 2?", options: ["3", "4"], votes: [1, 5], is_quiz: true, correct: [1] }]);
});

test("a poll whose result is for tutors has none", () => {
  const [asked] = Timeline.parse(`WEBVTT\n\n${poll({ votes: null })}`, "WEBVTT").events;
  expect(asked).toMatchObject({ votes: undefined, correct: undefined });
});

test("what is not understood is left out", () => {
  const chat = `WEBVTT\n\n00:01.000 --> 00:02.000\n{"kind":"confetti"}\n\n00:01.000 --> 00:02.000\nnot json\n\n00:01.000 --> 00:02.000\nnull\n\n${said("00:00:03.000", "<b>text</b>")}`;
  expect(Timeline.parse(chat, "WEBVTT").events).toEqual([{ kind: "chat", at_s: 3, id: 1, name: "Ada", role: "student", text: "<b>text</b>" }]);
});

test("chapters, with their escapes undone", () => {
  const timeline = Timeline.parse("WEBVTT", "WEBVTT\n\n00:00.000 --> 00:10.000\nThe class begins\n\n00:10.000 --> 01:00.000\nf(x) &lt; g(x) &amp;amp; more");
  expect(timeline.chapters).toEqual([{ from_s: 0, title: "The class begins" }, { from_s: 10, title: "f(x) < g(x) &amp; more" }]);
  expect(timeline.chapterAt(9.9)?.title).toBe("The class begins");
  expect(timeline.chapterAt(10)?.from_s).toBe(10);
  expect(Timeline.EMPTY.chapterAt(10)).toBeUndefined();
});
