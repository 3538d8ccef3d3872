// SPDX-License-Identifier: Apache-2.0
/** What a team has beside its conversations. Loaded once, and anew after a lost connection; changes come as events. */
import { fresh } from '../chat/rename.ts';
import type { VideoClient } from '../client.ts';
import type { CannedReplyObject, LabelObject, UserObject } from '../contract.ts';
import { Store, type Observable } from '../store.ts';

export interface DeskState {
  readonly team: readonly UserObject[];
  /** By name. */
  readonly labels: readonly LabelObject[];
  /** By shortcut. */
  readonly canned: readonly CannedReplyObject[];
}

const EMPTY: DeskState = { team: [], labels: [], canned: [] };

export class DeskStore {
  readonly #state = new Store<DeskState>(EMPTY);
  readonly state$: Observable<DeskState> = this.#state;
  readonly #stops: (() => void)[] = [];

  /** `client` must be connected, as somebody of the team. Call `start`, and `stop` in the end. */
  constructor(private readonly client: VideoClient) {}

  start(): void {
    this.#stops.push(
      this.client.on('labels.updated', ({ labels }) => this.#set({ labels })),
      this.client.on('canned.updated', ({ canned }) => this.#set({ canned })),
      this.client.on('user.updated', ({ user }) => this.#set({ team: this.#state.get().team.map((one) => fresh(one, user)) })),
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
    const { support } = this.client;
    this.refreshTeam();
    support.labels().then((labels) => this.#set({ labels }), () => {});
    support.cannedReplies().then((canned) => this.#set({ canned }), () => {});
  }

  /** Nothing tells that somebody came to the team. */
  refreshTeam(): void {
    this.client.support.team().then((team) => this.#set({ team }), () => {});
  }

  #set(change: Partial<DeskState>): void {
    this.#state.update((state) => ({ ...state, ...change }));
  }
}
