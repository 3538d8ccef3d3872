// SPDX-License-Identifier: Apache-2.0
import { filterConversations, type ChatState, type ConversationFilter } from '@confab/client';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { useNow } from '../hooks/useNow.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ConversationItem } from './ConversationItem.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { SearchField } from './SearchField.tsx';
import { SearchResults, type Found } from './SearchResults.tsx';
import { ViewTabs } from '../support/ViewTabs.tsx';
import { ListSkeleton } from './Skeletons.tsx';

const EVERYWHERE: ConversationFilter = { view: 'all', order: 'latest' };

interface ConversationListProps {
  state: ChatState;
  onSelect: (id: string) => void;
  /** A message was chosen from the results of a search. */
  onFound: (found: Found) => void;
  onRetry: () => void;
}

export function ConversationList({ state, onSelect, onFound, onRetry }: ConversationListProps) {
  const t = useMessages();
  const now = useNow(60_000);
  const [words, setWords] = useState('');
  const [filter, setFilter] = useState<ConversationFilter>({ view: 'open', order: 'latest' });
  const wanted = words.trim().toLocaleLowerCase();
  // who looks for something looks everywhere
  const all = useMemo(() => filterConversations(state, wanted === '' ? filter : EVERYWHERE), [state, filter, wanted]);
  const conversations = all.filter(({ user }) => `${user.name} ${user.id}`.toLocaleLowerCase().includes(wanted));
  if (state.status === 'error') return <LoadFailed onRetry={onRetry} />;
  if (state.status === 'loading') return <ListSkeleton label={t.loading} />;
  return (
    <>
      <SearchField words={words} onChange={setWords} />
      {wanted === '' && <ViewTabs state={state} filter={filter} onFilter={setFilter} />}
      <ul className="cf-convs" role="list" aria-label={t.conversations} onKeyDown={moveByArrow}>
        {conversations.map((conversation) => (
          <ConversationItem
            key={conversation.id}
            conversation={conversation}
            me={state.me}
            unread={state.unread.get(conversation.id) ?? 0}
            online={state.online.has(conversation.id)}
            typing={(state.typing.get(conversation.id)?.length ?? 0) > 0}
            selected={state.open === conversation.id}
            now={now}
            onSelect={() => onSelect(conversation.id)}
          />
        ))}
      </ul>
      {wanted !== '' && <SearchResults words={wanted} state={state} onFound={onFound} />}
      {state.conversations.size === 0 ? (
        <EmptyState icon="chat" title={t.noConversations} hint={t.noConversationsHint} />
      ) : (
        wanted === '' && all.length === 0 && <EmptyState icon="check" title={t.support.noneHere} hint={t.support.noneHereHint} />
      )}
    </>
  );
}

/** Arrow keys go from one conversation to the next. */
function moveByArrow(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
