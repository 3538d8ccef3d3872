// SPDX-License-Identifier: Apache-2.0
import type { Call, Participant } from '@confab/client';
import { useEffect } from 'react';
import { useMessages } from '../context.tsx';

const SHOWN_MS = 5000;
/** Reaction types with a picture; others are shown by their name. */
const PICTURES: Record<string, string> = { like: '👍', heart: '❤️', laugh: '😂', clap: '👏', 'raise-hand': '✋' };
export const REACTIONS = Object.keys(PICTURES);

export const pictureOf = (type: string): string => PICTURES[type] ?? type;

/** The last reaction of somebody, for five seconds. */
export function ReactionBadge({ call, participant }: { call: Call | undefined; participant: Participant }) {
  const t = useMessages();
  const { reaction, sessionId, name } = participant;
  useEffect(() => {
    if (!reaction || !call) return;
    const timer = setTimeout(() => call.resetReaction(sessionId), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [call, reaction, sessionId]);
  if (!reaction) return null;
  return (
    <span className="cf-tile__reaction" role="img" aria-label={t.reactionOf(name, reaction.type)}>
      {pictureOf(reaction.type)}
    </span>
  );
}
