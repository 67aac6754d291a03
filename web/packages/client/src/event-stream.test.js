import { describe, expect, it } from "vitest";
import { EventStreamParser } from "./event-stream.js";
describe("event stream", () => {
    const text = ": hello\n\nevent: slots\ndata: {\"a\":\ndata: 1}\nid: 4\n\ndata:plain\r\n\r\n";
    const expected = [{ event: "slots", data: '{"a":\n1}', id: "4" }, { event: "message", data: "plain" }];
    it("is parsed alike in whatever pieces it comes", () => {
        for (let size = 1; size <= text.length; size += 1) {
            const parser = new EventStreamParser();
            const events = [];
            for (let at = 0; at < text.length; at += size)
                events.push(...parser.push(text.slice(at, at + size)));
            expect(events, `pieces of ${size}`).toEqual(expected);
        }
    });
    it("gives no event without data, and none that is not finished", () => {
        expect(new EventStreamParser().push("event: x\n\ndata: y\n")).toEqual([]);
    });
});
