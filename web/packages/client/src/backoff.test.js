import { describe, expect, it } from "vitest";
import { DEFAULT_BACKOFF, parseRetryAfter, retryDelayMs, sleep } from "./backoff.js";
describe("retry delay", () => {
    it("is spread over the whole range from the first retry on", () => {
        expect(retryDelayMs(0, undefined, () => 0)).toBe(0);
        expect(retryDelayMs(0, undefined, () => 1)).toBe(DEFAULT_BACKOFF.baseMs);
    });
    it("doubles its bound up to the cap, however many attempts", () => {
        const bounds = [0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => retryDelayMs(attempt, undefined, () => 1));
        expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    });
    it("never undercuts the server's word, and spreads those who got the same one", () => {
        expect(retryDelayMs(0, 10_000, () => 0)).toBe(10_000);
        expect(retryDelayMs(0, 10_000, () => 1)).toBe(15_000);
        expect(retryDelayMs(0, 100, () => 1)).toBe(600);
    });
});
describe("Retry-After", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    it("is seconds or a date", () => {
        expect(parseRetryAfter("3", now)).toBe(3000);
        expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5000);
    });
    it("is bounded, and nothing when it is missing, past or nonsense", () => {
        expect(parseRetryAfter("999999999", now)).toBe(600_000);
        expect(parseRetryAfter("Thu, 01 Jan 2025 00:00:05 GMT", now)).toBe(0);
        for (const value of [null, "", "soon", "-1s"])
            expect(parseRetryAfter(value, now)).toBeUndefined();
    });
});
describe("sleep", () => {
    it("ends early, with the signal's reason", async () => {
        const abort = new AbortController();
        const slept = sleep(60_000, abort.signal);
        abort.abort(new Error("enough"));
        await expect(slept).rejects.toThrow("enough");
        await expect(sleep(0, abort.signal)).rejects.toThrow("enough");
    });
});
