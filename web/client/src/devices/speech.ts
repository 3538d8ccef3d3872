// SPDX-License-Identifier: Apache-2.0
/** From loudness to "somebody speaks": half a second of it, and a second and a half of silence, so that it does not flicker. */

export interface Speech {
  readonly speaking: boolean;
  /** How many looks in a row said otherwise. */
  readonly against: number;
}

export const silence: Speech = { speaking: false, against: 0 };

/** Quieter than this is the room. */
const THRESHOLD = 0.02;
const LOUD_LOOKS = 5;
const QUIET_LOOKS = 15;

/** One look every 100 ms. */
export function hear(speech: Speech, level: number): Speech {
  const loud = level >= THRESHOLD;
  if (loud === speech.speaking) return speech.against === 0 ? speech : { ...speech, against: 0 };
  const against = speech.against + 1;
  if (against < (loud ? LOUD_LOOKS : QUIET_LOOKS)) return { ...speech, against };
  return { speaking: loud, against: 0 };
}
