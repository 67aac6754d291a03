import { LecternError } from "@lectern/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Answer, AnswerSaver, type Keep, type SaveState } from "./answer-saver";

const text = (words: string): Answer => ({ kind: "short_text", text: words });

function saver(keep: Keep, counter = 0) {
  const states: SaveState[] = [];
  const over = vi.fn();
  return { saver: new AnswerSaver(counter, keep, (state) => states.push(state), over), states, over };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("saves the newest answer of each question once, with a higher counter", async () => {
  const keep = vi.fn<Keep>(() => Promise.resolve());
  const { saver: it, states } = saver(keep, 41);
  it.put("a", text("x"));
  it.put("a", text("xy"));
  it.put("b", null);
  await vi.runAllTimersAsync();
  expect(keep.mock.calls).toEqual([[42, [{ question: "a", answer: text("xy") }, { question: "b", answer: null }], false]]);
  expect([states.at(-1), it.pending]).toEqual(["saved", false]);
});

it("keeps what was changed while a write was on its way", async () => {
  let finish: () => void = () => undefined;
  const keep = vi.fn<Keep>(() => new Promise((resolve) => (finish = resolve)));
  const { saver: it } = saver(keep);
  it.put("a", text("x"));
  await vi.advanceTimersByTimeAsync(600);
  it.put("a", text("y"));
  finish();
  await vi.advanceTimersByTimeAsync(2_000);
  finish();
  await vi.runAllTimersAsync();
  expect(keep.mock.calls.map(([counter, [first]]) => [counter, first?.answer])).toEqual([[1, text("x")], [2, text("y")]]);
});

it("tries again until it gets through", async () => {
  const keep = vi.fn<Keep>(() => Promise.resolve()).mockRejectedValueOnce(new LecternError("network", "")).mockRejectedValueOnce(new LecternError("x", "", { status: 503 }));
  const { saver: it, states, over } = saver(keep);
  it.put("a", text("x"));
  await vi.runAllTimersAsync();
  expect([keep.mock.calls.length, states.includes("unsaved"), states.at(-1), over.mock.calls.length]).toEqual([3, true, "saved", 0]);
});

it("ends when the attempt is over", async () => {
  const keep = vi.fn<Keep>(() => Promise.reject(new LecternError("attempt_over", "", { status: 409 })));
  const { saver: it, over } = saver(keep);
  it.put("a", text("x"));
  await vi.runAllTimersAsync();
  it.put("a", text("y"));
  await vi.runAllTimersAsync();
  expect([keep.mock.calls.length, over.mock.calls.length]).toEqual([1, 1]);
});

it("says so when a flush did not keep everything", async () => {
  const { saver: it } = saver(() => Promise.reject(new LecternError("network", "")));
  it.put("a", text("x"));
  await it.flush();
  expect(it.pending).toBe(true);
  it.close();
});
