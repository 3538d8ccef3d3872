// SPDX-License-Identifier: Apache-2.0
/** Sign-in and sign-out: the session cookie, which scripts never see. */
import type { ErrorObject, UserObject } from '@confab/client';

export class AuthError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function request<T>(path: string, body?: object): Promise<T> {
  const init: RequestInit = body
    ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    : { method: 'GET' };
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store' });
  } catch {
    throw new AuthError(0, 'unreachable');
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new AuthError(response.status, (answer as Partial<ErrorObject>).message ?? '');
  return answer as T;
}

/** Who is signed in, or null. */
export async function currentUser(): Promise<UserObject | null> {
  return (await request<{ user: UserObject | null }>('/api/auth/session')).user;
}

export async function signIn(userId: string, password: string): Promise<UserObject> {
  return (await request<{ user: UserObject }>('/api/auth/login', { userId, password })).user;
}

/** With the token of a one-time link. */
export async function signInByLink(token: string): Promise<UserObject> {
  return (await request<{ user: UserObject }>('/api/auth/link', { token })).user;
}

export async function signOut(): Promise<void> {
  await request('/api/auth/logout', {});
}

/** Public configuration. */
export async function videoCallConfig(): Promise<{ apiKey: string }> {
  return request('/api/video-call');
}

/** A user token for whoever is signed in. */
export async function userToken(userId: string): Promise<string> {
  return (await request<{ token: string }>('/api/video-call/token', { userId })).token;
}

/** One of the sign-ins of whoever asks. */
export interface SessionInfo {
  created_at: string;
  /** To the hour. */
  seen_at: string;
  /** The one that asks. */
  current: boolean;
  /** What the browser called itself then. */
  browser?: string;
}

export async function sessions(): Promise<readonly SessionInfo[]> {
  return (await request<{ sessions: SessionInfo[] }>('/api/auth/sessions')).sessions;
}

/** Every sign-in but this one ends, with its sockets and calls. */
export async function endOtherSessions(): Promise<void> {
  await request('/api/auth/sessions/end_others', {});
}

/** A one-time sign-in link's token, for another device of whoever is signed in. */
export async function linkForMyself(): Promise<{ token: string; expires_at: string }> {
  return request('/api/auth/links', {});
}

/** Another name for whoever is signed in. */
export async function rename(name: string): Promise<UserObject> {
  return (await request<{ user: UserObject }>('/api/auth/name', { name })).user;
}

/** Ends the other sign-ins, too. AuthError 403: `current` is not the password. */
export async function changePassword(current: string, next: string): Promise<void> {
  await request('/api/auth/password', { password: current, new_password: next });
}
