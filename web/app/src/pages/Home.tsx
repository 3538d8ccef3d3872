// SPDX-License-Identifier: Apache-2.0
import type { BanNotice, UserObject } from '@confab/client';
import { AdminChat, CallCenter, ConfabProvider, SupportDesk, useOpenReports, UserChat } from '@confab/react';
import { useCallback, useEffect, useState } from 'react';
import { useDressedDocument } from '../Appearance.tsx';
import { deviceLink, takeContinued } from '../continuing.ts';
import { KeyHelp } from '../keyboard/KeyHelp.tsx';
import { useGlobalKeys } from '../keyboard/useGlobalKeys.ts';
import { usePreferences } from '../preferences.ts';
import { installWorker } from '../push/device.ts';
import { WorkerOrders } from '../push/WorkerOrders.tsx';
import { Settings } from '../settings/Settings.tsx';
import { useMessages, useTexts } from '../texts/index.ts';
import { onSignedOutElsewhere, tellOtherTabs } from '../signedOut.ts';
import { forgetUser, useConnectedClient } from '../useConnectedClient.ts';
import { useRoute } from '../useRoute.ts';
import { Loading } from './Loading.tsx';
import { Operator } from './Operator.tsx';
import { ServerWarnings } from './ServerWarnings.tsx';
import { Title } from './Title.tsx';
import { TopBar } from './TopBar.tsx';
import { Unreachable } from './Unreachable.tsx';
import { Welcome } from './Welcome.tsx';

export interface HomeProps {
  user: UserObject;
  onSignOut: () => void;
  onLost: (ban?: BanNotice) => void;
  /** Signed out in another tab. */
  onGone: () => void;
}

/** After sign-in: an admin's conversations, a customer's chat, and the pages beside them. */
export function Home({ user, onSignOut, onLost, onGone }: HomeProps) {
  const texts = useTexts();
  const messages = useMessages();
  const { sounds, notifications, shortcuts } = usePreferences();
  const connection = useConnectedClient(user, onLost);
  const route = useRoute();
  const { page, conversationId, messageId, select, jump } = route;
  const [renamed, setRenamed] = useState<UserObject | undefined>();
  const [unread, setUnread] = useState(0);
  const [help, setHelp] = useState(false);
  const [continued] = useState(takeContinued);
  const last = useLast(page === 'chat', conversationId);
  const signOut = () => {
    tellOtherTabs();
    void forgetUser(connection);
    onSignOut();
  };
  useEffect(
    () =>
      onSignedOutElsewhere(() => {
        void forgetUser(connection);
        onGone();
      }),
    [connection, onGone],
  );
  const openHelp = useCallback(() => setHelp(true), []);
  useDressedDocument();
  useGlobalKeys(shortcuts, openHelp);
  const client = connection.status === 'connected' ? connection.client : undefined;
  // also when it was changed in another tab
  useEffect(() => client?.on('user.updated', (event) => event.user.id === user.id && setRenamed(event.user)), [client, user.id]);
  const reports = useOpenReports(user.role === 'admin' ? client : undefined);
  useEffect(() => {
    if (client) void installWorker();
  }, [client]);
  const me = connection.status === 'connected' ? connection.me : undefined;

  return (
    <div className="app-shell">
      <TopBar user={renamed ?? user} page={page} last={last} unread={unread} reports={reports} onSignOut={signOut} onHelp={openHelp} />
      {connection.status === 'connecting' && <Loading />}
      {connection.status === 'failed' && <Unreachable hint={texts.connectFailedHint} onRetry={connection.retry} />}
      {connection.status === 'connected' && me && (
        <ConfabProvider
          client={connection.client}
          messages={messages}
          sounds={sounds}
          notifications={notifications}
          shortcuts={shortcuts}
          deviceLink={deviceLink}
        >
          <Title me={me} onUnread={setUnread} />
          {me.role === 'admin' && <ServerWarnings />}
          <CallCenter onConversation={select} continued={continued}>
            <WorkerOrders me={me} route={route} />
            {page === 'settings' ? (
              <Settings me={renamed ?? me} onRenamed={setRenamed} onSignOut={signOut} />
            ) : me.role !== 'admin' ? (
              <UserChat me={me} />
            ) : page === 'operator' ? (
              <Operator />
            ) : page === 'team' ? (
              <SupportDesk onJump={jump} />
            ) : (
              <AdminChat
                me={me}
                conversationId={conversationId}
                messageId={messageId}
                welcome={<Welcome />}
                onSelect={select}
              />
            )}
          </CallCenter>
          {help && <KeyHelp team={me.role === 'admin'} onClose={() => setHelp(false)} />}
        </ConfabProvider>
      )}
    </div>
  );
}

/** What the page had last when it was shown. */
function useLast<T>(shown: boolean, value: T): T {
  const [last, setLast] = useState(value);
  if (shown && last !== value) setLast(value);
  return last;
}
