// SPDX-License-Identifier: Apache-2.0
/** A link that signs one in on another device, and the call that it leads into. */
import { ConfabError, conversationIdOf } from '@confab/client';
import type { MakeDeviceLink } from '@confab/react';
import * as auth from './auth.ts';
import { decoded } from './decoded.ts';
import { addressOf } from './useRoute.ts';

const CONTINUE = /^#\/continue\/([^/]+)$/;

export const linkOf = (origin: string, token: string, cid?: string): string =>
  `${origin}/signin#${token}${cid === undefined ? '' : `/continue/${encodeURIComponent(cid)}`}`;

/** The call that an address asks for. */
export const continuedIn = (hash: string): string | undefined => decoded(CONTINUE.exec(hash)?.[1]);

/** A link for whoever is signed in. Rejects with ConfabError. */
export const deviceLink: MakeDeviceLink = async (cid) => {
  try {
    const { token, expires_at } = await auth.linkForMyself();
    return { url: linkOf(location.origin, token, cid), lifeMs: Math.max(0, Date.parse(expires_at) - Date.now()) };
  } catch (error) {
    if (!(error instanceof auth.AuthError)) throw error;
    throw new ConfabError(error.message, { statusCode: error.status, cause: error });
  }
};

/** Read once: the page that is loaded anew does not begin the call again. The conversation stays in the address. */
function take(): string | undefined {
  const cid = continuedIn(location.hash);
  if (cid !== undefined) history.replaceState(null, '', `/${addressOf(conversationIdOf(cid.slice(cid.indexOf(':') + 1)))}`);
  return cid;
}

let continued = typeof location === 'undefined' ? undefined : take();

/** The call that this device goes on with; once, for whoever signs in first. */
export function takeContinued(): string | undefined {
  const cid = continued;
  continued = undefined;
  return cid;
}
