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
  /** Questions and events, in their order; and by field, which of them it is from. */
  #turn = 0;
  readonly #from = { team: 0, labels: 0, canned: 0 };

  /** `client` must be connected, as somebody of the team. Call `start`, and `stop` in the end. */
  constructor(private readonly client: VideoClient) {}

  start(): void {
    this.#stops.push(
      this.client.on('labels.updated', ({ labels }) => this.#take('labels', labels)),
      this.client.on('canned.updated', ({ canned }) => this.#take('canned', canned)),
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
    void this.#ask('labels', support.labels());
    void this.#ask('canned', support.cannedReplies());
  }

  /** Nothing tells that somebody came to the team. */
  refreshTeam(): void {
    void this.#ask('team', this.client.support.team());
  }

  async #ask<Key extends keyof DeskState>(key: Key, asked: Promise<DeskState[Key]>): Promise<void> {
    const turn = ++this.#turn;
    const value = await asked.catch(() => undefined);
    if (value !== undefined) this.#take(key, value, turn);
  }

  /** An answer that is older than what was told or asked since is not news. */
  #take<Key extends keyof DeskState>(key: Key, value: DeskState[Key], turn = ++this.#turn): void {
    if (turn < this.#from[key]) return;
    this.#from[key] = turn;
    this.#set({ [key]: value });
  }

  #set(change: Partial<DeskState>): void {
    this.#state.update((state) => ({ ...state, ...change }));
  }
}
