/** A typed event emitter. A listener that throws harms neither the others nor the emitter: its error is reported as uncaught. */
export class Emitter {
    #listeners = new Map();
    on(name, listener, signal) {
        if (signal?.aborted === true)
            return () => undefined;
        const set = this.#listeners.get(name) ?? new Set();
        this.#listeners.set(name, set);
        set.add(listener);
        const off = () => void set.delete(listener);
        signal?.addEventListener("abort", off, { once: true });
        return off;
    }
    /** Tells every listener of `name`, in the order in which they came. */
    emit(name, value) {
        for (const listener of [...(this.#listeners.get(name) ?? [])]) {
            try {
                listener(value);
            }
            catch (error) {
                queueMicrotask(() => {
                    throw error;
                });
            }
        }
    }
}
