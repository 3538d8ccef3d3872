// SPDX-License-Identifier: Apache-2.0
/** One of the call's devices, on or off. Overlapping orders: the last one wins. */
import { ConfabError, DeviceError, ErrorCode, toConfabError, type DeviceKind } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { WatchedStore, type Observable } from '../store.ts';
import { deviceError, listDevices, lostReason, watchDevices, watchPermission, type Facing, type Permission } from './browser.ts';
import type { Preferences } from './preferences.ts';
import { DeviceState, DeviceStores } from './state.ts';

/** Where devices are opened: the connection of a call, or a preview before it. */
export interface DeviceHost {
  /** Turns a device on or off. Rejects with DeviceError. */
  set(kind: DeviceKind, on: boolean): Promise<void>;
  /** Uses another camera or microphone, at once if it is on. Rejects with DeviceError; the old one then goes on. */
  select(kind: 'camera' | 'microphone', deviceId: string): Promise<void>;
  /** Turns a camera that is on to face the other way; one that is off will. Rejects with DeviceError. */
  face(facing: Facing): Promise<void>;
  /** The device's track, also a muted one. */
  localTrack(kind: DeviceKind): MediaStreamTrack | undefined;
}

/** @internal What a call lends its devices. */
export interface DeviceContext {
  log: Logger;
  preferences: Preferences;
  /** Why the user may not turn it on (any more); undefined: may. */
  forbidden(kind: DeviceKind): ConfabError | undefined;
}

export class DeviceManager<State extends DeviceState = DeviceState> {
  readonly state: State;
  /** The devices to choose from, kept current while somebody listens. Empty for screens. */
  readonly devices$: Observable<readonly MediaDeviceInfo[]>;
  protected readonly stores = new DeviceStores();
  protected host: DeviceHost | undefined;
  #wish = '';
  /** The default is only assumed: the server has not said yet. */
  #guessed = false;
  #selecting: Promise<void> | undefined;
  #running: Promise<void> | undefined;

  /** @internal Made by Call. */
  constructor(
    readonly kind: DeviceKind,
    protected readonly context: DeviceContext,
    makeState: (stores: DeviceStores, permission: Observable<Permission>) => State,
  ) {
    const watched = kind === 'screenShare' ? undefined : kind;
    const permission = new WatchedStore<Permission>(undefined, (set) => (watched ? watchPermission(watched, set) : () => {}));
    this.state = makeState(this.stores, permission);
    this.devices$ = new WatchedStore<readonly MediaDeviceInfo[]>([], (set) => (watched ? watchDevices(watched, set) : () => {}));
    this.stores.selected.set(context.preferences.get(kind).deviceId);
  }

  /**
   * Turns the device on. Before the call is joined, and without a preview, it only says what is wanted at join.
   * Rejects with DeviceError (denied, missing, busy, lost, insecure, unknown), or with code 17 when the call does not allow it.
   */
  enable(): Promise<void> {
    const forbidden = this.context.forbidden(this.kind);
    if (forbidden) return Promise.reject(forbidden);
    this.#remember(true);
    return this.#order('enabled');
  }

  /** Turns the device off; a camera's light goes out. With `remember: false` for this call only: the next begins as before. */
  disable({ remember = true }: { remember?: boolean } = {}): Promise<void> {
    if (remember) this.#remember(false);
    return this.#order('disabled');
  }

  toggle(): Promise<void> {
    return this.stores.optimistic.get() === 'enabled' ? this.disable() : this.enable();
  }

  /** Cameras or microphones that are there now; labels are empty until permission was given. Never rejects. */
  async listDevices(): Promise<MediaDeviceInfo[]> {
    return this.kind === 'screenShare' ? [] : listDevices(this.kind).catch(() => []);
  }

  /**
   * Uses this camera or microphone from now on, also in later calls. Turns nothing on. When several overlap, the
   * last one wins. Rejects with DeviceError, and the one before stays; with code 4 for a screen.
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
      const host = this.host;
      const overtaken = () => this.#wish !== wish || this.host !== host;
      try {
        await host?.select(kind, wish);
      } catch (cause) {
        if (overtaken()) continue;
        throw cause instanceof DeviceError ? cause : toConfabError(cause, kind);
      }
      if (overtaken()) continue;
      this.stores.selected.set(wish);
      this.context.preferences.set(kind, { deviceId: wish });
      this.showTrack();
      return;
    }
  }

  /**
   * @internal Decides what nobody decided yet, so that the button shows it: the choice of last time, or else the
   * default. A `guess` is overruled by the next default. Returns what is wanted.
   */
  intend(byDefault: boolean, guess = false): boolean {
    if (this.stores.optimistic.get() === undefined || this.#guessed) {
      const wanted = this.#recalled() ?? byDefault;
      this.#guessed = guess;
      this.stores.optimistic.set(wanted && !this.context.forbidden(this.kind) ? 'enabled' : 'disabled');
    }
    return this.stores.optimistic.get() === 'enabled';
  }

