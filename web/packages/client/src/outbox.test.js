import { describe, expect, it } from "vitest";
import { Outbox, OUTBOX_AGE_MS_MAX, OUTBOX_MAX } from "./outbox.js";
import { LecternError } from "./problem.js";
const written = (key, atMs = 0) => ({ key, text: key, to: { kind: "everyone" }, replyTo: undefined, mentions: [], atMs });
const full = (count) => {
    const outbox = new Outbox();
    for (let n = 0; n < count; n += 1)
        outbox.add(written(`k${n}`));
    return outbox;
};
describe("outbox", () => {
    it("gives the oldest first, and keeps it until its event has come", () => {
        const outbox = full(2);
        expect(outbox.next(0)?.key).toBe("k0");
        outbox.posted("k0", 7);
        expect([outbox.next(0)?.key, outbox.messages.length]).toEqual(["k1", 2]);
        outbox.seen(7);
        expect(outbox.messages.map(({ key }) => key)).toEqual(["k1"]);
    });
    it("takes as many as it takes, and not one more", () => {
        const outbox = full(OUTBOX_MAX - 1);
        outbox.add(written("last"));
        expect(() => outbox.add(written("more"))).toThrow(expect.objectContaining({ code: "outbox_full" }));
    });
    it("tries again what may pass, with the same key, after the server's time", () => {
        const outbox = full(1);
        expect(outbox.refused("k0", new LecternError("slow_mode", "", { retryAfterMs: 700 }))).toEqual({ again: true, afterMs: 700 });
        expect(outbox.refused("k0", new LecternError("network", ""))).toEqual({ again: true, afterMs: 0 });
        expect(outbox.next(0)?.key).toBe("k0");
    });
    it("leaves to the writer what would be refused again", () => {
        const outbox = full(1);
        expect(outbox.refused("k0", new LecternError("chat_locked", "closed")).again).toBe(false);
        expect([outbox.next(0), outbox.messages[0]?.state, outbox.messages[0]?.error?.code]).toEqual([undefined, "failed", "chat_locked"]);
        outbox.retry("k0", 5);
        expect(outbox.next(5)?.key).toBe("k0");
        outbox.discard("k0");
        expect(outbox.messages).toEqual([]);
    });
    it("does not post into another hour of the class what waited too long", () => {
        const outbox = full(1);
        expect(outbox.next(OUTBOX_AGE_MS_MAX)?.key).toBe("k0");
        expect(outbox.next(OUTBOX_AGE_MS_MAX + 1)).toBeUndefined();
        expect(outbox.messages[0]?.error?.code).toBe("outbox_late");
    });
});
