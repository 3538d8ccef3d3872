// SPDX-License-Identifier: Apache-2.0
/** Whether somebody is signed in, and how that changes. */
import { banNotice, type BanNotice, type UserObject } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';
import { forgetDrafts } from '@confab/react/ui';
import * as auth from './auth.ts';
import { decoded } from './decoded.ts';
import type { Desk } from './desk.tsx';
import { loadHome, remember, wasSignedIn } from './home.ts';
import { finishSignOut, signOut as leave } from './leaving.ts';
import { forgetDevice } from './push/device.ts';

/** The text that says why somebody is signed out. */
export type Notice = 'linkFailed' | 'signedOutByServer' | 'signedOutElsewhere' | BanNotice | undefined;

export type Session =
  | { status: 'loading' }
  /** `page`: what is missing is a part of this program; only loading it anew helps. */
  | { status: 'unreachable'; page: boolean }
  | { status: 'signedOut'; notice: Notice }
  | { status: 'signedIn'; user: UserObject; desk: Desk };

export interface SessionControls {
  session: Session;
  /** Rejects with AuthError. */
  signIn(userId: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** The server ended the session, or the account is banned. */
  lost(ban?: BanNotice): void;
  /** They signed out in another tab, which has told the server. */
  gone(): void;
  reload(): void;
}

/** The token of a one-time link, from /signin#token, or /signin#token/place for where to go then; it is taken out of the address at once. */
function takeLinkToken(): string | undefined {
  if (location.pathname !== '/signin') return undefined;
  const [token = '', ...place] = location.hash.slice(1).split('/');
  history.replaceState(null, '', place.length > 0 ? `/#/${place.join('/')}` : '/');
  return token === '' ? undefined : (decoded(token) ?? token); // no token then, either: the server says so
}

// read once, when the page is loaded: a link works once
let linkToken = takeLinkToken();
if (linkToken !== undefined || wasSignedIn()) void loadHome().catch(() => {}); // beside the question who it is

async function enter(user: UserObject): Promise<Session> {
  remember(true);
  try {
    return { status: 'signedIn', user, desk: await loadHome() };
  } catch {
    return { status: 'unreachable', page: true };
  }
}

async function start(): Promise<Session> {
  const token = linkToken;
  linkToken = undefined;
  if (token !== undefined) {
    try {
      await finishSignOut();
      return await enter(await auth.signInByLink(token));
    } catch (error) {
      if (error instanceof auth.AuthError && error.status === 0) linkToken = token;
      else return { status: 'signedOut', notice: banNotice(error) ?? 'linkFailed' };
    }
  }
  try {
    await finishSignOut();
    const user = await auth.currentUser();
    if (user) return await enter(user);
    remember(false);
    return { status: 'signedOut', notice: undefined };
  } catch {
    return { status: 'unreachable', page: false };
  }
}

/** While the server cannot be reached it is asked again, at once when the network is back. */
const RETRY_MS = 5000;

let starting: Promise<Session> | undefined;

export function useSession(): SessionControls {
  const [session, setSession] = useState<Session>({ status: 'loading' });
  const out = session.status === 'signedOut';
  const away = session.status === 'unreachable' && !session.page;

  useEffect(() => {
    if (out) void forgetDevice(); // however it ended: signed out elsewhere, or long ago
  }, [out]);

  useEffect(() => {
    if (!away) return;
    let alive = true;
    const again = () => void start().then((next) => alive && next.status !== 'unreachable' && setSession(next));
    const timer = setInterval(again, RETRY_MS);
    window.addEventListener('online', again);
    return () => {
      alive = false;
      clearInterval(timer);
      window.removeEventListener('online', again);
    };
  }, [away]);

  const reload = useCallback(() => {
    setSession({ status: 'loading' });
    starting = start();
    void starting.then(setSession);
  }, []);

  useEffect(() => {
    starting ??= start();
    void starting.then(setSession);
  }, []);

  const signIn = useCallback(async (userId: string, password: string) => {
    await finishSignOut();
    setSession(await enter(await auth.signIn(userId, password)));
  }, []);
  const end = useCallback((notice: Notice) => {
    remember(false);
    forgetDrafts();
    history.replaceState(null, '', '/');
    setSession({ status: 'signedOut', notice });
  }, []);
  const signOut = useCallback(async () => {
    await forgetDevice();
    await leave(); // takes the subscription from the server, too
    end(undefined);
  }, [end]);
  const gone = useCallback(() => end('signedOutElsewhere'), [end]);
  const lost = useCallback((ban?: BanNotice) => setSession({ status: 'signedOut', notice: ban ?? 'signedOutByServer' }), []);

  return { session, signIn, signOut, lost, gone, reload };
}
