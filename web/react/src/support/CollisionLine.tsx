// SPDX-License-Identifier: Apache-2.0
import type { ChatState } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';

/** Colleagues who are at the same conversation: two answers to one question help nobody. */
export function CollisionLine({ state, conversationId }: { state: ChatState; conversationId: string }) {
  const t = useMessages().support;
  const names = (list: ChatState['viewing']) => (list.get(conversationId) ?? []).filter(({ user }) => user.role === 'admin').map(({ user }) => user.name);
  const writing = names(state.typing);
  const looking = names(state.viewing).filter((name) => !writing.includes(name));
  return (
    <div role="status">
      {(writing.length > 0 || looking.length > 0) && (
        <p className={`cf-collision ${writing.length > 0 ? 'cf-collision--writing' : ''}`}>
          <Icon name="person" size={16} />
          {writing.length > 0 ? t.alsoWriting(writing) : t.alsoLooking(looking)}
        </p>
      )}
    </div>
  );
}
