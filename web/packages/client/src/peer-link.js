import { retryDelayMs, sleep } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { iceServersFrom } from "./link-header.js";
import { asLecternError, LecternError } from "./problem.js";
import { QualityJudge } from "./quality.js";
import { MediaResource } from "./resource.js";
import { iceFragment, withIceFragment } from "./sdp-fragment.js";
import { StatsSampler } from "./stats.js";
/** From the answer to a media path. The server gives a handshake about as long. */
const CONNECT_MS_MAX = 15_000;
/** A short gap (a hand over the antenna) heals by itself; after this ICE is restarted. */
const DISCONNECTED_MS_MAX = 2_000;
/** From an ICE restart to a path; after it a fresh session is quicker. */
const REVIVE_MS_MAX = 6_000;
/** From the end of DTLS to the question why. */
const HANG_UP_MS = 300;
const STATS_MS = 1_000;
/** Refusals that another attempt would only repeat, although the session that they end was sound. */
const FINAL_CODES = new Set(["replaced", "removed"]);
/**
 * One WHIP or WHEP session, kept alive: connects, restarts ICE when the network changes, begins a fresh session when that
 * does not help, with full jitter from the first retry on, and leaves politely. Not for use by itself: see `publish` and `watch`.
 */
export class PeerLink extends Emitter {
    #options;
    #abort = new AbortController();
    #signal;
    #judge = new QualityJudge();
    #state = { name: "connecting" };
    #quality = "good";
    #finished = Promise.resolve();
    constructor(options) {
        super();
        this.#options = options;
        this.#signal = options.signal === undefined ? this.#abort.signal : AbortSignal.any([options.signal, this.#abort.signal]);
    }
    get state() {
        return this.#state;
    }
    get quality() {
        return this.#quality;
    }
    /** Begins; to be called once, after the listeners are there. */
    start() {
        this.#finished = this.#run();
    }
    /** Ends the session and resolves when the server has been told. */
    async close() {
        this.#abort.abort(new DOMException("closed", "AbortError"));
        await this.#finished;
    }
    async #run() {
        let attempt = 0;
        const startedMs = performance.now();
        const notYet = (cause) => cause.status === 403 && performance.now() - startedMs < (this.#options.forbiddenMs ?? 0);
        while (!this.#signal.aborted) {
            let cause;
            try {
                cause = await this.#session(() => {
                    attempt = 0;
                });
                if (FINAL_CODES.has(cause.code)) {
                    this.#enter({ name: "failed", cause });
                    return;
                }
            }
            catch (thrown) {
                if (this.#signal.aborted)
                    break;
                cause = asLecternError(thrown);
                if (notYet(cause))
                    attempt = 0;
                else if (!cause.retryable) {
                    this.#enter({ name: "failed", cause });
                    return;
                }
            }
            const retryInMs = retryDelayMs(attempt, cause.retryAfterMs);
            attempt += 1;
            this.#enter({ name: "reconnecting", attempt, retryInMs, cause });
            await sleep(retryInMs, this.#signal).catch(() => undefined);
        }
        this.#enter({ name: "closed" });
    }
    /** One session from offer to loss. Resolves with why it was lost; rejects when it never stood. */
    async #session(stood) {
        const scope = new AbortController();
        const signal = AbortSignal.any([this.#signal, scope.signal]);
        const configuration = { bundlePolicy: "max-bundle" };
        const pc = new RTCPeerConnection(configuration);
        let resource;
        try {
            this.#options.prepare(pc);
            const offer = await pc.createOffer();
            resource = await MediaResource.create(this.#options.endpoint, offer.sdp ?? "", this.#options.token, signal);
            // The offer is applied only now, so that gathering knows the ICE servers; the server needs none of our candidates.
            const iceServers = iceServersFrom(resource.links);
            if (iceServers.length > 0)
                pc.setConfiguration({ ...configuration, iceServers });
            await pc.setLocalDescription(offer);
            await pc.setRemoteDescription({ type: "answer", sdp: resource.answer });
            const over = this.#options.opened?.(pc, resource, signal) ?? never();
            await connected(pc, CONNECT_MS_MAX, signal);
            stood();
            this.#judge = new QualityJudge();
            this.#enter({ name: "live" });
            void this.#measure(pc, signal);
            const ended = over.then((error) => error ?? never());
            return await abortable(Promise.race([lost(pc, resource, signal), ended]), signal);
        }
        finally {
            scope.abort();
            pc.close();
            const gone = resource?.delete();
            if (this.#signal.aborted)
                await gone;
        }
    }
    async #measure(pc, signal) {
        const sampler = new StatsSampler();
        while (!signal.aborted) {
            const stats = sampler.sample(await pc.getStats());
            if (signal.aborted)
                return;
            this.emit("stats", stats);
            const alive = pc.connectionState === "connected";
            this.#judged(this.#judge.push({ connected: alive, expectsMedia: this.#options.expectsMedia(), stats }));
            await sleep(STATS_MS, signal).catch(() => undefined);
        }
    }
    #enter(state) {
        this.#state = state;
        this.emit("state", state);
        if (state.name === "reconnecting" || state.name === "failed")
            this.#judged("lost");
        if (state.name === "live")
            this.#judged("good");
    }
    #judged(quality) {
        if (quality === this.#quality)
            return;
        this.#quality = quality;
        this.emit("quality", quality);
    }
}
/** Resolves when the media path stands. */
function connected(pc, timeoutMs, signal) {
    return new Promise((resolve, reject) => {
        const scope = new AbortController();
        const done = (settle) => {
            clearTimeout(timer);
            scope.abort();
            settle();
        };
        const look = () => {
            const ice = pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed";
            if (ice && pc.connectionState === "connected")
                done(resolve);
            else if (pc.connectionState === "failed" || pc.connectionState === "closed") {
                done(() => reject(new LecternError("timeout", "No media path to the server could be found.")));
            }
        };
        const timer = setTimeout(() => {
            done(() => reject(new LecternError("timeout", "The media path was not ready in time.")));
        }, timeoutMs);
        pc.addEventListener("connectionstatechange", look, { signal: scope.signal });
        pc.addEventListener("iceconnectionstatechange", look, { signal: scope.signal });
        signal.addEventListener("abort", () => done(() => reject(signal.reason)), { signal: scope.signal });
        look();
    });
}
/** Resolves with the reason when the session cannot be kept; restarts ICE itself as long as that helps. */
function lost(pc, resource, signal) {
    return new Promise((resolve) => {
        let reviving = false;
        let patience;
        const revive = async () => {
            if (reviving || signal.aborted)
                return;
            reviving = true;
            try {
                await restartIce(pc, resource, signal);
                await connected(pc, REVIVE_MS_MAX, signal);
            }
            catch (thrown) {
                resolve(asLecternError(thrown));
            }
            reviving = false;
        };
        const onChange = () => {
            clearTimeout(patience);
            if (pc.connectionState === "failed" || pc.connectionState === "closed")
                void revive();
            else if (pc.iceConnectionState === "disconnected")
                patience = setTimeout(() => void revive(), DISCONNECTED_MS_MAX);
        };
        const onDtls = (event) => {
            const { state } = event.target;
            if (state !== "closed" && state !== "failed")
                return;
            // The server hung up. What it says to a restart is why, once its left hand knows what the right one did.
            const ended = () => resolve(new LecternError("network", "The server ended the session."));
            void sleep(HANG_UP_MS, signal).then(revive).then(ended, () => undefined);
        };
        pc.addEventListener("connectionstatechange", onChange, { signal });
        pc.addEventListener("iceconnectionstatechange", onChange, { signal });
        const transport = pc.getTransceivers()[0]?.receiver.transport;
        transport?.addEventListener("statechange", onDtls, { signal });
        // Another network: the old path may seem alive for seconds.
        window.addEventListener("online", () => void revive(), { signal });
        networkInformation()?.addEventListener("change", () => void revive(), { signal });
        window.addEventListener("pagehide", () => void resource.delete(), { signal });
        window.addEventListener("pageshow", (event) => event.persisted && resolve(new LecternError("network", "The page was away.")), { signal });
        signal.addEventListener("abort", () => clearTimeout(patience), { once: true });
    });
}
async function restartIce(pc, resource, signal) {
    if (pc.signalingState !== "stable" || pc.remoteDescription === null)
        throw new LecternError("network", "The connection broke.");
    const remote = pc.remoteDescription.sdp;
    const offer = await pc.createOffer({ iceRestart: true });
    const fragment = await resource.restartIce(iceFragment(offer.sdp ?? ""), AbortSignal.any([signal, AbortSignal.timeout(REVIVE_MS_MAX)]));
    const answer = withIceFragment(remote, fragment);
    if (answer === undefined)
        throw new LecternError("protocol", "The server's ICE restart has no credentials.");
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: "answer", sdp: answer });
}
function networkInformation() {
    return navigator.connection;
}
function never() {
    return new Promise(() => undefined);
}
/** `promise`, or a rejection with the signal's reason, whichever is first. */
function abortable(promise, signal) {
    return new Promise((resolve, reject) => {
        if (signal.aborted)
            reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        promise.then(resolve, reject);
    });
}
