/** Above these a person notices. */
const LOSS_RATIO_MAX = 0.05;
const RTT_MS_MAX = 400;
const JITTER_MS_MAX = 80;
const CONCEALED_RATIO_MAX = 0.08;
/** Bad intervals in a row before the verdict falls, and good ones before it rises: a verdict that flickers is no verdict. */
const POOR_AFTER = 2;
const GOOD_AFTER = 4;
/** Intervals without a packet before the connection counts as lost. */
const LOST_AFTER = 3;
/** Judges one interval by itself. */
export function judgeSample({ connected, expectsMedia, stats }, freezesBefore) {
    if (!connected)
        return "lost";
    if (stats.intervalMs === 0)
        return "good";
    const active = stats.tracks.filter((track) => track.packets > 0);
    if (expectsMedia && active.length === 0)
        return "lost";
    const noticed = (stats.rttMs ?? 0) > RTT_MS_MAX ||
        freezes(stats) > freezesBefore ||
        active.some((t) => t.lossRatio > LOSS_RATIO_MAX || t.jitterMs > JITTER_MS_MAX || t.concealedRatio > CONCEALED_RATIO_MAX) ||
        // A publisher's top layer at the mercy of the network.
        active.some((t) => t.direction === "out" && t.limitedBy === "bandwidth" && t.fps > 0 && t.fps < 10);
    return noticed ? "poor" : "good";
}
function freezes(stats) {
    return stats.tracks.reduce((all, track) => all + track.freezes, 0);
}
/** Gives a steady verdict over a row of intervals of about one second. */
export class QualityJudge {
    #verdict = "good";
    #bad = 0;
    #good = 0;
    #silent = 0;
    #freezes = 0;
    get verdict() {
        return this.#verdict;
    }
    /** Takes the next interval and returns the verdict that now stands. */
    push(sample) {
        const now = judgeSample(sample, this.#freezes);
        this.#freezes = freezes(sample.stats);
        this.#silent = now === "lost" ? this.#silent + 1 : 0;
        this.#bad = now === "good" ? 0 : this.#bad + 1;
        this.#good = now === "good" ? this.#good + 1 : 0;
        if (!sample.connected || this.#silent >= LOST_AFTER)
            this.#verdict = "lost";
        else if (this.#verdict === "lost" && this.#silent === 0)
            this.#verdict = now;
        else if (this.#verdict === "good" && this.#bad >= POOR_AFTER)
            this.#verdict = "poor";
        else if (this.#verdict === "poor" && this.#good >= GOOD_AFTER)
            this.#verdict = "good";
        return this.#verdict;
    }
}
