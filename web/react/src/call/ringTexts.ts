// SPDX-License-Identifier: Apache-2.0
import { ringSide, type RingObject } from '@confab/client';
import type { Messages } from '../messages/en.ts';

export interface RingView {
  /** It rings at the other end right now. */
  ringing: boolean;
  /** How it ended, in words; undefined while it rings, after an answer, and for others' rings. */
  result: string | undefined;
}

/** What the caller is told of a ring of theirs. `there`: whether one of those who were rung has a page open; undefined: not known. */
export function ringView(ring: RingObject | null, me: string | undefined, peer: string, t: Messages, there?: boolean): RingView {
  if (!ring || ring.caller.id !== me) return { ringing: false, result: undefined };
  if (ringSide(ring, me) === 'outgoing') return { ringing: true, result: undefined };
  const results = { declined: t.declinedBy(peer), missed: there === false ? t.call.unreachable(peer) : t.noAnswer(peer), busy: t.isBusy(peer), cancelled: undefined, accepted: undefined };
  return { ringing: false, result: ring.outcome ? results[ring.outcome] : undefined };
}
