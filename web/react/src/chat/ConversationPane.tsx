// SPDX-License-Identifier: Apache-2.0
import type { CallSessionObject, ChatState, ChatStore, UserObject } from '@confab/client';
import { useEffect, type ReactNode } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { Composer } from './Composer.tsx';
import { ConversationHeader } from './ConversationHeader.tsx';
import { LiveCallBar } from './LiveCallBar.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { MessageList } from './MessageList.tsx';
import { ThreadSkeleton } from './Skeletons.tsx';

interface ConversationPaneProps {
  store: ChatStore;
  state: ChatState;
  conversationId: string;
  /** Whose name stands on top: the other side. */
  person: Pick<UserObject, 'id' | 'name' | 'image'>;
  subtitle: string;
  /** The live call, when it is to be offered here. */
  call: CallSessionObject | null;
  empty: ReactNode;
  drafts: Map<string, string>;
  onBack?: () => void;
  onCall: () => void;
}

/** One conversation: who, what was said, and where to write. Give it the conversation's id as its key. */
export function ConversationPane(props: ConversationPaneProps) {
  const { store, state, conversationId, person, subtitle, call, empty, drafts, onBack, onCall } = props;
  const t = useMessages();
  const client = useVideoClient();
  const thread = state.threads.get(conversationId);

  useEffect(() => store.open(conversationId), [store, conversationId]);

  return (
    <section className="cf-pane" aria-label={t.conversationWith(person.name)}>
      <ConversationHeader
        person={person}
        subtitle={subtitle}
        onBack={onBack}
        onCall={onCall}
        onCallIntent={() => void client.preloadMedia()}
      />
      {call && <LiveCallBar call={call} me={state.me} onJoin={onCall} />}
      {thread?.status === 'ready' ? (
        <MessageList
          thread={thread}
          me={state.me}
          label={t.conversationWith(person.name)}
          empty={empty}
          onLoadMore={() => void store.loadMore(conversationId)}
          onRetry={(key) => store.retry(conversationId, key)}
        />
      ) : thread?.status === 'error' ? (
        <LoadFailed onRetry={() => store.retryThread(conversationId)} />
      ) : (
        <ThreadSkeleton label={t.loading} />
      )}
      <Composer
        placeholder={t.messagePlaceholder(person.name)}
        draft={drafts.get(conversationId) ?? ''}
        onDraft={(text) => drafts.set(conversationId, text)}
        onSend={(text) => store.send(conversationId, text)}
      />
    </section>
  );
}
