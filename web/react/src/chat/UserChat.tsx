// SPDX-License-Identifier: Apache-2.0
import { callIdOf, type ChatState, type UserObject } from '@confab/client';
import { useEffect } from 'react';
import { SlowLine } from '../channels/SlowLine.tsx';
import { useCallCenter, WithCallCenter } from '../calls/CallCenter.tsx';
import { teamOf } from '../calls/team.ts';
import { useMessenger } from '../calls/CallChat.tsx';
import { useMessages, useVideoClient } from '../context.tsx';
import { useChat } from '../hooks/useChat.ts';
import type { Messages } from '../messages/en.ts';
import { Satisfaction } from '../support/Satisfaction.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { ConversationPane } from './ConversationPane.tsx';
import { useDrafts } from './drafts.ts';
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
  useMessenger(store);
  const drafts = useDrafts(me.id);
  const team = teamOf(t, teamName);
  const live = state.conversations.get(me.id)?.call ?? null;
  const online = state.online.size > (state.online.has(me.id) ? 1 : 0);
  const question = state.conversations.get(me.id)?.support.question;
  const waits = state.slow.get(me.id) ?? 0;
  const toast = useToast();
  useAttention(state, onAttention);
  useEffect(() => {
    const { language, timeZone } = { language: navigator.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    const page = location.origin + location.pathname; // what stands behind may be private
    void client.support.seen({ page, title: document.title, language, timeZone }).catch(() => {}); // only a hint for the team
  }, [client]);

  return (
    <div className="cf-chat cf-chat--user">
      <ConnectionBanner />
      <main className="cf-main">
        <ConversationPane
          store={store}
          state={state}
          conversationId={me.id}
          person={team}
          subtitle={availability(state, online, t)}
          online={online}
          call={live}
          empty={<EmptyState icon="chat" title={t.firstMessageUser} hint={t.firstMessageUserHint} />}
          drafts={drafts}
          waitUntil={waits}
          question={
            <>
              {question !== undefined && (
                <Satisfaction key={question} onRate={(rating, comment) => store.rate(me.id, question, rating, comment)} onFailed={() => toast(t.actionFailed, 'problem')} />
              )}
              {(state.slowModeS > 0 || waits > 0) && <SlowLine seconds={state.slowModeS} slowed until={waits} />}
            </>
          }
          onCall={() => center?.open(client.call('default', callIdOf(me.id)), team, { ring: !live })}
          onCheck={() => center?.check(client.call('default', callIdOf(me.id)), team, { ring: !live })}
        />
      </main>
    </div>
  );
}

/** Whether somebody is there, and when somebody will be, or how soon that usually is. */
function availability({ hours, usualReply }: ChatState, online: boolean, t: Messages): string {
  if (online) return t.supportOnline;
  if (hours && !hours.open && hours.opens_at) {
    const opens = Date.parse(hours.opens_at);
    const style = { weekday: 'long', hour: 'numeric', minute: '2-digit' } as const;
    return t.support.opensAt(new Intl.DateTimeFormat(t.locale, style).format(opens));
  }
  return usualReply ? t.support.usually[usualReply] : t.supportAway;
}
