// SPDX-License-Identifier: Apache-2.0
/** Typed events. A listener that throws is logged and does not keep the others from hearing. */
import type { Logger } from './logger.ts';

export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events | '*', Set<(event: never) => void>>();

  constructor(private readonly log: Logger) {}

  /** Returns the way to stop listening. */
  on<K extends keyof Events>(type: K, listener: (event: Events[K]) => void): () => void {
    return this.#add(type, listener as (event: never) => void);
  }

  onAny(listener: (event: Events[keyof Events]) => void): () => void {
    return this.#add('*', listener as (event: never) => void);
  }

  emit<K extends keyof Events>(type: K, event: Events[K]): void {
    for (const key of [type, '*'] as const) {
      for (const listener of [...(this.#listeners.get(key) ?? [])]) {
        try {
          (listener as (event: Events[K]) => void)(event);
        } catch (error) {
          this.log.error('A listener of', type, 'failed', error);
        }
      }
    }
  }

  #add(key: keyof Events | '*', listener: (event: never) => void): () => void {
    let set = this.#listeners.get(key);
    if (!set) this.#listeners.set(key, (set = new Set()));
    set.add(listener);
    return () => {
      this.#listeners.get(key)?.delete(listener);
    };
  }
}
