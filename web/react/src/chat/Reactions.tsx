// SPDX-License-Identifier: Apache-2.0
import type { ReactionObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { badge } from '../format.ts';

interface ReactionsProps {
  reactions: readonly ReactionObject[];
  meId: string;
  onToggle: (type: string) => void;
}

/** Each reaction with its number; pressing adds or takes away one's own. */
export function Reactions({ reactions, meId, onToggle }: ReactionsProps) {
  const t = useMessages();
  return (
    <div className="cf-reactions" role="group" aria-label={t.reactions}>
      {reactions.map(({ type, user_ids: users }) => (
        <button
          key={type}
          type="button"
          className="cf-reaction"
          aria-pressed={users.includes(meId)}
          aria-label={t.reactionCount(type, users.length)}
          onClick={() => onToggle(type)}
        >
          <span aria-hidden="true">{type}</span>
          {users.length > 1 && <span aria-hidden="true">{badge(users.length, t)}</span>}
        </button>
      ))}
    </div>
  );
}
