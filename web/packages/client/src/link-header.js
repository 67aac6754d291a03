/** Relation of WHEP's server-sent events extension. */
export const REL_EVENTS = "urn:ietf:params:whep:ext:core:server-sent-events";
/** Relation of WHEP's layer selection extension. */
export const REL_LAYER = "urn:ietf:params:whep:ext:core:layer";
/** Parses a `Link` header, several links joined by commas included. What cannot be read is left out. */
export function parseLinkHeader(header) {
    const links = [];
    let rest = header ?? "";
    for (;;) {
        const start = /^[\s,]*<([^>]*)>/.exec(rest);
        if (start === null)
            return links;
        rest = rest.slice(start[0].length);
        const params = {};
        for (;;) {
            const param = /^\s*;\s*([^\s=;,"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,]*)))?/.exec(rest);
            if (param === null)
                break;
            rest = rest.slice(param[0].length);
            const name = (param[1] ?? "").toLowerCase();
            // The first occurrence counts (RFC 8288 section 3).
            params[name] ??= param[2]?.replace(/\\(.)/g, "$1") ?? param[3] ?? "";
        }
        const { rel = "", ...others } = params;
        links.push({ href: start[1] ?? "", rel: rel.toLowerCase().split(/\s+/).filter(Boolean), params: others });
        // Something unreadable up to the next comma must not hide the links after it.
        rest = rest.replace(/^[^,]*/, "");
    }
}
/** The ICE servers among `links` (RFC 9725 section 4.6). */
export function iceServersFrom(links) {
    return links
        .filter((link) => link.rel.includes("ice-server") && /^(stun|stuns|turn|turns):/.test(link.href))
        .map(({ href, params }) => params["username"] === undefined
        ? { urls: href }
        : { urls: href, username: params["username"], credential: params["credential"] ?? "" });
}
/** The address of the first link with this relation, made absolute. */
export function hrefFor(links, rel, base) {
    const link = links.find((each) => each.rel.includes(rel));
    return link === undefined ? undefined : new URL(link.href, base).href;
}
