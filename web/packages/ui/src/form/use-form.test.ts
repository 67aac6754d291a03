import { LecternError } from "@lectern/client";
import { describe, expect, it } from "vitest";
import { concerns, explain } from "./use-form";
import { localToRfc3339, rfc3339ToLocal } from "./local-date-time";
import { HOME, returnPath } from "../shell/return-to";

describe("an error of a field", () => {
  const error = (field: string) => ({ in: "body", field, message: "" });
  it("concerns it and what it is part of, not its namesakes", () => {
    expect(concerns(error("/title"), "/title")).toBe(true);
    expect(concerns(error("/questions/0/prompt"), "/questions")).toBe(true);
    expect(concerns(error("/titles"), "/title")).toBe(false);
    expect(concerns({ ...error("/limit"), in: "query" }, "/limit")).toBe(false);
  });
});

describe("a refusal", () => {
  it("is said in our words for its code, or for what it means, or else in the server's", () => {
    const said = (code: string, status: number) => explain(new LecternError(code, "as the server says it", { status }));
    expect(said("login_refused", 401)).toMatch(/password is wrong/);
    expect(said("session_ended", 401)).toMatch(/Log in again/);
    expect(said("database_unavailable", 503)).toMatch(/not reachable/);
    expect(said("last_tutor", 409)).toBe("as the server says it");
  });
  it("says how long to wait after too much", () => {
    expect(explain(new LecternError("rate_exceeded", "", { status: 429, retryAfterMs: 19_200 }))).toMatch(/20 seconds/);
    expect(explain(new LecternError("rate_exceeded", "", { status: 429 }))).toMatch(/in a moment/);
  });
});

describe("a local time", () => {
  it("comes back as it went", () => {
    const time = "2026-11-26T13:40:00.000Z";
    expect(localToRfc3339(rfc3339ToLocal(time))).toBe(time);
  });
  it("is nothing when it is none", () => {
    expect([rfc3339ToLocal(null), rfc3339ToLocal("soon"), localToRfc3339(""), localToRfc3339("2026-")]).toEqual(["", "", null, null]);
  });
});

describe("where one goes after logging in", () => {
  it("is a path of this origin", () => {
    for (const path of ["/", "/courses/1?after=x", "/tutor#top"]) expect(returnPath(path)).toBe(path);
  });
  it("is never another origin", () => {
    for (const path of ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:alert(1)", "evil", "", null, undefined, `/${"a".repeat(3000)}`]) {
      expect(returnPath(path), String(path)).toBe(HOME);
    }
  });
});
