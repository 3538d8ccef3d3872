// SPDX-License-Identifier: Apache-2.0
/**
 * One observable value. Fits React's useSyncExternalStore through `onChange` and `get`, and everything that reads
 * RxJS-style observables through `subscribe` and Symbol.observable, without depending on either.
 */

/** Stops a subscription; calling it is the same as calling its `unsubscribe`. */
export interface Unsubscribe {
  (): void;
  unsubscribe(): void;
}

export interface Observer<T> {
  next?(value: T): void;
}

export interface Observable<T> {
  /** The value now; the same object until it changes. */
  get(): T;
  /** The same as `get`, under the name that RxJS' BehaviorSubject has for it. */
  getValue(): T;
  /** Calls back at once with the value, then after every change. Never completes and never fails. */
  subscribe(listener: ((value: T) => void) | Observer<T>): Unsubscribe;
  /** Calls back after every change only. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

export class Store<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(initial: T) {
    this.#value = initial;
    // what `from()` of RxJS and others look for; older ones know only the string
    const interop = (Symbol as { observable?: symbol }).observable;
    const itself = { value: () => this, enumerable: false };
    Object.defineProperty(this, '@@observable', itself);
    if (interop) Object.defineProperty(this, interop, itself);
  }

  readonly get = (): T => this.#value;

  getValue(): T {
    return this.get();
  }

  readonly subscribe = (listener: ((value: T) => void) | Observer<T>): Unsubscribe => {
    const call = typeof listener === 'function' ? listener : (value: T) => listener.next?.(value);
    const stop = this.#add(call);
    call(this.get());
    return Object.assign(() => stop(), { unsubscribe: stop });
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

  /** @internal The first listener came, or the last one went. */
  protected watched(_anybody: boolean): void {}

  #add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.watched(true);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.watched(false);
    };
  }
}

/** A value of the browser's that is looked after only while somebody listens. `start` returns the way to stop. */
export class WatchedStore<T> extends Store<T> {
  #stop: (() => void) | undefined;

  constructor(
    initial: T,
    private readonly start: (set: (value: T) => void) => () => void,
  ) {
    super(initial);
  }

  protected override watched(anybody: boolean): void {
    this.#stop?.();
    this.#stop = anybody ? this.start((value) => this.set(value)) : undefined;
  }
}

function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
