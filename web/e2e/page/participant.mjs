/**
 * Runs in a browser, in the page of `lib/site.mjs`: publishes and watches with the client library, shows what comes, and
 * tells the truth about it from the browser's own statistics. Tests reach it as `participant`, by `lib/participant.mjs`.
 */
import { publish, watch } from "@lectern/client";

/** @typedef {{ baseUrl: string, room: string, token: string }} Access */
/** @typedef {Record<string, any>} Entry of an `RTCStatsReport` */

/** The smallest picture of which Chromium sends three simulcast layers. */
const CAMERA = { width: 960, height: 540, frameRate: 10 };

/** Every connection of this page, oldest first. @type {ObservedConnection[]} */
const connections = [];
/** @type {Map<string, import("@lectern/client").Publication>} */
const publications = new Map();
/** @type {import("@lectern/client").Viewing | undefined} */
let viewing;
/** Only candidates of this transport are taken from an answer; all when undefined. @type {"tcp" | undefined} */
let transport;

/** Counts negotiations, and hides candidates from the browser as a network that blocks UDP would. */
class ObservedConnection extends RTCPeerConnection {
  negotiations = 0;
  /** Of the media paths there were: one entry more after an ICE restart. @type {Set<string>} */
  ufrags = new Set();

  /** @param {RTCConfiguration} [configuration] */
  constructor(configuration) {
    super(configuration);
    connections.push(this);
  }

  /** @override @param {RTCSessionDescriptionInit} description */
  async setRemoteDescription(description) {
    this.negotiations += 1;
    const lines = (description.sdp ?? "").split("\r\n");
    for (const line of lines) if (line.startsWith("a=ice-ufrag:")) this.ufrags.add(line);
    const kept = lines.filter((line) => transport === undefined || !line.startsWith("a=candidate:") || line.split(" ")[2]?.toLowerCase() === transport);
    await super.setRemoteDescription({ ...description, sdp: kept.join("\r\n") });
  }
}
window.RTCPeerConnection = ObservedConnection;

/**
 * A track of one colour in which something moves, so that a viewer can tell whose picture it sees.
 * @param {string} colour
 */
function paintedTrack(colour) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let tick = 0;
  setInterval(() => {
    tick += 1;
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#888";
    context.fillRect((tick * 7) % canvas.width, 300, 40, 40);
  }, 66);
  return canvas.captureStream(15).getVideoTracks()[0];
}

/** Shows a track in an element that a test can look at; once. @param {string} slot @param {MediaStreamTrack} track */
function show(slot, track) {
  if (document.querySelector(`[data-track="${track.id}"]`) !== null) return;
  const figure = document.createElement("figure");
  Object.assign(figure.dataset, { slot, track: track.id });
  const element = document.createElement(track.kind === "video" ? "video" : "audio");
  Object.assign(element, { srcObject: new MediaStream([track]), autoplay: true, playsInline: true });
  figure.append(element);
  document.querySelector(`figure[data-slot="${slot}"]`)?.remove();
  document.body.append(figure);
}

/** @param {Entry} entry @param {Map<string, Entry>} entries */
function received(entry, entries) {
  const { mid, kind, packetsReceived, packetsLost, framesDecoded = 0, frameWidth = 0, frameHeight = 0, freezeCount = 0, totalFreezesDuration = 0 } = entry;
  const { totalAudioEnergy = 0, estimatedPlayoutTimestamp, keyFramesDecoded = 0, pliCount = 0, nackCount = 0, framesDropped = 0, bytesReceived = 0, decoderImplementation } = entry;
  const codec = String(entries.get(entry.codecId)?.mimeType ?? "").split("/")[1];
  return { mid, kind, codec, packetsReceived, packetsLost, bytesReceived, framesDecoded, framesDropped, keyFramesDecoded, width: frameWidth, height: frameHeight, freezeCount,
    totalFreezesDuration, totalAudioEnergy, estimatedPlayoutTimestamp, pliCount, nackCount, decoderImplementation };
}

/** @param {RTCPeerConnection | undefined} pc @returns {Promise<Map<string, Entry>>} */
const statsOf = async (pc) => new Map([...((await pc?.getStats()) ?? new Map())]);

