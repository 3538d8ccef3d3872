// SPDX-License-Identifier: Apache-2.0
import { callIdOf, type UserObject } from '@confab/client';
import { useRef } from 'react';
import { useCallCenter, WithCallCenter } from '../calls/CallCenter.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import { useChat } from '../hooks/useChat.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
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
export function UserChat(props: UserChatProps) {
  return (
    <WithCallCenter>
      <Chat {...props} />
    </WithCallCenter>
  );
}

function Chat({ me, teamName, onAttention }: UserChatProps) {
  const t = useMessages();
  const client = useVideoClient();
  const center = useCallCenter();
  const { store, state } = useChat(client, me);
  const drafts = useRef(new Map<string, string>());
  const team = { id: 'team', name: teamName ?? t.supportTeam };
  const live = state.conversations.get(me.id)?.call ?? null;
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
          call={live}
          empty={<EmptyState icon="chat" title={t.firstMessageUser} hint={t.firstMessageUserHint} />}
          drafts={drafts.current}
          onCall={() => center?.open(client.call('default', callIdOf(me.id)), team, { ring: !live })}
          onCheck={() => center?.check(client.call('default', callIdOf(me.id)), team, { ring: !live })}
        />
      </main>
    </div>
  );
}
