// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { AdminChat, CallCenter, ConfabProvider, UserChat, type Attention } from '@confab/react';
import { useCallback, useEffect } from 'react';
import { useWords } from '../texts/index.ts';
import { usePreferences } from '../preferences.ts';
import { useConnectedClient } from '../useConnectedClient.ts';
import { useRoute } from '../useRoute.ts';
import { Loading } from './Loading.tsx';
import { Operator } from './Operator.tsx';
import { TopBar } from './TopBar.tsx';
import { Unreachable } from './Unreachable.tsx';

interface HomeProps {
  user: UserObject;
  onSignOut: () => void;
  onLost: () => void;
}

/** After sign-in: an admin's conversations, a customer's chat. */
export function Home({ user, onSignOut, onLost }: HomeProps) {
  const { texts, messages } = useWords();
  const { sounds } = usePreferences();
  const connection = useConnectedClient(user, onLost);
  const { page, conversationId, select } = useRoute();
  const onAttention = useCallback(({ unread, caller }: Attention) => {
    document.title = caller ? texts.titleCalling(caller) : unread > 0 ? texts.titleUnread(new Intl.NumberFormat(messages.locale).format(unread)) : texts.product;
  }, [texts, messages]);
  useEffect(
    () => () => {
      document.title = texts.product;
    },
    [texts],
  );

  return (
    <div className="app-shell">
      <TopBar user={user} page={page} onSignOut={onSignOut} />
      {connection.status === 'connecting' && <Loading />}
      {connection.status === 'failed' && <Unreachable hint={texts.connectFailedHint} onRetry={connection.retry} />}
      {connection.status === 'connected' && (
        <ConfabProvider client={connection.client} messages={messages} sounds={sounds}>
          <CallCenter>
          {connection.me.role === 'admin' && page === 'operator' ? (
            <Operator />
          ) : connection.me.role === 'admin' ? (
            <AdminChat me={connection.me} conversationId={conversationId} onSelect={select} onAttention={onAttention} />
          ) : (
            <UserChat me={connection.me} onAttention={onAttention} />
          )}
          </CallCenter>
        </ConfabProvider>
      )}
    </div>
  );
}
