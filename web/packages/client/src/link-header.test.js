import { describe, expect, it } from "vitest";
import { hrefFor, iceServersFrom, parseLinkHeader, REL_EVENTS, REL_LAYER } from "./link-header.js";
describe("Link header", () => {
    it("is a list, whatever commas and quotes stand inside of its parts", () => {
        const links = parseLinkHeader('<turn:t.example:3478?transport=udp>; rel="ice-server"; username="a,b"; credential="c;\\"d", <https://x/y,z>;rel=next');
        expect(links.map((link) => link.href)).toEqual(["turn:t.example:3478?transport=udp", "https://x/y,z"]);
        expect(links[0]?.params).toEqual({ username: "a,b", credential: 'c;"d' });
        expect(links[1]?.rel).toEqual(["next"]);
    });
    it("keeps the first of two equal parameters and several relations", () => {
        expect(parseLinkHeader('</a>; rel="one TWO"; rel="three"')[0]?.rel).toEqual(["one", "two"]);
    });
    it("gives nothing for nothing or noise, and what follows noise", () => {
        expect(parseLinkHeader(null)).toEqual([]);
        expect(parseLinkHeader("nonsense")).toEqual([]);
        expect(parseLinkHeader("</a>; rel=x ??, </b>; rel=y").map((link) => link.href)).toEqual(["/a", "/b"]);
    });
    it("yields ICE servers, with credentials only where there are some, and nothing that is no ICE server", () => {
        const header = '<stun:s.example>; rel="ice-server", <turns:t.example>; rel="ice-server"; username="u"; credential="p", <javascript:x>; rel="ice-server"';
        expect(iceServersFrom(parseLinkHeader(header))).toEqual([{ urls: "stun:s.example" }, { urls: "turns:t.example", username: "u", credential: "p" }]);
    });
    it("resolves the WHEP extensions against the session's address", () => {
        const links = parseLinkHeader(`<events>; rel="${REL_EVENTS}"; events="active,inactive", </l/1>; rel="${REL_LAYER}"`);
        expect(hrefFor(links, REL_EVENTS, "https://n/v1/sessions/1/")).toBe("https://n/v1/sessions/1/events");
        expect(hrefFor(links, REL_LAYER, "https://n/v1/sessions/1")).toBe("https://n/l/1");
        expect(hrefFor(links, "other", "https://n/")).toBeUndefined();
    });
});
