// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { AdminChat, CallCenter, ConfabProvider, UserChat, type Attention } from '@confab/react';
import { useCallback, useEffect } from 'react';
import { texts } from '../texts.ts';
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
  const connection = useConnectedClient(user, onLost);
  const { page, conversationId, select } = useRoute();
  const onAttention = useCallback(({ unread, caller }: Attention) => {
    document.title = caller ? texts.titleCalling(caller) : unread > 0 ? texts.titleUnread(unread) : texts.product;
  }, []);
  useEffect(
    () => () => {
      document.title = texts.product;
    },
    [],
  );

  return (
    <div className="app-shell">
      <TopBar user={user} page={page} onSignOut={onSignOut} />
      {connection.status === 'connecting' && <Loading />}
      {connection.status === 'failed' && <Unreachable hint={texts.connectFailedHint} onRetry={connection.retry} />}
      {connection.status === 'connected' && (
        <ConfabProvider client={connection.client}>
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
