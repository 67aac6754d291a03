import { afterEach, describe, expect, it, vi } from "vitest";
import { LecternError } from "./problem.js";
import { School } from "./school.js";
const problem = (status, code, headers = {}) => new Response(JSON.stringify({ code, title: code }), { status, headers: { "content-type": "application/problem+json", ...headers } });
const ok = (body = { items: [] }) => Response.json(body);
/** A school whose server answers in turn, the last answer for ever, and what it was asked. */
function school(answers, options = {}) {
    const asked = [];
    const answer = async (url, init = {}) => {
        asked.push({ url: url, init });
        const next = answers.length > 1 ? answers.shift() : answers[0];
        return next?.() ?? new Response(null, { status: 204 });
    };
    return { api: new School({ fetch: answer, ...options }), asked };
}
const refused = (promise) => promise.then(() => undefined, (error) => error);
afterEach(() => vi.restoreAllMocks());
describe("a call", () => {
    it("fills the path, leaves out what is undefined, and sends JSON", async () => {
        const { api, asked } = school([() => ok()], { baseUrl: "http://school.example", headers: { cookie: "lectern_access=a" } });
        await api.get("/v1/courses", { query: { q: "a&b", limit: 5, after: undefined } });
        await api.patch("/v1/courses/{id}", { path: { id: "x/y" }, body: { title: "T" } });
        expect(asked.map(({ url }) => url)).toEqual(["http://school.example/v1/courses?q=a%26b&limit=5", "http://school.example/v1/courses/x%2Fy"]);
        expect(asked[1]?.init).toMatchObject({ method: "PATCH", body: '{"title":"T"}', credentials: "same-origin" });
        expect(asked[1]?.init.headers).toMatchObject({ "content-type": "application/json", cookie: "lectern_access=a" });
        expect(asked[0]?.init.body).toBeUndefined();
    });
    it("gives nothing for an answer without content, and an error for one that is no JSON", async () => {
        const { api } = school([() => new Response(null, { status: 204 }), () => new Response("", { status: 202 }), () => new Response("<html>")]);
        await expect(api.delete("/v1/courses/{id}", { path: { id: "1" } })).resolves.toBeUndefined();
        await expect(api.post("/v1/password_resets", { body: { email: "ada@school.example" } })).resolves.toBeUndefined();
        expect((await refused(api.get("/v1/me")))?.code).toBe("protocol");
    });
    it("rejects with the server's code, without trying again what will not pass", async () => {
        const { api, asked } = school([() => problem(409, "last_tutor")]);
        const error = await refused(api.delete("/v1/courses/{id}/tutors/{person}", { path: { id: "1", person: "2" } }));
        expect([error?.code, error?.status, asked.length]).toEqual(["last_tutor", 409, 1]);
    });
});
describe("trying again", () => {
    const fast = () => vi.spyOn(Math, "random").mockReturnValue(0);
    it("is done for what can be repeated, three times at most", async () => {
        fast();
        const { api, asked } = school([() => problem(503, "database_unavailable")]);
        expect((await refused(api.get("/v1/me")))?.code).toBe("database_unavailable");
        expect(asked.length).toBe(3);
        await refused(api.post("/v1/courses", { body: { title: "T" } }));
        expect(asked.length).toBe(4);
        await refused(api.post("/v1/attempts/{id}/submit", { path: { id: "1" }, idempotent: true }));
        expect(asked.length).toBe(7);
    });
    it("succeeds when the failure passes, also when there was no answer", async () => {
        fast();
        const { api } = school([() => Promise.reject(new TypeError("cut")), () => problem(429, "slow_down", { "retry-after": "0" }), () => ok({ id: "me" })]);
        expect(await api.get("/v1/me")).toEqual({ id: "me" });
    });
    it("is left to people when the server asks for long", async () => {
        const { api, asked } = school([() => problem(429, "slow_down", { "retry-after": "60" })]);
        expect((await refused(api.get("/v1/me")))?.retryAfterMs).toBe(60_000);
        expect(asked.length).toBe(1);
    });
    it("takes a thing that is gone for deleted, when the answer to the first try was lost", async () => {
        fast();
        const { api } = school([() => Promise.reject(new TypeError("cut")), () => problem(404, "not_found")]);
        await expect(api.delete("/v1/lessons/{id}", { path: { id: "1" } })).resolves.toBeUndefined();
    });
    it("ends when the caller gives up", async () => {
        const caller = new AbortController();
        const { api, asked } = school([() => problem(503, "x", { "retry-after": "9" })]);
        const call = refused(api.get("/v1/me", { signal: caller.signal }));
        await vi.waitFor(() => expect(asked.length).toBe(1));
        caller.abort(new Error("enough"));
        expect((await call)?.message).toBe("enough");
    });
});
describe("a time limit", () => {
    it("is an error of its own", async () => {
        const { api } = school([], {
            fetch: (_, init) => new Promise((_resolve, reject) => {
                init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
            }),
        });
        const error = await refused(api.post("/v1/session", { body: { email: "a", password: "b" }, timeoutMs: 1 }));
        expect([error?.code, error?.status]).toEqual(["timeout", undefined]);
    });
});
describe("a session that ran out", () => {
    it("is renewed once for all who notice, and they are sent again", async () => {
        let fresh = false;
        let renewals = 0;
        const { api } = school([], {
            fetch: async (url) => {
                if (url === "/v1/session/refresh") {
                    renewals += 1;
                    await Promise.resolve();
                    fresh = true;
                    return new Response(null, { status: 204 });
                }
                return fresh ? ok({ id: "me" }) : problem(401, "token_expired");
            },
        });
        expect(await Promise.all([api.get("/v1/me"), api.get("/v1/me"), api.get("/v1/courses")])).toHaveLength(3);
        expect(renewals).toBe(1);
    });
    it("is not renewed again for a request that was under way meanwhile", async () => {
        let renewals = 0;
        let late;
        const { api } = school([], {
            fetch: (url) => {
                if (url === "/v1/session/refresh")
                    return Promise.resolve(new Response(null, { status: (renewals += 1) && 204 }));
                if (url === "/v1/courses" && late === undefined)
                    return new Promise((resolve) => (late = resolve));
                return Promise.resolve(renewals > 0 ? ok({ id: "me" }) : problem(401, "token_expired"));
            },
        });
        const slow = api.get("/v1/courses");
        await api.get("/v1/me");
        late?.(problem(401, "token_expired"));
        await slow;
        expect(renewals).toBe(1);
    });
    it("that cannot be renewed is over: the caller learns it, and the page once", async () => {
        const onSignedOut = vi.fn();
        const { api, asked } = school([() => problem(401, "token_missing")], { onSignedOut });
        expect((await refused(api.get("/v1/me")))?.code).toBe("token_missing");
        expect(asked.map(({ url }) => url)).toEqual(["/v1/me", "/v1/session/refresh"]);
        expect(onSignedOut).toHaveBeenCalledOnce();
    });
    it("is not asked for where 401 is about the password, nor on a server", async () => {
        const page = school([() => problem(401, "login_refused")]);
        expect((await refused(page.api.post("/v1/session", { body: { email: "a", password: "b" } })))?.code).toBe("login_refused");
        const server = school([() => problem(401, "token_missing")], { refresh: false });
        await refused(server.api.get("/v1/me"));
        expect([page.asked.length, server.asked.length]).toEqual([1, 1]);
    });
    it("stays when the renewal itself found no server", async () => {
        const onSignedOut = vi.fn();
        const { api } = school([], {
            onSignedOut,
            fetch: (url) => (url === "/v1/session/refresh" ? Promise.reject(new TypeError("cut")) : Promise.resolve(problem(401, "token_expired"))),
        });
        expect((await refused(api.post("/v1/courses", { body: { title: "T" } })))?.code).toBe("network");
        expect(onSignedOut).not.toHaveBeenCalled();
    });
});
