// SPDX-License-Identifier: Apache-2.0
import { EmptyState, errorText, Spinner, useVideoClient } from '@confab/react';
import { useState } from 'react';
import { History } from '../operator/History.tsx';
import { LiveCall } from '../operator/LiveCall.tsx';
import { Problems } from '../operator/Problems.tsx';
import { Server } from '../operator/Server.tsx';
import { useOperator } from '../operator/useOperator.ts';
import { Webhooks } from '../operator/Webhooks.tsx';
import { useMessages, useTexts } from '../texts/index.ts';

/** For the team: the calls that go on and how well they do, those of the past, and what went wrong in the server. */
export function Operator() {
  const texts = useTexts();
  const messages = useMessages();
  const client = useVideoClient();
  const [conversation, setConversation] = useState<string>();
  const { calls, hidden, history, problems, server, names, error } = useOperator(client, conversation);
  return (
    <main className="op-page" tabIndex={0}>
      <h1>{texts.navCalls}</h1>
      {error && (
        <p className="op-error" role="alert">
          {errorText(error, messages)}
        </p>
      )}
      <section aria-labelledby="op-live">
        <h2 id="op-live">
          {texts.opLive} {calls && <span className="op-count">{calls.length + hidden}</span>}
        </h2>
        {!calls && !error && <Spinner label={texts.loading} />}
        {calls?.length === 0 && hidden === 0 && <EmptyState icon="camera" title={texts.opNoCalls} hint={texts.opNoCallsHint} />}
        {calls?.map((call) => <LiveCall key={call.session_id} call={call} names={names} />)}
        <p className="op-soft">
          {texts.opPrivate} {hidden > 0 && texts.opPrivateNow(new Intl.NumberFormat(messages.locale).format(hidden))}
        </p>
      </section>
      <section aria-labelledby="op-past">
        <h2 id="op-past">
          {conversation ? texts.opPastOf(names.get(conversation) ?? conversation) : texts.opPast}{' '}
          {conversation && (
            <button type="button" className="cf-link" onClick={() => setConversation(undefined)}>
              {texts.opAll}
            </button>
          )}
        </h2>
        {history?.length === 0 && <p className="op-soft">{texts.opNoPast}</p>}
        {history && history.length > 0 && <History cards={history} names={names} onConversation={setConversation} />}
      </section>
      {server && (
        <section aria-labelledby="op-server">
          <h2 id="op-server">{texts.opServer}</h2>
          <Server server={server} />
        </section>
      )}
      <Webhooks />
      <section aria-labelledby="op-problems">
        <h2 id="op-problems">{texts.opProblems}</h2>
        {problems?.length === 0 && <p className="op-soft">{texts.opNoProblems}</p>}
        {problems && problems.length > 0 && <Problems problems={problems} />}
      </section>
    </main>
  );
}
