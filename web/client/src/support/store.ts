// SPDX-License-Identifier: Apache-2.0
/** What a team has beside its conversations: who it is. Loaded once, and anew after a lost connection. */
import type { VideoClient } from '../client.ts';
import type { UserObject } from '../contract.ts';
import { Store, type Observable } from '../store.ts';

export interface DeskState {
  readonly team: readonly UserObject[];
}

const EMPTY: DeskState = { team: [] };

export class DeskStore {
  readonly #state = new Store<DeskState>(EMPTY);
  readonly state$: Observable<DeskState> = this.#state;
  readonly #stops: (() => void)[] = [];

  /** `client` must be connected, as somebody of the team. Call `start`, and `stop` in the end. */
  constructor(private readonly client: VideoClient) {}

  start(): void {
    this.#stops.push(
      this.client.on('connection.changed', ({ state }) => {
        if (state === 'connected') this.refresh();
      }),
    );
    this.refresh();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** What cannot be loaded stays as it was. */
  refresh(): void {
    this.client.support.team().then(
      (team) => this.#state.update((state) => ({ ...state, team })),
      () => {},
    );
  }
}
