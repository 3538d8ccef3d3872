// SPDX-License-Identifier: Apache-2.0
/** One of the call's devices, on or off. Overlapping orders: the last one wins. */
import { DeviceError, toConfabError, type ConfabError, type DeviceKind } from './errors.ts';
import type { Logger } from './logger.ts';
import type { MediaSession } from './media/session.ts';
import { Store, type Observable } from './store.ts';

/** Undefined: nobody decided yet; the call type's default holds at join. */
export type DeviceStatus = 'enabled' | 'disabled' | undefined;

export class DeviceState {
  /** Changes only when the device really changed. */
  readonly status$: Observable<DeviceStatus>;
  /** Changes at once, for the button. */
  readonly optimisticStatus$: Observable<DeviceStatus>;
  /** Why the last order failed; undefined once one worked. */
  readonly error$: Observable<ConfabError | undefined>;

  constructor(stores: {
    status: Observable<DeviceStatus>;
    optimistic: Observable<DeviceStatus>;
    error: Observable<ConfabError | undefined>;
  }) {
    this.status$ = stores.status;
    this.optimisticStatus$ = stores.optimistic;
    this.error$ = stores.error;
  }

  get status(): DeviceStatus {
    return this.status$.get();
  }
  get optimisticStatus(): DeviceStatus {
    return this.optimisticStatus$.get();
  }
  get error(): ConfabError | undefined {
    return this.error$.get();
  }
}

export class DeviceManager {
  readonly state: DeviceState;
  readonly #status = new Store<DeviceStatus>(undefined);
  readonly #optimistic = new Store<DeviceStatus>(undefined);
  readonly #error = new Store<ConfabError | undefined>(undefined);
  #session: MediaSession | undefined;
  #running: Promise<void> | undefined;

  constructor(
    readonly kind: DeviceKind,
    private readonly log: Logger,
  ) {
    this.state = new DeviceState({ status: this.#status, optimistic: this.#optimistic, error: this.#error });
  }

  /**
   * Turns the device on. Before the call is joined it only says what is wanted at join.
   * Rejects with DeviceError: denied, missing, busy or unknown.
   */
  enable(): Promise<void> {
    return this.#order('enabled');
  }

  /** Turns the device off; a camera's light goes out. */
  disable(): Promise<void> {
    return this.#order('disabled');
  }

  toggle(): Promise<void> {
    return this.#optimistic.get() === 'enabled' ? this.disable() : this.enable();
  }

  /** @internal Wanted at join: what was chosen before, or the default. */
  wanted(byDefault: boolean): boolean {
    const chosen = this.#optimistic.get();
    return chosen === undefined ? byDefault : chosen === 'enabled';
  }

  /** @internal The call is joined: brings the device to what is wanted. Errors end up in `state.error`. */
  attach(session: MediaSession, byDefault: boolean): void {
    this.#session = session;
    this.#status.set('disabled');
    this.#order(this.wanted(byDefault) ? 'enabled' : 'disabled').catch((error: unknown) => {
      this.log.warn(error instanceof Error ? error.message : error);
    });
  }

  /** @internal The connection went away; `keep` remembers the choice for the next one. */
  detach(keep: boolean): void {
    this.#session = undefined;
    this.#running = undefined;
    this.#status.set(undefined);
    if (!keep) {
      this.#optimistic.set(undefined);
      this.#error.set(undefined);
    }
  }

  /** @internal The device changed by itself. */
  changed(on: boolean): void {
    if (this.#running) return; // our own order, seen from outside
    const status = on ? 'enabled' : 'disabled';
    this.#status.set(status);
    this.#optimistic.set(status);
  }

  #order(status: 'enabled' | 'disabled'): Promise<void> {
    this.#optimistic.set(status);
    if (!this.#session) return Promise.resolve();
    this.#running ??= this.#run(this.#session);
    return this.#running;
  }

  /** Works until what is there is what was last asked for. */
  async #run(session: MediaSession): Promise<void> {
    // an order given in the same turn must not start the device twice
    await Promise.resolve();
    try {
      for (;;) {
        const want = this.#optimistic.get();
        if (this.#session !== session || want === undefined || want === this.#status.get()) return;
        try {
          await session.set(this.kind, want === 'enabled');
        } catch (cause) {
          if (this.#session !== session) return;
          if (this.#optimistic.get() !== want) continue; // an order that nobody wants any more
          const error = cause instanceof DeviceError ? cause : toConfabError(cause, this.kind);
          this.#optimistic.set(this.#status.get());
          this.#error.set(error);
          throw error;
        }
        if (this.#session !== session) return;
        this.#status.set(want);
        this.#error.set(undefined);
      }
    } finally {
      if (this.#session === session) this.#running = undefined;
    }
  }
}
