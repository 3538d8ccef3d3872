// SPDX-License-Identifier: Apache-2.0
import type { Participant } from '@confab/client';
import { useRef } from 'react';

/** Who is shown large: whoever speaks, and the last one who did; oneself never. Undefined while nobody else is there. */
export function featuredOf(others: readonly Participant[], last: string | undefined): Participant | undefined {
  const held = others.find((participant) => participant.sessionId === last);
  if (held?.isSpeaking && !held.isMuted) return held; // nobody is interrupted by a cough
  return others.find((participant) => participant.isSpeaking && !participant.isMuted) ?? held ?? others[0];
}

export function useFeatured(others: readonly Participant[]): Participant | undefined {
  const last = useRef<string | undefined>(undefined);
  const featured = featuredOf(others, last.current);
  last.current = featured?.sessionId;
  return featured;
}