export const participant = {
  /** @param {"tcp" | undefined} only */
  useTransport(only) {
    transport = only;
  },

  /**
   * Publishes a source and waits until its media path stands. Without `colour` the picture is the (fake) camera's.
   * @param {Access & { source: import("@lectern/client").Source, codec?: import("@lectern/client").VideoCodec, simulcast?: boolean, colour?: string, sound?: boolean, maxBitrateBps?: number }} options
   */
  async publish({ colour, sound = true, ...options }) {
    const video = colour === undefined ? CAMERA : false;
    const devices = video !== false || sound ? await navigator.mediaDevices.getUserMedia({ audio: sound, video }) : new MediaStream();
    const tracks = { audio: devices.getAudioTracks()[0], video: colour === undefined ? devices.getVideoTracks()[0] : paintedTrack(colour) };
    await this.start(publish({ ...options, ...tracks }));
  },

  /** @param {Access & { codec?: import("@lectern/client").VideoCodec }} options */
  async shareScreen(options) {
    const screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 }, audio: false });
    await this.start(publish({ ...options, source: "screen", video: screen.getVideoTracks()[0] }));
  },

  /** @param {import("@lectern/client").Publication} publication */
  async start(publication) {
    publications.set(publication.source, publication);
    await new Promise((resolve, reject) => {
      const look = () => {
        const { state } = publication;
        if (state.name === "live") resolve(undefined);
        // It would try again by itself; here nothing stands in its way, so the first failure is one too many.
        if ("cause" in state) reject(state.cause);
      };
      publication.on("state", look);
      look();
    });
  },

  /** @param {string} source */
  async stop(source) {
    await publications.get(source)?.close();
    publications.delete(source);
  },

  /** @param {import("@lectern/client").WatchOptions} options */
  watch(options) {
    viewing = watch(options);
    viewing.on("slots", (slots) => slots.forEach(({ name, track }) => show(name, track)));
  },

  /**
   * Watches as any WHEP player does: one sound, one picture, nothing of Lectern's own.
   * @param {Access} access
   */
  async watchPlainly({ baseUrl, room, token }) {
    const pc = new RTCPeerConnection();
    pc.ontrack = ({ track }) => show(`plain-${track.kind}`, track);
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
    const response = await fetch(`${baseUrl}/v1/rooms/${room}/whep`, { method: "POST", headers, body: pc.localDescription?.sdp ?? null });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
    return new URL(response.headers.get("location") ?? "", response.url).href;
  },

  /** @param {import("@lectern/client").VideoSlotName} slot @param {import("@lectern/client").LayerChoice} choice */
  async select(slot, choice) {
    await viewing?.select(slot, choice);
  },

  async leave() {
    await viewing?.close();
    viewing = undefined;
  },

  /** The network changed, says the browser. */
  changeNetwork() {
    window.dispatchEvent(new Event("online"));
  },

  /** Where the viewing, or the publication of `source`, is in its life. @param {string} [source] */
  state(source) {
    const state = source === undefined ? viewing?.state : publications.get(source)?.state;
    return state === undefined ? undefined : { name: state.name, code: "cause" in state ? state.cause.code : undefined, retryInMs: "retryInMs" in state ? state.retryInMs : undefined };
  },

  /** The slots of the viewing: what the server says of each, and what of it arrives and is decoded. */
  async slots() {
    const entries = await statsOf(connections.at(-1));
    const streams = [...entries.values()].filter((entry) => entry.type === "inbound-rtp").map((entry) => received(entry, entries));
    return (viewing?.slots ?? []).map(({ track, ...slot }) => ({ ...slot, trackId: track.id, received: streams.find((stream) => stream.mid === slot.mid) }));
  },

  /** What a connection without slots receives, by kind. */
  async streams() {
    const entries = await statsOf(connections.at(-1));
    const streams = [...entries.values()].filter((entry) => entry.type === "inbound-rtp").map((entry) => received(entry, entries));
    return Object.fromEntries(streams.map((stream) => [stream.kind, stream]));
  },

  /** What the newest connection with simulcast sends, layer by layer. */
  async layers() {
    const sending = connections.findLast((pc) => pc.getSenders().some((sender) => sender.getParameters().encodings.length > 1));
    const entries = await statsOf(sending);
    const streams = [...entries.values()].filter((entry) => entry.type === "outbound-rtp" && entry.kind === "video");
    return streams.map(({ rid, framesEncoded, frameWidth, frameHeight, targetBitrate, qualityLimitationReason, codecId, scalabilityMode, keyFramesEncoded, pliCount }) =>
      ({ rid, framesEncoded, width: frameWidth, height: frameHeight, targetBitrate, qualityLimitationReason, codec: entries.get(codecId)?.mimeType, scalabilityMode, keyFramesEncoded, pliCount }));
  },

  /** The newest connection: how often it was negotiated, how many media paths it was told, and over what it runs. */
  async connection() {
    const pc = connections.at(-1);
    const entries = [...(await statsOf(pc)).values()];
    const pair = entries.find((entry) => entry.type === "candidate-pair" && entry.state === "succeeded" && (entry.nominated || entry.selected));
    const candidate = entries.find((entry) => entry.id === pair?.localCandidateId);
    return { state: pc?.connectionState, negotiations: pc?.negotiations, paths: pc?.ufrags.size, protocol: candidate?.protocol,
      availableOutBps: pair?.availableOutgoingBitrate, count: connections.length };
  },

  /** The middle of a slot's picture: red, green and blue, 0 to 255. @param {string} slot */
  colour(slot) {
    const video = /** @type {HTMLVideoElement | null} */ (document.querySelector(`figure[data-slot="${slot}"] video`));
    if (video === null || video.videoWidth === 0) return undefined;
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    if (context === null) return undefined;
    context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  },
};

/** @type {any} */ (globalThis).participant = participant;
