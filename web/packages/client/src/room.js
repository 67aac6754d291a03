import { LecternError } from "./problem.js";
/** The address of an endpoint below a room. */
export function roomUrl(access, path) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(access.room))
        throw new LecternError("room_invalid", "This is not the name of a room.");
    return new URL(`/v1/rooms/${access.room}/${path}`, access.baseUrl ?? window.location.origin).href;
}
/** Reads a token's claims; `undefined` when it is no token at all. */
export function readToken(token) {
    const body = token.split(".")[1];
    if (token.split(".").length !== 3 || body === undefined)
        return undefined;
    try {
        const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
        const claims = JSON.parse(new TextDecoder().decode(bytes));
        const text = (name) => (typeof claims[name] === "string" ? claims[name] : undefined);
        const exp = claims["exp"];
        return { room: text("room"), name: text("name"), role: text("role"), expiresAtMs: typeof exp === "number" ? exp * 1000 : undefined };
    }
    catch {
        return undefined;
    }
}
