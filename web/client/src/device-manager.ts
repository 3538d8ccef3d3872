// SPDX-License-Identifier: Apache-2.0
/** One of the call's devices, on or off. Overlapping orders: the last one wins. */
import { listDevices } from './devices.ts';
import { ConfabError, DeviceError, ErrorCode, toConfabError, type DeviceKind } from './errors.ts';
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
  /** The deviceId of the last `select` that worked; undefined: whichever the browser takes. */
  readonly selectedDevice$: Observable<string | undefined>;

  constructor(stores: {
    status: Observable<DeviceStatus>;
    optimistic: Observable<DeviceStatus>;
    error: Observable<ConfabError | undefined>;
    selected: Observable<string | undefined>;
  }) {
    this.status$ = stores.status;
    this.optimisticStatus$ = stores.optimistic;
    this.error$ = stores.error;
    this.selectedDevice$ = stores.selected;
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
  get selectedDevice(): string | undefined {
    return this.selectedDevice$.get();
  }
}

export class DeviceManager {
  readonly state: DeviceState;
  readonly #status = new Store<DeviceStatus>(undefined);
  readonly #optimistic = new Store<DeviceStatus>(undefined);
  readonly #error = new Store<ConfabError | undefined>(undefined);
  readonly #selected = new Store<string | undefined>(undefined);
  #session: MediaSession | undefined;
  #wish = '';
  #selecting: Promise<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(
    readonly kind: DeviceKind,
    private readonly log: Logger,
  ) {
    this.state = new DeviceState({ status: this.#status, optimistic: this.#optimistic, error: this.#error, selected: this.#selected });
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

  /** Cameras or microphones that are there now; labels are empty until permission was given. Never rejects. */
  async listDevices(): Promise<MediaDeviceInfo[]> {
    return this.kind === 'screenShare' ? [] : listDevices(this.kind).catch(() => []);
  }

  /**
   * Uses this camera or microphone from now on, also in later joins of this call. Turns nothing on. When several
   * overlap, the last one wins. Rejects with DeviceError, and the one before stays; with code 4 for a screen.
   */
  select(deviceId: string): Promise<void> {
    if (this.kind === 'screenShare' || typeof deviceId !== 'string' || deviceId === '') {
      const message = this.kind === 'screenShare' ? 'The browser asks which screen.' : 'A deviceId is a string that is not empty.';
      return Promise.reject(new ConfabError(message, { code: ErrorCode.badInput, unrecoverable: true }));
    }
    this.#wish = deviceId;
    this.#selecting ??= this.#select(this.kind).finally(() => {
      this.#selecting = undefined;
    });
    return this.#selecting;
  }

  async #select(kind: 'camera' | 'microphone'): Promise<void> {
    for (;;) {
      await this.#running?.catch(() => {}); // not while it is being turned on or off
      const wish = this.#wish;
      const session = this.#session;
      const overtaken = () => this.#wish !== wish || this.#session !== session;
      try {
        await session?.select(kind, wish);
      } catch (cause) {
        if (overtaken()) continue;
        throw cause instanceof DeviceError ? cause : toConfabError(cause, kind);
      }
      if (overtaken()) continue;
      this.#selected.set(wish);
      return;
    }
  }

  /** @internal Decides for the default what nobody decided yet, so that the button shows it. Returns what is wanted. */
  intend(byDefault: boolean): boolean {
    if (this.#optimistic.get() === undefined) this.#optimistic.set(byDefault ? 'enabled' : 'disabled');
    return this.#optimistic.get() === 'enabled';
  }

  /**
   * @internal The call is joined: brings the device to what is wanted. Errors end up in `state.error`.
   * `prepared` is the device that the session was told to use.
   */
  attach(session: MediaSession, prepared?: string): void {
    this.#session = session;
    this.#status.set('disabled');
    const selected = this.#selected.get();
    if (selected !== undefined && selected !== prepared) this.select(selected).catch((error: unknown) => this.log.warn(String(error)));
    this.#order(this.intend(false) ? 'enabled' : 'disabled').catch((error: unknown) => {
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
