// SPDX-License-Identifier: Apache-2.0
/** Questions about a ring, answered from the server's picture of it: timers run there, never here. */
import type { RingLegObject, RingObject } from '../contract.ts';

export type RingSide = 'incoming' | 'outgoing' | undefined;

export function legOf(ring: RingObject, userId: string | undefined): RingLegObject | undefined {
  return ring.legs.find((leg) => leg.user_id === userId);
}

/** Whether it rings for this user right now, and from which side. */
export function ringSide(ring: RingObject | null, me: string | undefined): RingSide {
  if (!ring || ring.state === 'ended' || me === undefined) return undefined;
  if (ring.caller.id === me) return ring.state === 'ringing' ? 'outgoing' : undefined;
  // in a group, the others' devices ring on after the first answer
  return legOf(ring, me)?.state === 'ringing' ? 'incoming' : undefined;
}

/** Somebody picked up, also while others still ring. */
export function wasAccepted(ring: RingObject): boolean {
  return ring.state === 'accepted' || ring.outcome === 'accepted' || ring.legs.some((leg) => leg.state === 'accepted');
}
