// SPDX-License-Identifier: Apache-2.0
import { incomingCall, type UserObject } from '@confab/client';
import { useRef, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useChat } from '../hooks/useChat.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ChatCalls } from './ChatCalls.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { ConversationPane } from './ConversationPane.tsx';
import { useAttention, type Attention } from './useAttention.ts';

export interface UserChatProps {
  /** The connected customer. */
  me: UserObject;
  /** What the team is called. Default: "Support". */
  teamName?: string;
  onAttention?: (attention: Attention) => void;
}

/** The customer's side: one conversation, and the call in it. */
export function UserChat({ me, teamName, onAttention }: UserChatProps) {
  const t = useMessages();
  const { store, state } = useChat(useVideoClient(), me);
  const [inCall, setInCall] = useState(false);
  const drafts = useRef(new Map<string, string>());
  const team = { id: 'team', name: teamName ?? t.supportTeam };
  const incoming = inCall ? undefined : incomingCall(state);
  const online = state.online.size > (state.online.has(me.id) ? 1 : 0);
  useAttention(state, onAttention);

  return (
    <div className="cf-chat cf-chat--user">
      <ConnectionBanner />
      <main className="cf-main">
        <ConversationPane
          store={store}
          state={state}
          conversationId={me.id}
          person={team}
          subtitle={online ? t.supportOnline : t.supportAway}
          online={online}
          call={incoming ? null : (state.conversations.get(me.id)?.call ?? null)}
          empty={<EmptyState icon="chat" title={t.firstMessageUser} hint={t.firstMessageUserHint} />}
          drafts={drafts.current}
          onCall={() => setInCall(true)}
        />
      </main>
      <ChatCalls
        store={store}
        incoming={incoming}
        active={inCall ? me.id : undefined}
        peerOf={() => team}
        onAccept={() => setInCall(true)}
        onClose={() => setInCall(false)}
      />
    </div>
  );
}
