import { afterEach, describe, expect, it, vi } from "vitest";
import { schoolEvents } from "./school-events.js";
import { School } from "./school.js";
/** A server of streams: each connection takes the next text, says what id it goes on from, and stays open after the last. */
function feed(connections) {
    const resumed = [];
    const answer = (_url, init = {}) => {
        resumed.push(new Headers(init.headers).get("last-event-id"));
        const next = connections.shift();
        if (next instanceof Response)
            return Promise.resolve(next);
        const body = new ReadableStream({
            start(controller) {
                if (next !== undefined)
                    controller.enqueue(new TextEncoder().encode(next));
                if (connections.length > 0)
                    controller.close();
                else
                    init.signal?.addEventListener("abort", () => controller.error(init.signal?.reason));
            },
        });
        return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
    };
    const school = new School({ fetch: answer });
    return { feed: schoolEvents(school, () => 0), resumed };
}
const event = (id, course) => `id: ${id}\nevent: course.changed\ndata: {"kind":"course.changed","course":"${course}"}\n\n`;
let open;
afterEach(() => {
    open?.close();
    vi.unstubAllGlobals();
});
describe("a person's events", () => {
    it("go on after an interruption from the last one, each told once", async () => {
        const { feed: events, resumed } = feed([event("1", "a") + event("2", "b"), event("2", "b") + event("3", "c")]);
        open = events;
        const heard = [];
        events.on("course.changed", ({ course }) => heard.push(course));
        await vi.waitFor(() => expect(heard).toEqual(["a", "b", "c"]));
        expect(resumed).toEqual([null, "2"]);
    });
    it("say when everything has to be read again, and what has no id", async () => {
        const progress = 'event: progress.moved\ndata: {"person":"p","course":"c","lesson":"l","position_s":3,"watched_s":2,"video_s":9}\n\n';
        const { feed: events } = feed(["event: resync\ndata: {}\n\n" + progress + "event: later.kind\ndata: {}\n\nevent: course.changed\ndata: {\n\n" + progress]);
        open = events;
        const heard = [];
        events.on("resync", () => heard.push("resync"));
        events.on("progress.moved", ({ position_s }) => heard.push(String(position_s)));
        await vi.waitFor(() => expect(heard).toEqual(["resync", "3", "3"]));
    });
    it("say once when they begin, for what was read before", async () => {
        const { feed: events, resumed } = feed([event("1", "a"), event("2", "b")]);
        open = events;
        const heard = [];
        events.on("begin", () => heard.push("begin"));
        events.on("course.changed", ({ course }) => heard.push(course));
        await vi.waitFor(() => expect(heard).toEqual(["begin", "a", "b"]));
        expect(resumed).toEqual([null, "1"]);
    });
    it("wait while nobody has seen the page", async () => {
        const page = Object.assign(new EventTarget(), { hidden: true });
        vi.stubGlobal("document", page);
        const { feed: events, resumed } = feed([event("1", "a")]);
        open = events;
        await new Promise((resolve) => setTimeout(resolve));
        expect(resumed).toEqual([]);
        page.hidden = false;
        page.dispatchEvent(new Event("visibilitychange"));
        await vi.waitFor(() => expect(resumed).toEqual([null]));
    });
    it("come again after a server that was away, and end for who is signed out", async () => {
        const away = new Response("", { status: 503 });
        const out = () => new Response("", { status: 401 });
        const { feed: events, resumed } = feed([away, event("1", "a"), out(), out()]);
        open = events;
        const links = [];
        events.on("link", ({ live }) => links.push(live));
        await vi.waitFor(() => expect(resumed.length).toBe(4));
        expect(links).toEqual([false, true, false]);
    });
});
