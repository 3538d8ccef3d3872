// SPDX-License-Identifier: Apache-2.0
/** One observable value. Fits React's useSyncExternalStore through `onChange` and `get`. */

export interface Observable<T> {
  /** The value now; the same object until it changes. */
  get(): T;
  /** Calls back at once with the value, then after every change. Returns the way to stop. */
  subscribe(listener: (value: T) => void): () => void;
  /** Calls back after every change only. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

export class Store<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: (value: T) => void): (() => void) => {
    const stop = this.#add(listener);
    listener(this.#value);
    return stop;
  };

  readonly onChange = (listener: () => void): (() => void) => this.#add(() => listener());

  /** Does nothing when the value is the one already held. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) {
      if (!Object.is(this.#value, value)) return; // a listener changed it: all were told the newer value already
      try {
        listener(value);
      } catch (error) {
        report(error); // the application's mistake must not stop the call in the middle of a step
      }
    }
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  #add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
