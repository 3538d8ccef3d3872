// SPDX-License-Identifier: Apache-2.0
import type { CallCardObject, OperatorCallObject, OperatorProblemObject, OperatorServerObject, VideoClient } from '@confab/client';
import { useEffect, useState } from 'react';

const EVERY_MS = 2000;
const SERVER_EVERY_MS = 30_000;

export interface OperatorView {
  calls: readonly OperatorCallObject[] | undefined;
  /** Calls of channels that one is no member of. */
  hidden: number;
  history: readonly CallCardObject[] | undefined;
  problems: readonly OperatorProblemObject[] | undefined;
  server: OperatorServerObject | undefined;
  /** What to call a conversation, by its id; those that are gone are missing. */
  names: ReadonlyMap<string, string>;
  error: Error | undefined;
}

/** Live calls every two seconds while the page is looked at, the machine every half minute; the past and the problems when a call begins or ends. */
export function useOperator(client: VideoClient, conversation: string | undefined): OperatorView {
  const [calls, setCalls] = useState<readonly OperatorCallObject[]>();
  const [hidden, setHidden] = useState(0);
  const [history, setHistory] = useState<readonly CallCardObject[]>();
  const [problems, setProblems] = useState<readonly OperatorProblemObject[]>();
  const [server, setServer] = useState<OperatorServerObject>();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const [error, setError] = useState<Error>();
  const running = calls?.map((call) => call.session_id).join();

  useEffect(() => {
    let alive = true;
    const look = () => {
      if (document.hidden) return;
      client.operator.live().then((live) => {
        if (!alive) return;
        setCalls(live.calls);
        setHidden(live.private.calls);
        setError(undefined);
      }, (reason: Error) => alive && setError(reason));
    };
    const lookAtServer = () => {
      if (!document.hidden) client.operator.server().then((now) => alive && setServer(now), () => {}); // the calls' request says what is wrong
    };
    look();
    lookAtServer();
    const timers = [setInterval(look, EVERY_MS), setInterval(lookAtServer, SERVER_EVERY_MS)];
    return () => {
      alive = false;
      timers.forEach(clearInterval);
    };
  }, [client]);

  useEffect(() => {
    let alive = true;
    client.operator
      .history(conversation ? { conversation } : {})
      .then((cards) => alive && setHistory(cards), (reason: Error) => alive && setError(reason));
    return () => {
      alive = false;
    };
  }, [client, conversation, running]);

  useEffect(() => {
    let alive = true;
    client.operator.problems().then((list) => alive && setProblems(list), (reason: Error) => alive && setError(reason));
    return () => {
      alive = false;
    };
  }, [client, running]);

  useEffect(() => {
    let alive = true;
    Promise.all([client.chat.conversations(), client.chat.channels()]).then(
      ([{ conversations }, { channels }]) => {
        const groups = channels.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const]));
        if (alive) setNames(new Map([...conversations.map(({ id, user }) => [id, user.name] as const), ...groups]));
      },
      () => {}, // the ids say it, too
    );
    return () => {
      alive = false;
    };
  }, [client, running]);

  return { calls, hidden, history, problems, server, names, error };
}
