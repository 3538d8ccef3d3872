// SPDX-License-Identifier: Apache-2.0
/** Who is in a call: replies name everybody, events only the first of many, and who came or went. Pure. */
import type { CallSessionObject, ServerEvents } from '../contract.ts';

type SessionEvent = ServerEvents['call.session_started' | 'call.session_participant_joined' | 'call.session_participant_left'];

export function nextSession(known: CallSessionObject | null | undefined, event: SessionEvent): CallSessionObject | null {
  const { state } = event;
  if (!state || isWhole(state) || known?.session_id !== state.session_id) return state;
  if (event.type === 'call.session_started') return { ...state, participants: known.participants };
  const others = known.participants.filter(({ id }) => id !== event.user.id);
  return { ...state, participants: event.type === 'call.session_participant_joined' ? [...others, event.user] : others };
}

/** False: of some only the number is known. */
export const isWhole = (session: CallSessionObject): boolean => session.participants.length === session.participant_count;
