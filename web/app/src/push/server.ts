// SPDX-License-Identifier: Apache-2.0
/** The server's side of this browser's notifications; for pages and for the worker, both with the session cookie. */

export class PushError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const SUBSCRIPTION = '/api/v1/push/subscription';

/** The server's VAPID key (RFC 8292); null: notifications are switched off there. */
export async function serverKey(): Promise<string | null> {
  const answer = (await ask('GET', '/api/v1/push')) as { public_key?: string | null };
  return answer.public_key ?? null;
}

export async function tellServer(subscription: PushSubscription, language: string): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  await ask('POST', SUBSCRIPTION, { endpoint, keys, language });
}

export async function forgetOnServer(): Promise<void> {
  await ask('DELETE', SUBSCRIPTION, {});
}

/** The call's own route, for a ring that is declined without a page. */
export async function declineCall(cid: string): Promise<void> {
  const colon = cid.indexOf(':');
  const [type, id] = [cid.slice(0, colon), cid.slice(colon + 1)].map(encodeURIComponent);
  await ask('POST', `/api/v1/call/${type}/${id}/reject`, {});
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const init = body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(path, { method, cache: 'no-store', ...init });
  if (!response.ok) throw new PushError(response.status, `${method} ${path}: ${response.status}`);
  return response.json();
}
