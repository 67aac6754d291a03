/** A recording's tracks as files: fetched by their signed addresses, and read by ffprobe. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** @typedef {{ codec: string, frames: number }} Probed of one stretch: the codec by ffprobe's name, and the frames that were decoded */

/** A signed address's bytes. @param {string} url */
async function bytesAt(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/**
 * The files that a playlist lists, each stretch that one init segment is good for in a piece.
 * @param {string} playlist with whole addresses
 */
export async function stretches(playlist) {
  /** @type {{ init: string, parts: string[] }[]} */
  const found = [];
  let [init, isGap] = ["", false];
  for (const line of playlist.split("\n")) {
    init = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? init;
    isGap ||= line === "#EXT-X-GAP";
    if (line === "" || line.startsWith("#")) continue;
    if (!isGap && found.at(-1)?.init !== init) found.push({ init, parts: [] });
    if (!isGap) found.at(-1)?.parts.push(line);
    isGap = false;
  }
  return Promise.all(found.map(async ({ init: first, parts }) => Buffer.concat(await Promise.all([first, ...parts].map(bytesAt)))));
}

/**
 * What a playlist lacks: stretches as [beginning, end], in seconds from its own.
 * @param {string} playlist
 */
export function gapsOf(playlist) {
  /** @type {[number, number][]} */
  const found = [];
  let [at, length, isGap] = [0, 0, false];
  for (const line of playlist.split("\n")) {
    length = Number(/^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? length);
    isGap ||= line === "#EXT-X-GAP";
    if (line === "" || line.startsWith("#")) continue;
    const last = found.at(-1);
    if (isGap && last?.[1] === at) last[1] = at + length;
    else if (isGap) found.push([at, at + length]);
    at += length;
    isGap = false;
  }
  return found;
}

/**
 * What ffprobe says of a track, whose every frame it decodes. A word of complaint throws.
 * @param {string} playlist with whole addresses
 * @returns {Promise<Probed[]>}
 */
export async function probe(playlist) {
  const folder = await mkdtemp(join(tmpdir(), "lectern-tracks-"));
  try {
    /** @type {Probed[]} */
    const probed = [];
    for (const [number, bytes] of (await stretches(playlist)).entries()) {
      const file = join(folder, `${number}.mp4`);
      await writeFile(file, bytes);
      const asked = ["-v", "warning", "-count_frames", "-show_entries", "stream=codec_name,nb_read_frames", "-of", "json", file];
      const { stdout, stderr } = await promisify(execFile)("ffprobe", asked);
      if (stderr.trim() !== "") throw new Error(`ffprobe: ${stderr}`);
      const { streams: [stream] } = JSON.parse(stdout);
      probed.push({ codec: stream.codec_name, frames: Number(stream.nb_read_frames) });
    }
    return probed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
