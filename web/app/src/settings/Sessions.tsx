// SPDX-License-Identifier: Apache-2.0
import { browserOf, DeviceLinkDialog, EmptyState, Icon, Spinner, useToast } from '@confab/react';
import { useCallback, useEffect, useState } from 'react';
import * as auth from '../auth.ts';
import { useMessages, useTexts } from '../texts/index.ts';

/** Where one is signed in, and the ways out. */
export function Sessions({ onSignOut }: { onSignOut: () => void }) {
  const texts = useTexts();
  const messages = useMessages();
  const toast = useToast();
  const [sessions, setSessions] = useState<readonly auth.SessionInfo[] | 'failed' | undefined>();
  const [linking, setLinking] = useState(false);
  const load = useCallback(() => void auth.sessions().then(setSessions, () => setSessions('failed')), []);
  useEffect(load, [load]);
  const time = new Intl.DateTimeFormat(messages.locale, { dateStyle: 'medium', timeStyle: 'short' });
  const others = Array.isArray(sessions) ? sessions.filter((session) => !session.current).length : 0;

  const end = () =>
    auth.endOtherSessions().then(
      () => {
        toast(texts.othersSignedOut);
        load();
      },
      () => toast(texts.serverUnreachable, 'problem'),
    );
  return (
    <section aria-labelledby="set-sessions">
      <h2 id="set-sessions">{texts.setSessions}</h2>
      {sessions === undefined && <Spinner label={texts.loading} />}
      {sessions === 'failed' && <EmptyState icon="alert" title={texts.serverUnreachable} />}
      {Array.isArray(sessions) && (
        <ul className="set-list" role="list">
          {sessions.map((session: auth.SessionInfo) => (
            <li key={`${session.created_at} ${session.seen_at}`}>
              {session.browser !== undefined && (
                <strong>
                  <bdi>{browserOf(session.browser)}</bdi>
                </strong>
              )}
              <span>{texts.signedInSince(time.format(Date.parse(session.created_at)))}</span>
              <span>{session.current ? texts.thisSession : texts.lastSeen(time.format(Date.parse(session.seen_at)))}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="set-buttons">
        <button type="button" className="cf-button cf-button--quiet" onClick={() => setLinking(true)}>
          <Icon name="phone" size={18} /> {messages.handover.titleSignIn}
        </button>
        <button type="button" className="cf-button cf-button--quiet" disabled={others === 0} onClick={() => void end()}>
          {texts.signOutOthers}
        </button>
        <button type="button" className="cf-button cf-button--quiet" onClick={onSignOut}>
          {texts.signOut}
        </button>
      </div>
      {linking && (
        <DeviceLinkDialog
          onClose={() => {
            setLinking(false);
            load(); // it may be in the list by now
          }}
        />
      )}
    </section>
  );
}
