import { parseRetryAfter } from "./backoff.js";
/**
 * Why something did not work, as a stable code: the server's own (problem+json, RFC 9457), or one of this library's:
 * `network` (no answer at all), `timeout` (no media path in time), `unsupported` (the browser lacks what is needed),
 * `protocol` (an answer that makes no sense), `http_NNN` (an error without a code), and `capture_*` (see devices).
 */
export class LecternError extends Error {
    name = "LecternError";
    /** Stable; for programs. */
    code;
    /** The HTTP status, when a server answered. */
    status;
    /** How long the server asks to stay away, milliseconds. */
    retryAfterMs;
    /** Every field at fault, if fields are. */
    fields;
    /** The name under which the server's logs know the request. */
    requestId;
    constructor(code, message, more = {}) {
        super(message, { cause: more.cause });
        this.code = code;
        this.status = more.status;
        this.retryAfterMs = more.retryAfterMs;
        this.fields = more.fields ?? [];
        this.requestId = more.requestId;
    }
    /** What is allowed in the field of this JSON pointer, if it is at fault. */
    at(pointer) {
        return this.fields.find((each) => each.field === pointer)?.message;
    }
    /** Whether the same request may succeed later without anybody changing anything. */
    get retryable() {
        if (this.status === undefined)
            return this.code === "network" || this.code === "timeout";
        return this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
    }
}
/** Any thrown value as a {@link LecternError}. */
export function asLecternError(thrown) {
    if (thrown instanceof LecternError)
        return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new LecternError("protocol", message, { cause: thrown });
}
/** Reads an error answer. Never throws: a body that is no problem document gives `http_NNN`. */
export async function problemFrom(response, nowMs = Date.now()) {
    let body;
    try {
        body = (response.headers.get("content-type") ?? "").includes("json") ? await response.json() : undefined;
    }
    catch {
        body = undefined;
    }
    const problem = parseProblem(body);
    return new LecternError(problem.code ?? `http_${response.status}`, problem.message ?? `The server answered ${response.status}.`, {
        status: response.status,
        retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), nowMs),
        fields: fieldErrors(body),
        requestId: requestId(body),
    });
}
function fieldErrors(body) {
    const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : undefined;
    if (!Array.isArray(errors))
        return [];
    return errors.filter((each) => {
        if (typeof each !== "object" || each === null)
            return false;
        const { in: place, field, message } = each;
        return [place, field, message].every((part) => typeof part === "string");
    });
}
function requestId(body) {
    const id = typeof body === "object" && body !== null && "request_id" in body ? body.request_id : undefined;
    return typeof id === "string" ? id : undefined;
}
/** The code and text of a problem document: `code`, else the last part of `type`. */
export function parseProblem(body) {
    if (typeof body !== "object" || body === null)
        return { code: undefined, message: undefined };
    const { code, type, title, detail } = body;
    const fromType = typeof type === "string" && type !== "about:blank" ? type.split(/[/:#]/).at(-1) : undefined;
    const text = [detail, title].find((part) => typeof part === "string" && part !== "");
    return {
        code: typeof code === "string" && code !== "" ? code : fromType === "" ? undefined : fromType,
        message: text,
    };
}
