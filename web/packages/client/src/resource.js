import { parseLinkHeader } from "./link-header.js";
import { LecternError, problemFrom } from "./problem.js";
/** The token to use now. */
export async function currentToken(source) {
    return typeof source === "string" ? source : source();
}
/** A WHIP or WHEP session as the server keeps it: what `POST` made, for `PATCH` and `DELETE`. */
export class MediaResource {
    /** Where it lives. */
    url;
    /** What else the server offers for it, relative to `url`. */
    links;
    /** The SDP answer. */
    answer;
    #token;
    constructor(url, links, answer, token) {
        this.url = url;
        this.links = links;
        this.answer = answer;
        this.#token = token;
    }
    /** Sends an offer. A redirect to another node (`307`) is followed, the token goes along. */
    static async create(endpoint, offer, token, signal) {
        const send = async (url) => request(url, token, { method: "POST", body: offer, headers: { "content-type": "application/sdp" }, signal });
        let response = await send(endpoint);
        // A browser does not carry `Authorization` across origins when it follows a redirect: repeat there with it.
        if (response.status === 401 && response.redirected && new URL(response.url).origin !== new URL(endpoint).origin) {
            response = await send(response.url);
        }
        if (response.status !== 201)
            throw await problemFrom(response);
        const location = response.headers.get("location");
        if (location === null)
            throw new LecternError("protocol", "The server's answer has no Location.");
        const answer = await response.text();
        return new MediaResource(new URL(location, response.url).href, parseLinkHeader(response.headers.get("link")), answer, token);
    }
    /** Restarts ICE (RFC 9725 section 4.3.2): our fragment goes out, the server's comes back. */
    async restartIce(fragment, signal) {
        const headers = { "content-type": "application/trickle-ice-sdpfrag", "if-match": "*" };
        const response = await request(this.url, this.#token, { method: "PATCH", body: fragment, headers, signal });
        if (response.status !== 200)
            throw await problemFrom(response);
        return response.text();
    }
    /** Ends it. Never rejects: a session that cannot be ended any more ends by itself. Survives the page. */
    async delete() {
        try {
            await request(this.url, this.#token, { method: "DELETE", keepalive: true });
        }
        catch {
            // The server notices that nobody is there.
        }
    }
}
/** `fetch` with a bearer token; no answer at all is a `network` error. */
export async function request(url, token, init) {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${await currentToken(token)}`);
    try {
        return await fetch(url, { ...init, headers, cache: "no-store", credentials: "omit" });
    }
    catch (error) {
        init.signal?.throwIfAborted();
        throw new LecternError("network", "The server does not answer.", { cause: error });
    }
}
