import { type PlaybackTicket, readText, type TrackName } from "./playback.js";

/** Signed addresses are good for an hour at least; older ones are read again before they are used, milliseconds. */
const SIGNED_MS = 30 * 60_000;
/** A playlist has to come within, milliseconds. */
const TIMEOUT_MS = 10_000;
/** Only playlists of the school stand there. */
const PLAYLIST = /\/v1\/playback\/[^/]+\/\w+\.m3u8$/;

/**
 * The addresses of one track, always good ones: a playlist's by the ticket of now, a segment's with the signature of the last
 * half an hour. The library that plays reads a finished playlist once, and would use its addresses for as long as somebody watches.
 */
export class TrackAddresses {
  readonly #ticket: PlaybackTicket;
  readonly #name: TrackName;
  readonly #now: () => number;
  readonly #read: typeof readText;
  /** By address without signature. */
  readonly #signed = new Map<string, string>();
  #learnedAtMs: number;
  #learning: Promise<void> | undefined;

  constructor(ticket: PlaybackTicket, name: TrackName, now: () => number = Date.now, read: typeof readText = readText) {
    this.#ticket = ticket;
    this.#name = name;
    this.#now = now;
    this.#read = read;
    this.#learnedAtMs = now();
  }

  /** What to ask for instead of `url`. Never rejects: without anything better, `url` itself. */
  async fresh(url: string): Promise<string> {
    if (PLAYLIST.test(withoutSignature(url))) return (await this.#ticket.current())[this.#name] ?? url;
    if (this.#now() - this.#learnedAtMs > SIGNED_MS) await (this.#learning ??= this.learn().finally(() => (this.#learning = undefined)));
    return this.#signed.get(withoutSignature(url)) ?? url;
  }

  /** Reads the playlist for its signatures. What fails is tried again with the next request. */
  async learn(): Promise<void> {
    try {
      const playlist = (await this.#ticket.current())[this.#name];
      if (playlist == null) return;
      const text = await this.#read(playlist, AbortSignal.timeout(TIMEOUT_MS));
      for (const url of addressesIn(text)) this.#signed.set(withoutSignature(url), url);
      this.#learnedAtMs = this.#now();
    } catch {
      // The old signatures may still do; if not, playing fails with its own reason.
    }
  }
}

/** The absolute addresses in a playlist: segments' lines, and the maps'. */
function addressesIn(playlist: string): string[] {
  return playlist.split("\n").flatMap((line) => {
    const url = line.startsWith("#") ? /URI="([^"]+)"/.exec(line)?.[1] : line.trim();
    return url?.includes("://") === true ? [url] : [];
  });
}

function withoutSignature(url: string): string {
  return url.replace(/[?#].*$/, "");
}
