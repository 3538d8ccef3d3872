// SPDX-License-Identifier: Apache-2.0
/** Where a person stands towards a call, and what may come next. A table: nothing else changes the calling state. */

export const CallingState = {
  /** A handle only: nothing is known of the call yet. */
  UNKNOWN: 'unknown',
  /** Known, and not in it. */
  IDLE: 'idle',
  /** A ring is pending, incoming or outgoing. */
  RINGING: 'ringing',
  JOINING: 'joining',
  JOINED: 'joined',
  /** Media was lost; trying to restore it. */
  RECONNECTING: 'reconnecting',
  /** Moving to another media server, as the server asked; the old media stays until the new is up. */
  MIGRATING: 'migrating',
  /** The system says there is no network: waiting for it. */
  OFFLINE: 'offline',
  /** Gave up. `join` tries again. */
  RECONNECTING_FAILED: 'reconnecting-failed',
  LEFT: 'left',
} as const;

export type CallingState = (typeof CallingState)[keyof typeof CallingState];

export type CallingInput =
  | 'known' // a reply or an event told of the call
  | 'ring'
  | 'unring' // the ring is over, and I did not get in
  | 'join'
  | 'joined'
  | 'refused'
  | 'lost'
  | 'no-network'
  | 'retry'
  | 'restored'
  | 'migrate'
  | 'gave-up'
  | 'leave';

const S = CallingState;
const entry = { known: S.IDLE, ring: S.RINGING, join: S.JOINING, leave: S.LEFT } as const;
const lost = { restored: S.JOINED, joined: S.JOINED, retry: S.RECONNECTING, 'no-network': S.OFFLINE, 'gave-up': S.RECONNECTING_FAILED, leave: S.LEFT } as const;

/** What is not here changes nothing. So LEFT is left only by `join` and by a new ring: no late answer brings a call back. */
const TABLE: Record<CallingState, Partial<Record<CallingInput, CallingState>>> = {
  [S.UNKNOWN]: entry,
  [S.IDLE]: { ...entry, known: S.IDLE },
  [S.RINGING]: { join: S.JOINING, unring: S.LEFT, leave: S.LEFT },
  [S.JOINING]: { joined: S.JOINED, refused: S.IDLE, leave: S.LEFT },
  [S.JOINED]: { lost: S.RECONNECTING, 'no-network': S.OFFLINE, migrate: S.MIGRATING, leave: S.LEFT },
  [S.RECONNECTING]: lost,
  [S.OFFLINE]: lost,
  [S.MIGRATING]: { restored: S.JOINED, joined: S.JOINED, lost: S.RECONNECTING, retry: S.RECONNECTING, 'no-network': S.OFFLINE, leave: S.LEFT },
  [S.RECONNECTING_FAILED]: { join: S.JOINING, leave: S.LEFT },
  [S.LEFT]: { join: S.JOINING, ring: S.RINGING },
};

export function nextCallingState(state: CallingState, input: CallingInput): CallingState {
  return TABLE[state][input] ?? state;
}
