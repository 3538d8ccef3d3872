// SPDX-License-Identifier: Apache-2.0
import { Store, type Observable } from '../store.ts';
import type { Permission } from './browser.ts';
import { watchLevel, type LevelWatch } from './level.ts';
import { DeviceManager, type DeviceContext } from './manager.ts';
import { hear, silence } from './speech.ts';
import { DeviceState, type DeviceStores } from './state.ts';

export class MicrophoneState extends DeviceState {
  constructor(
    stores: DeviceStores,
    permission: Observable<Permission>,
    /** True while the muted person speaks: time to say "You are muted". Heard on this device only, never sent. */
    readonly speakingWhileMuted$: Observable<boolean>,
  ) {
    super(stores, permission);
  }
  get speakingWhileMuted(): boolean {
    return this.speakingWhileMuted$.get();
  }
}

export class MicrophoneManager extends DeviceManager<MicrophoneState> {
  readonly #speaking: Store<boolean>;
  #stopListening: (() => void) | undefined;

  /** @internal Made by Call. */
  constructor(
    context: DeviceContext,
    private readonly levels: LevelWatch = watchLevel,
  ) {
    const speaking = new Store(false);
    super('microphone', context, (stores, permission) => new MicrophoneState(stores, permission, speaking));
    this.#speaking = speaking;
    this.stores.status.onChange(() => this.#listen());
  }

  /** Listens to a microphone that is muted in the call; one that never was on stays closed. */
  #listen(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#speaking.set(false);
    const muted = this.stores.status.get() === 'disabled' ? this.host?.localTrack('microphone') : undefined;
    if (!muted || muted.readyState === 'ended') return;
    const track = muted.clone();
    track.enabled = true; // the copy hears; the one that is sent stays silent
    let speech = silence;
    const stop = this.levels(track, (level) => {
      speech = hear(speech, level);
      this.#speaking.set(speech.speaking);
    });
    this.#stopListening = () => {
      stop();
      track.stop();
    };
  }
}
