// SPDX-License-Identifier: Apache-2.0
/** What a call knows, observable. */
import type { CallSessionObject } from './contract.ts';
import type { Participant } from './media/session.ts';
import { Store, type Observable } from './store.ts';

export const CallingState = {
  /** Known, and not in it. */
  IDLE: 'idle',
  JOINING: 'joining',
  JOINED: 'joined',
  /** Media was lost; trying to restore it. */
  RECONNECTING: 'reconnecting',
  /** The system says there is no network: waiting for it. */
  OFFLINE: 'offline',
  /** Gave up. `join` tries again. */
  RECONNECTING_FAILED: 'reconnecting-failed',
  LEFT: 'left',
} as const;

export type CallingState = (typeof CallingState)[keyof typeof CallingState];

/** @internal The writable side; `CallState` is what applications see. */
export class CallStores {
  readonly callingState = new Store<CallingState>(CallingState.IDLE);
  readonly participants = new Store<readonly Participant[]>([]);
  readonly session = new Store<CallSessionObject | null>(null);
  readonly ownCapabilities = new Store<readonly string[]>([]);
  /** When this client joined, in milliseconds of Date.now(). */
  readonly joinedAt = new Store<number | undefined>(undefined);
}

/** Every value as a getter, and as an observable with a $ after its name. */
export class CallState {
  readonly callingState$: Observable<CallingState>;
  /** Everybody whose media is connected, oneself first. Empty unless joined. */
  readonly participants$: Observable<readonly Participant[]>;
  /** What the server last said about who is in the call. */
  readonly session$: Observable<CallSessionObject | null>;
  readonly ownCapabilities$: Observable<readonly string[]>;
  readonly joinedAt$: Observable<number | undefined>;

  constructor(stores: CallStores) {
    this.callingState$ = stores.callingState;
    this.participants$ = stores.participants;
    this.session$ = stores.session;
    this.ownCapabilities$ = stores.ownCapabilities;
    this.joinedAt$ = stores.joinedAt;
  }

  get callingState(): CallingState {
    return this.callingState$.get();
  }
  get participants(): readonly Participant[] {
    return this.participants$.get();
  }
  get localParticipant(): Participant | undefined {
    return this.participants.find((participant) => participant.isLocal);
  }
  get remoteParticipants(): readonly Participant[] {
    return this.participants.filter((participant) => !participant.isLocal);
  }
  get session(): CallSessionObject | null {
    return this.session$.get();
  }
  get ownCapabilities(): readonly string[] {
    return this.ownCapabilities$.get();
  }
  get joinedAt(): number | undefined {
    return this.joinedAt$.get();
  }
}
