import { describe, expect, it } from "vitest";
import { LecternError, parseProblem, problemFrom } from "./problem.js";

const problem = (body: string, status: number, headers: Record<string, string> = {}) =>
  problemFrom(new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } }));

describe("problem+json", () => {
  it("gives its code, text and the wait", async () => {
    const error = await problem('{"code":"room_full","title":"The room is full","detail":"1000 are the most"}', 503, { "retry-after": "2" });
    expect([error.code, error.status, error.message, error.retryAfterMs]).toEqual(["room_full", 503, "1000 are the most", 2000]);
    expect(error.retryable).toBe(true);
  });

  it("takes the code from the type when there is no other", () => {
    expect(parseProblem({ type: "urn:lectern:problem:token_expired", title: "t" })).toEqual({ code: "token_expired", message: "t" });
    expect(parseProblem({ type: "about:blank" }).code).toBeUndefined();
  });

  it("names the fields at fault, and leaves out what is none", async () => {
    const title = { in: "body", field: "/title", message: "1 to 120 characters" };
    const error = await problem(JSON.stringify({ code: "invalid", request_id: "r1", course: "c1", errors: [title, 7, null, { field: "/x" }] }), 422);
    expect(error.fields).toEqual([title]);
    expect([error.at("/title"), error.at("/x"), error.requestId, error.course]).toEqual(["1 to 120 characters", undefined, "r1", "c1"]);
    expect((await problem('{"code":"invalid","errors":{}}', 422)).fields).toEqual([]);
  });

  it("survives what is no problem document", async () => {
    for (const body of ["", "{", "[]", "null", "7"]) expect((await problem(body, 502)).code).toBe("http_502");
    expect((await problemFrom(new Response("<html>", { status: 404 }))).code).toBe("http_404");
  });
});

describe("retryable", () => {
  it("is what may pass by itself", () => {
    for (const status of [408, 425, 429, 500, 503]) expect(new LecternError("x", "", { status }).retryable).toBe(true);
    for (const status of [400, 401, 403, 404, 406, 409, 413, 415, 499]) expect(new LecternError("x", "", { status }).retryable).toBe(false);
    expect(new LecternError("network", "").retryable).toBe(true);
    expect(new LecternError("unsupported", "").retryable).toBe(false);
  });
});
