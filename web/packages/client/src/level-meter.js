/** How loud a track is, for a meter on the screen. */
export class LevelMeter {
    #context = new AudioContext();
    #analyser;
    #source;
    #samples;
    constructor(track) {
        this.#analyser = this.#context.createAnalyser();
        this.#analyser.fftSize = 1024;
        this.#samples = new Float32Array(this.#analyser.fftSize);
        this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
        this.#source.connect(this.#analyser);
    }
    /** The level now: 0 is silence (−60 dB and below), 1 is full scale. */
    read() {
        // A page that was opened without a touch starts its audio suspended.
        if (this.#context.state === "suspended")
            void this.#context.resume();
        this.#analyser.getFloatTimeDomainData(this.#samples);
        return levelOf(this.#samples);
    }
    /** Lets go of the track. */
    close() {
        this.#source.disconnect();
        void this.#context.close();
    }
}
/** The level of samples between −1 and 1, on a scale that follows the ear: linear in decibels from −60 to 0. */
export function levelOf(samples) {
    let sum = 0;
    for (let i = 0; i < samples.length; i += 1)
        sum += (samples[i] ?? 0) ** 2;
    if (samples.length === 0 || sum === 0)
        return 0;
    const db = 10 * Math.log10(sum / samples.length);
    return Math.min(1, Math.max(0, 1 + db / 60));
}
