import type { Schemas } from "@lectern/client";
import { describe, expect, it } from "vitest";
import { draftOf, emptyQuestion, faultsOf, questionOf, withKind, withoutOption, withRight } from "./question-draft";

const shared = { id: "0190c0de-0000-7000-8000-000000000000", prompt: "How long is (3, 4)?", points: 2 };
const KEPT: Schemas["KeyedQuestion"][] = [
  { ...shared, task: { kind: "single", options: ["4", "5"] }, key: { kind: "single", right: 1 } },
  { ...shared, task: { kind: "multiple", options: ["4", "5", "25"] }, key: { kind: "multiple", right: [1, 2], partial: true } },
  { ...shared, task: { kind: "numeric" }, key: { kind: "numeric", value: 5, tolerance: 0.01 } },
  { ...shared, task: { kind: "short_text" }, key: { kind: "short_text", accepted: ["five", "5"], case_sensitive: true } },
];

describe("a question of each kind", () => {
  it("is sent as it was kept", () => {
    for (const kept of KEPT) {
      expect({ id: kept.id, ...questionOf(draftOf(kept)) }).toEqual(kept);
      expect(faultsOf(draftOf(kept), 0)).toEqual([]);
    }
  });
  it("says at its fields what is missing", () => {
    const at = (kind: Schemas["Task"]["kind"]) => faultsOf({ ...emptyQuestion(kind), points: null }, 3).map(({ field }) => field.replace("/questions/3/", ""));
    expect(at("single")).toEqual(["prompt", "points", "task/options/0", "task/options/1", "key/right"]);
    expect(at("multiple")).toEqual(["prompt", "points", "task/options/0", "task/options/1", "key/right"]);
    expect(at("numeric")).toEqual(["prompt", "points", "key/value"]);
    expect(at("short_text")).toEqual(["prompt", "points", "key/accepted"]);
  });
});

it("two answers that are the same are one too many", () => {
  const draft = { ...emptyQuestion(), prompt: "?", options: ["yes", "no", "yes"], right: [0] };
  expect(faultsOf(draft, 0).map(({ field }) => field)).toEqual(["/questions/0/task/options/2"]);
});

describe("what is right", () => {
  const draft = { ...emptyQuestion("multiple"), options: ["a", "b", "c", "d"] };
  it("is kept in order", () => {
    expect(withRight(withRight(withRight(draft, 2, true), 0, true), 2, true).right).toEqual([0, 2]);
    expect(withRight({ ...draft, right: [0, 2] }, 0, false).right).toEqual([2]);
  });
  it("is one where only one may be", () => {
    expect(withRight({ ...draft, kind: "single", right: [0] }, 3, true).right).toEqual([3]);
    expect(withKind({ ...draft, right: [1, 3] }, "single").right).toEqual([1]);
  });
  it("stays right when another answer goes", () => {
    const left = withoutOption({ ...draft, right: [1, 3] }, 1);
    expect([left.options, left.right]).toEqual([["a", "c", "d"], [2]]);
  });
});

it("accepted texts are one a line, without empty ones", () => {
  const { key } = questionOf({ ...emptyQuestion("short_text"), accepted: " five \n\n5\n" });
  expect(key).toMatchObject({ accepted: ["five", "5"] });
});
