import { LecternError } from "./problem.js";
import type { Action, Join, Reply, ServerMessage } from "./room-protocol.gen.js";

/** The WebSocket subprotocol. */
export const SUBPROTOCOL = "lectern.v1";

/** The part of a `WebSocket` that is used, so that a test can bring its own. */
export interface SocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}
/** Opens one. */
export type SocketFactory = (url: string, subprotocol: string) => SocketLike;

/** How patient a connection is, milliseconds. */
export interface Patience {
  /** From the start to the first answer to `join`. */
  readonly joinMs: number;
  /** From a request to its answer. */
  readonly answerMs: number;
  /** Silence after which a `ping` asks whether anybody is there. */
  readonly silenceMs: number;
  /** From that `ping` to the end. */
  readonly pongMs: number;
}

/** A phone that changes from Wi-Fi to mobile data leaves a connection that is only half closed: it is given up after 15 s. */
export const DEFAULT_PATIENCE: Patience = { joinMs: 10_000, answerMs: 10_000, silenceMs: 10_000, pongMs: 5_000 };

/** What a connection tells its owner. */
export interface ConnectionListener {
  /** Everything but the answers to requests. */
  readonly onMessage: (message: Exclude<ServerMessage, { type: "ok" | "refused" }>) => void;
  /** Called once, with the reason; nothing comes after it. */
  readonly onClose: (cause: LecternError) => void;
}

interface Pending {
  readonly resolve: (reply: Reply | undefined) => void;
  readonly reject: (error: LecternError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const OPEN = 1;

/** One WebSocket from `join` to its end. Not for use by itself: see `joinRoom`. */
export class RoomConnection {
  readonly #socket: SocketLike;
  readonly #listener: ConnectionListener;
  readonly #patience: Patience;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #joined = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: { url: string; join: Join; open: SocketFactory; listener: ConnectionListener; patience: Patience }) {
    const { url, join, open, listener, patience } = options;
    this.#listener = listener;
    this.#patience = patience;
    this.#socket = open(url, SUBPROTOCOL);
    this.#socket.addEventListener("open", () => this.#send(join));
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", () => this.close(new LecternError("network", "The connection was lost.")));
    this.#socket.addEventListener("error", () => this.close(new LecternError("network", "The server does not answer.")));
    this.#timer = setTimeout(() => this.close(new LecternError("timeout", "The server did not answer in time.")), patience.joinMs);
  }

  /** Whether it is at its end. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Asks for something; resolves with what it was answered with, rejects with the refusal's code, `network` or `timeout`. */
  request(action: Action): Promise<Reply | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#closed || this.#socket.readyState !== OPEN) {
        reject(new LecternError("offline", "There is no connection to the class."));
        return;
      }
      const id = this.#nextId;
      this.#nextId += 1;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new LecternError("timeout", "The server did not answer in time."));
      }, this.#patience.answerMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#send({ id, ...action });
    });
  }

  /** Asks now whether anybody is there: the page was asleep, or the network changed. */
  probe(): void {
    if (!this.#joined || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(new LecternError("network", "The connection fell silent.")), this.#patience.pongMs);
    this.request({ type: "ping" }).catch(() => undefined);
  }

  /** Ends it; `cause` is what the owner and all who wait are told. */
  close(cause: LecternError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(cause);
    }
    this.#pending.clear();
    this.#socket.close(1000);
    this.#listener.onClose(cause);
  }

  #send(message: object): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const message = parse(data);
    // What cannot be understood comes from a newer server, and is not for us.
    if (message === undefined) return;
    if (message.type === "welcome" || message.type === "resumed" || message.type === "waiting") this.#joined = true;
    this.#watch();
    switch (message.type) {
      case "ok":
        this.#settle(message.id, ({ resolve }) => resolve(message.reply));
        break;
      case "refused":
        if (message.id !== undefined) this.#settle(message.id, ({ reject }) => reject(refusal(message)));
        break;
      case "goodbye":
        this.close(farewell(message));
        break;
      case "welcome":
      case "resumed":
      case "waiting":
      case "event":
      case "notice":
        this.#listener.onMessage(message);
        break;
      default:
        message satisfies never;
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    how(pending);
  }

  /** Everything that comes says that the connection lives. */
  #watch(): void {
    if (!this.#joined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.probe(), this.#patience.silenceMs);
  }
}

/** A server's last word; without a time to come back it is final. */
export class Farewell extends LecternError {}

function farewell({ code, message, retry_after_ms: retryAfterMs }: Extract<ServerMessage, { type: "goodbye" }>): Farewell {
  return new Farewell(code, message, { retryAfterMs });
}

function refusal({ code, message, retry_after_ms: retryAfterMs }: Extract<ServerMessage, { type: "refused" }>): LecternError {
  return new LecternError(code, message, { retryAfterMs });
}

function parse(data: unknown): ServerMessage | undefined {
  try {
    const value: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    return typeof value === "object" && value !== null && "type" in value ? (value as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
