import { parseRetryAfter } from "./backoff.js";

/** A field that a server refused. */
export interface FieldError {
  /** `body`, `query` or `path`. */
  readonly in: string;
  /** Which, as a JSON pointer (RFC 6901): `/title`, `/questions/2/points`. */
  readonly field: string;
  /** What is allowed there. */
  readonly message: string;
}

/**
 * Why something did not work, as a stable code: the server's own (problem+json, RFC 9457), or one of this library's:
 * `network` (no answer at all), `timeout` (no media path in time), `unsupported` (the browser lacks what is needed),
 * `protocol` (an answer that makes no sense), `http_NNN` (an error without a code), and `capture_*` (see devices).
 */
export class LecternError extends Error {
  override readonly name = "LecternError";
  /** Stable; for programs. */
  readonly code: string;
  /** The HTTP status, when a server answered. */
  readonly status: number | undefined;
  /** How long the server asks to stay away, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Every field at fault, if fields are. */
  readonly fields: readonly FieldError[];
  /** The name under which the server's logs know the request. */
  readonly requestId: string | undefined;
  /** Of which course it is, when that is where to go on. */
  readonly course: string | undefined;

  constructor(code: string, message: string, more: ErrorDetails = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.fields = more.fields ?? [];
    this.requestId = more.requestId;
    this.course = more.course;
  }

  /** What is allowed in the field of this JSON pointer, if it is at fault. */
  at(pointer: string): string | undefined {
    return this.fields.find((each) => each.field === pointer)?.message;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get retryable(): boolean {
    if (this.status === undefined) return this.code === "network" || this.code === "timeout";
    return this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

/** What an error says beside its code and text. */
interface ErrorDetails {
  status?: number;
  retryAfterMs?: number | undefined;
  fields?: readonly FieldError[];
  requestId?: string | undefined;
  course?: string | undefined;
  cause?: unknown;
}

/** Any thrown value as a {@link LecternError}. */
export function asLecternError(thrown: unknown): LecternError {
  if (thrown instanceof LecternError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LecternError("protocol", message, { cause: thrown });
}

/** Reads an error answer. Never throws: a body that is no problem document gives `http_NNN`. */
export async function problemFrom(response: Response, nowMs: number = Date.now()): Promise<LecternError> {
  let body: unknown;
  try {
    body = (response.headers.get("content-type") ?? "").includes("json") ? await response.json() : undefined;
  } catch {
    body = undefined;
  }
  const problem = parseProblem(body);
  return new LecternError(problem.code ?? `http_${response.status}`, problem.message ?? `The server answered ${response.status}.`, {
    status: response.status,
    retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), nowMs),
    fields: fieldErrors(body),
    requestId: textAt(body, "request_id"),
    course: textAt(body, "course"),
  });
}

function fieldErrors(body: unknown): FieldError[] {
  const errors: unknown = typeof body === "object" && body !== null && "errors" in body ? body.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.filter((each): each is FieldError => {
    if (typeof each !== "object" || each === null) return false;
    const { in: place, field, message } = each as Record<string, unknown>;
    return [place, field, message].every((part) => typeof part === "string");
  });
}

function textAt(body: unknown, member: string): string | undefined {
  const value: unknown = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[member] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The code and text of a problem document: `code`, else the last part of `type`. */
export function parseProblem(body: unknown): { code: string | undefined; message: string | undefined } {
  if (typeof body !== "object" || body === null) return { code: undefined, message: undefined };
  const { code, type, title, detail } = body as Record<string, unknown>;
  const fromType = typeof type === "string" && type !== "about:blank" ? type.split(/[/:#]/).at(-1) : undefined;
  const text = [detail, title].find((part) => typeof part === "string" && part !== "");
  return {
    code: typeof code === "string" && code !== "" ? code : fromType === "" ? undefined : fromType,
    message: text as string | undefined,
  };
}
