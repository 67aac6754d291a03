/** A listener's way out: call it to stop listening. */
export type Unsubscribe = () => void;

/** What can be listened to: `Events` maps each event's name to the value that it carries. */
export interface Observable<Events extends object> {
  /** Listens until the returned function is called or `signal` aborts. */
  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void, signal?: AbortSignal): Unsubscribe;
}

/** A typed event emitter. A listener that throws harms neither the others nor the emitter: its error is reported as uncaught. */
export class Emitter<Events extends object> implements Observable<Events> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void, signal?: AbortSignal): Unsubscribe {
    if (signal?.aborted === true) return () => undefined;
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener);
    const off = () => void set.delete(listener);
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  /** Tells every listener of `name`, in the order in which they came. */
  emit<K extends keyof Events>(name: K, value: Events[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (value: Events[K]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
