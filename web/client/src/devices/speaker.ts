// SPDX-License-Identifier: Apache-2.0
/** Where the others are heard: which output, how loud, or not at all. Acts on the elements that it is given. */
import { ConfabError, ErrorCode, toConfabError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { Store, WatchedStore, type Observable } from '../store.ts';
import { listDevices, watchDevices } from './browser.ts';
import type { Preferences } from './preferences.ts';

export class SpeakerState {
  /** @internal */
  constructor(
    readonly status$: Observable<'enabled' | 'disabled'>,
    /** The deviceId; undefined: the system's choice. */
    readonly selectedDevice$: Observable<string | undefined>,
    /** 0 to 1. */
    readonly volume$: Observable<number>,
  ) {}
  get status(): 'enabled' | 'disabled' {
    return this.status$.get();
  }
  get selectedDevice(): string | undefined {
    return this.selectedDevice$.get();
  }
  get volume(): number {
    return this.volume$.get();
  }
}

/** The part of HTMLMediaElement that is used. */
export interface SoundElement {
  muted: boolean;
  volume: number;
  setSinkId?(deviceId: string): Promise<void>;
}

export class SpeakerManager {
  readonly kind = 'speaker';
  readonly state: SpeakerState;
  /** Outputs to choose from, kept current while somebody listens; empty where the browser offers no choice. */
  readonly devices$: Observable<readonly MediaDeviceInfo[]> = new WatchedStore<readonly MediaDeviceInfo[]>([], (set) =>
    watchDevices('speaker', set),
  );
  readonly #status = new Store<'enabled' | 'disabled'>('enabled');
  readonly #selected: Store<string | undefined>;
  readonly #volume = new Store(1);
  readonly #elements = new Set<SoundElement>();

  /** @internal Made by Call. */
  constructor(private readonly context: { log: Logger; preferences: Preferences }) {
    this.#selected = new Store(context.preferences.get('speaker').deviceId);
    this.state = new SpeakerState(this.#status, this.#selected, this.#volume);
  }

  /** The others are heard (the default). */
  async enable(): Promise<void> {
    this.#set('enabled');
  }

  /** Silence on this side; nobody else notices. */
  async disable(): Promise<void> {
    this.#set('disabled');
  }

  toggle(): Promise<void> {
    return this.#status.get() === 'enabled' ? this.disable() : this.enable();
  }

  /** Never rejects. */
  async listDevices(): Promise<MediaDeviceInfo[]> {
    return listDevices('speaker').catch(() => []);
  }

  /** Plays through this output from now on; '' is the system's choice. Rejects when the browser refuses; the old one goes on. */
  async select(deviceId: string): Promise<void> {
    if (typeof deviceId !== 'string') throw new ConfabError('A deviceId is a string.', { code: ErrorCode.badInput, unrecoverable: true });
    try {
      await Promise.all([...this.#elements].map((element) => element.setSinkId?.(deviceId)));
    } catch (cause) {
      throw toConfabError(cause, 'The speaker could not be used');
    }
    this.#selected.set(deviceId === '' ? undefined : deviceId);
    this.context.preferences.set('speaker', { deviceId });
  }

  /** 0 to 1. Throws ConfabError (code 4) for anything else. */
  setVolume(volume: number): void {
    if (!(volume >= 0 && volume <= 1)) throw new ConfabError(`A volume is 0 to 1, not ${volume}.`, { code: ErrorCode.badInput });
    this.#volume.set(volume);
    this.#applyAll();
  }

  /** Keeps an audio element on the chosen output and volume. Returns the way to let it go. */
  bind(element: SoundElement): () => void {
    this.#elements.add(element);
    this.#apply(element);
    const selected = this.#selected.get();
    if (selected !== undefined) {
      // unplugged since then: the system's choice is better than silence
      element.setSinkId?.(selected).catch((error: unknown) => this.context.log.warn('The chosen speaker is gone:', String(error)));
    }
    return () => void this.#elements.delete(element);
  }

  #set(status: 'enabled' | 'disabled'): void {
    this.#status.set(status);
    this.#applyAll();
  }

  #applyAll(): void {
    for (const element of this.#elements) this.#apply(element);
  }

  #apply(element: SoundElement): void {
    element.muted = this.#status.get() === 'disabled';
    element.volume = this.#volume.get();
  }
}
