// SPDX-License-Identifier: Apache-2.0
import { callIdOf, conversationIdOf, isChannel, type UserObject } from '@confab/client';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useCallCenter, WithCallCenter } from '../calls/CallCenter.tsx';
import { useMessenger } from '../calls/CallChat.tsx';
import { ChannelPane } from '../channels/ChannelPane.tsx';
import type { Section } from '../channels/SectionTabs.tsx';
import { useChannelNotices } from '../channels/useChannelNotices.ts';
import { useMessages, useVideoClient } from '../context.tsx';
import { useChat } from '../hooks/useChat.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { isGuestOf } from '../call/useConversation.ts';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { ConversationList } from './ConversationList.tsx';
import type { Found } from './SearchResults.tsx';
import { ConversationPane } from './ConversationPane.tsx';
import { CollisionLine } from '../support/CollisionLine.tsx';
import { CustomerPanel } from '../support/CustomerPanel.tsx';
import { DeskProvider } from '../support/DeskContext.tsx';
import { SupportBar } from '../support/SupportBar.tsx';
import { useListKeys } from '../support/useDeskKeys.ts';
import { useMerged } from '../support/useMerged.ts';
import { useViewing } from '../support/useViewing.ts';
import { useDrafts } from './drafts.ts';
import { useAttention, type Attention } from './useAttention.ts';

export interface AdminChatProps {
  /** The connected admin. */
  me: UserObject;
  /** The conversation on screen, when the page keeps it (in the address, for instance); else it is kept here. */
  conversationId?: string | undefined;
  /** A message of that conversation to go to. */
  messageId?: number | undefined;
  onSelect?: (conversationId: string | undefined) => void;
  /** What stands beside the list as long as no customer has written: what to do first, for instance. */
  welcome?: ReactNode;
  /** What is worth the person's attention changed: for the page's title. */
  onAttention?: (attention: Attention) => void;
}

/** The team's side: every customer's conversation, its own direct and group ones, and the calls in them. */
export function AdminChat(props: AdminChatProps) {
  return (
    <WithCallCenter>
      <Chat {...props} />
    </WithCallCenter>
  );
}

function Chat({ me, conversationId, messageId, welcome, onSelect, onAttention }: AdminChatProps) {
  const t = useMessages();
  const client = useVideoClient();
  const center = useCallCenter();
  const { store, state } = useChat(client, me);
  const [own, setOwn] = useState<string | undefined>();
  const [target, setTarget] = useState<Found | undefined>();
  const [panel, setPanel] = useState(false);
  const drafts = useDrafts(me.id);
  const selected = onSelect ? conversationId : own;
  const select = onSelect ?? setOwn;
  useMessenger(store, select);
  const conversation = selected === undefined ? undefined : state.conversations.get(selected);
  const channel = selected === undefined ? undefined : state.channels.get(selected);
  const opened = conversation ?? channel;
  const [section, setSection] = useState<Section>('customers');
  const accepted = center?.active?.accepted ? conversationIdOf(center.active.call.id) : undefined;
  useAttention(state, onAttention);
  useViewing(client, conversation?.id);
  useListKeys();
  const onOut = useCallback(
    (id: string) => {
      drafts.delete(id);
      if (id === selected) select(undefined);
    },
    [drafts, selected, select],
  );
  useChannelNotices(client, state, onOut);
  useMerged(client, (gone, into) => {
    drafts.move(gone, into);
    if (gone === selected) select(into);
  });

  useEffect(() => {
    if (!opened) store.open(undefined);
  }, [store, opened]);

  const left = useRef<string>(undefined);
  useEffect(() => {
    if (opened || left.current === undefined) return;
    const row = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(left.current)}"] .cf-conv`);
    left.current = undefined;
    row?.focus({ preventScroll: true }); // on a phone the way back was a button that is gone
  }, [opened]);

  useEffect(() => {
    if (selected !== undefined) setSection(isChannel(selected) ? 'colleagues' : 'customers');
  }, [selected]);

  useEffect(() => {
    if (conversationId !== undefined && messageId !== undefined) setTarget({ conversationId, messageId });
  }, [conversationId, messageId]);

  useEffect(() => {
    if (accepted !== undefined && !isGuestOf(store, accepted)) select(accepted); // behind the call lies its conversation
  }, [accepted, select, store]);

  return (
    <DeskProvider client={client} chat={store} state={state}>
    <main className={`cf-chat cf-chat--admin ${opened ? 'cf-chat--open' : ''}`}>
      <ConnectionBanner />
      <nav className="cf-sidebar" aria-labelledby="cf-sidebar-title">
        <h1 className="cf-hidden" id="cf-sidebar-title">
          {t.conversations}
        </h1>
        <ConversationList
          state={state}
          section={section}
          onSection={setSection}
          onSelect={select}
          onFound={(found) => {
            select(found.conversationId);
            setTarget(found);
          }}
          onRetry={() => store.refresh()}
        />
      </nav>
      <div className="cf-main">
        {conversation ? (
          <div className="cf-body">
          <ConversationPane
            key={conversation.id}
            store={store}
            state={state}
            conversationId={conversation.id}
            person={conversation.user}
            subtitle={state.online.has(conversation.id) ? t.online : conversation.user.id}
            online={state.online.has(conversation.id)}
            target={target?.conversationId === conversation.id ? target : undefined}
            call={conversation.call}
            empty={
              <EmptyState icon="chat" title={t.firstMessageTeam(conversation.user.name)} hint={t.firstMessageTeamHint} />
            }
            drafts={drafts}
            bar={
              <>
                <SupportBar conversation={conversation} panel={panel} onPanel={setPanel} />
                <CollisionLine state={state} conversationId={conversation.id} />
              </>
            }
            withSuggestions
            onBack={() => {
              left.current = conversation.id;
              select(undefined);
            }}
            onCall={() =>
              center?.open(client.call('default', callIdOf(conversation.id)), conversation.user, { ring: !conversation.call })
            }
            onCheck={() =>
              center?.check(client.call('default', callIdOf(conversation.id)), conversation.user, { ring: !conversation.call })
            }
          />
          {panel && <CustomerPanel key={`customer ${conversation.id}`} conversation={conversation} onClose={() => setPanel(false)} />}
          </div>
        ) : channel ? (
          <ChannelPane
            key={channel.id}
            store={store}
            state={state}
            channel={channel}
            target={target}
            drafts={drafts}
            onBack={() => select(undefined)}
          />
        ) : welcome && state.status === 'ready' && ![...state.conversations.values()].some((one) => one.last_message) ? (
          welcome
        ) : (
          <EmptyState icon="chat" title={t.selectConversation} hint={t.selectConversationHint} />
        )}
      </div>
    </main>
    </DeskProvider>
  );
}
