// SPDX-License-Identifier: Apache-2.0
import { VideoClient, banNotice, browserOutbox, type BanNotice, type ConfabError, type UserObject } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';
import * as auth from './auth.ts';

const RETRY_MS = 5000;

export type Connection =
  | { status: 'connecting' }
  | { status: 'failed'; retry: () => void }
  | { status: 'connected'; client: VideoClient; me: UserObject };

/** Create the client, connect the user: once per signed-in person. Tries again by itself; `onLost` when signed out, or banned. */
export function useConnectedClient(user: UserObject, onLost: (ban?: BanNotice) => void): Connection {
  const [connection, setConnection] = useState<Connection>({ status: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((n) => n + 1), []);

  useEffect(() => {
    let alive = true;
    let client: VideoClient | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      const { apiKey } = await auth.videoCallConfig();
      if (!alive) return;
      const tokenProvider = () => auth.userToken(user.id);
      client = new VideoClient({ apiKey, user, tokenProvider });
      client.on('connection.changed', ({ error }) => error && alive && onLost(banNotice(error)));
      const me = await client.connectUser();
      void client.outbox.forget((userId) => userId !== me.id); // who signed in here before is gone
      if (alive) setConnection({ status: 'connected', client, me });
    };
    run().catch((error: unknown) => {
      if (!alive) return;
      const ban = banNotice(error) ?? banNotice((error as Partial<ConfabError>).cause);
      if (ban || isSignedOut(error)) return onLost(ban);
      setConnection({ status: 'failed', retry });
      timer = setTimeout(retry, Math.max(RETRY_MS, ((error as Partial<ConfabError>).retryAfter ?? 0) * 1000));
    });
    return () => {
      alive = false;
      clearTimeout(timer);
      void client?.disconnectUser({ keepUnsent: true }); // a page that goes is no sign-out
    };
  }, [user, attempt, retry, onLost]);

  return connection;
}

/** Signs out: nothing that was written stays for whoever sits here next. */
export async function forgetUser(connection: Connection): Promise<void> {
  if (connection.status === 'connected') await connection.client.disconnectUser();
  await browserOutbox(location.origin)?.clear(() => true).catch(() => {}); // no storage: nothing was kept
}

function isSignedOut(error: unknown): boolean {
  if (error instanceof auth.AuthError) return error.status === 401;
  const { statusCode, cause } = error as Partial<ConfabError>;
  return statusCode === 401 || (cause instanceof auth.AuthError && cause.status === 401);
}
