// SPDX-License-Identifier: Apache-2.0
import { filterConversations, type ChatState, type ConversationFilter } from '@confab/client';
import { useMemo, useState } from 'react';
import { ChannelList, namedChannels } from '../channels/ChannelList.tsx';
import { SectionTabs, type Section } from '../channels/SectionTabs.tsx';
import { useMessages } from '../context.tsx';
import { useNow } from '../hooks/useNow.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ConversationItem } from './ConversationItem.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { moveByArrow } from './moveByArrow.ts';
import { SearchField } from './SearchField.tsx';
import { SearchResults, type Found } from './SearchResults.tsx';
import { BulkBar } from '../support/BulkBar.tsx';
import { usePicking } from '../support/usePicking.ts';
import { ViewTabs } from '../support/ViewTabs.tsx';
import { ListSkeleton } from './Skeletons.tsx';
import { useDrawn } from './useDrawn.ts';

const EVERYWHERE: ConversationFilter = { view: 'all', order: 'latest' };

interface ConversationListProps {
  state: ChatState;
  section: Section;
  onSection: (section: Section) => void;
  onSelect: (id: string) => void;
  /** A message was chosen from the results of a search. */
  onFound: (found: Found) => void;
  onRetry: () => void;
}

export function ConversationList({ state, section, onSection, onSelect, onFound, onRetry }: ConversationListProps) {
  const t = useMessages();
  const now = useNow(60_000);
  const [words, setWords] = useState('');
  const [filter, setFilter] = useState<ConversationFilter>({ view: 'open', order: 'latest' });
  const wanted = words.trim().toLocaleLowerCase();
  // who looks for something looks everywhere
  const { conversations: known, me } = state;
  const all = useMemo(() => filterConversations({ conversations: known, me }, wanted === '' ? filter : EVERYWHERE), [known, me, filter, wanted]);
  const conversations = useMemo(
    () => (wanted === '' ? all : all.filter(({ user }) => `${user.name} ${user.id}`.toLocaleLowerCase().includes(wanted))),
    [all, wanted],
  );
  const ids = useMemo(() => conversations.map(({ id }) => id), [conversations]);
  const picking = usePicking(ids);
  // the one on screen is among them, that the keys go on from it
  const { drawn, end } = useDrawn(`${wanted} ${JSON.stringify(filter)}`, ids.length, state.open === undefined ? 0 : ids.indexOf(state.open) + 2);
  if (state.status === 'error') return <LoadFailed onRetry={onRetry} />;
  if (state.status === 'loading') return <ListSkeleton label={t.loading} />;
  const searching = wanted !== '';
  const customers = section === 'customers' || searching;
  const people = conversations.length > 0 || namedChannels(state, wanted).length > 0;
  return (
    <>
      <SearchField words={words} onChange={setWords} />
      {!searching && <SectionTabs state={state} section={section} onSection={onSection} />}
      {!searching && customers && <ViewTabs state={state} filter={filter} onFilter={setFilter} />}
      {customers && (
        <ul className={`cf-convs ${picking.picked.size > 0 ? 'cf-convs--picking' : ''}`} role="list" aria-label={t.conversations} onKeyDown={moveByArrow}>
          {conversations.slice(0, drawn).map((conversation) => (
            <ConversationItem
              key={conversation.id}
              conversation={conversation}
              me={me}
              unread={state.unread.get(conversation.id) ?? 0}
              online={state.online.has(conversation.id)}
              typing={(state.typing.get(conversation.id)?.length ?? 0) > 0}
              selected={state.open === conversation.id}
              now={now}
              onSelect={onSelect}
              picking={picking}
            />
          ))}
          {drawn < conversations.length && <li ref={end} aria-hidden="true" />}
        </ul>
      )}
      {customers && picking.picked.size > 0 && <BulkBar conversations={conversations.filter(({ id }) => picking.picked.has(id))} all={conversations.length} picking={picking} />}
      {(section === 'colleagues' || searching) && <ChannelList state={state} wanted={wanted} onSelect={onSelect} />}
      {searching && <SearchResults words={wanted} state={state} people={people} onFound={onFound} />}
      {customers && !searching && state.conversations.size === 0 && (
        <EmptyState icon="chat" title={t.noConversations} hint={t.noConversationsHint} />
      )}
      {customers && !searching && state.conversations.size > 0 && all.length === 0 && (
        <EmptyState icon="check" title={t.support.noneHere} hint={t.support.noneHereHint} />
      )}
    </>
  );
}