  /**
   * @internal A host is there: brings the device to what is wanted. Errors end up in `state.error`.
   * `prepared` is the device that the host was told to use.
   */
  attach(host: DeviceHost, prepared?: string): void {
    this.host = host;
    this.stores.status.set('disabled');
    const selected = this.stores.selected.get();
    if (selected !== undefined && selected !== prepared) this.select(selected).catch((error: unknown) => this.context.log.warn(String(error)));
    this.#order(this.intend(false) ? 'enabled' : 'disabled').catch((error: unknown) => {
      this.context.log.warn(error instanceof Error ? error.message : error);
    });
  }

  /** @internal The host went away; `keep` remembers the choice for the next one. */
  detach(keep: boolean): void {
    this.host = undefined;
    this.#running = undefined;
    this.stores.status.set(undefined);
    this.showTrack();
    if (!keep) {
      this.#guessed = false;
      this.stores.optimistic.set(undefined);
      this.stores.error.set(undefined);
    }
  }

  /** @internal The device changed without us; `lost`: it was unplugged, rather than turned off. */
  changed(on: boolean, lost = false): void {
    if (this.#running) return; // our own order, seen from outside
    const status = on ? 'enabled' : 'disabled';
    this.stores.status.set(status);
    this.stores.optimistic.set(status);
    if (on) this.stores.error.set(undefined);
    else if (lost) this.#tellLoss();
    this.showTrack();
  }

  /** @internal The connection was lost and is back, with the device on or not. What is wanted and went missing comes again. */
  restored(on: boolean): void {
    const want = this.stores.optimistic.get();
    if (this.kind === 'screenShare' || want === undefined) return this.changed(on); // a screen needs the person's click
    if (this.#running) return; // works until it is as wanted
    this.stores.status.set(on ? 'enabled' : 'disabled');
    this.showTrack();
    this.#order(want).catch((error: unknown) => this.context.log.warn(String(error)));
  }

  #tellLoss(): void {
    const error = deviceError(this.kind, 'lost');
    this.stores.error.set(error);
    if (this.kind === 'screenShare') return;
    const { kind } = this;
    void lostReason(kind).then((reason) => {
      if (reason !== 'lost' && this.stores.error.get() === error) this.stores.error.set(deviceError(kind, reason));
    });
  }

  /** @internal The right to use it was taken away: off at once. What the person prefers stays as it is. */
  forbid(): void {
    this.#guessed = false;
    if (this.stores.optimistic.get() === 'enabled') this.#order('disabled').catch(() => {});
  }

  /** @internal The track that is on now, for `state.track`. */
  protected showTrack(): void {
    const on = this.stores.status.get() === 'enabled';
    this.stores.track.set(on ? this.host?.localTrack(this.kind) : undefined);
  }

  #recalled(): boolean | undefined {
    return this.kind === 'screenShare' ? undefined : this.context.preferences.get(this.kind).enabled;
  }

  #remember(enabled: boolean): void {
    if (this.kind !== 'screenShare') this.context.preferences.set(this.kind, { enabled });
  }

  #order(status: 'enabled' | 'disabled'): Promise<void> {
    this.#guessed = false;
    this.stores.optimistic.set(status);
    if (!this.host) return Promise.resolve();
    this.#running ??= this.#run(this.host);
    return this.#running;
  }

  /** Works until what is there is what was last asked for. */
  async #run(host: DeviceHost): Promise<void> {
    // an order given in the same turn must not start the device twice
    await Promise.resolve();
    const { optimistic, status, error: failure } = this.stores;
    try {
      for (;;) {
        const want = optimistic.get();
        if (this.host !== host || want === undefined || want === status.get()) return;
        try {
          await host.set(this.kind, want === 'enabled');
        } catch (cause) {
          if (this.host !== host) return;
          if (optimistic.get() !== want) continue; // an order that nobody wants any more
          const error = cause instanceof DeviceError ? cause : toConfabError(cause, this.kind);
          optimistic.set(status.get());
          failure.set(error);
          throw error;
        }
        if (this.host !== host) return;
        status.set(want);
        failure.set(undefined);
        this.showTrack();
      }
    } finally {
      if (this.host === host) this.#running = undefined;
    }
  }
}
