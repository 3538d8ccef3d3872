// SPDX-License-Identifier: Apache-2.0
/** Who connects: somebody with an account, a guest without one, or a viewer without a name. */
import type { UserObject } from './contract.ts';
import { ConfabError, ErrorCode, toConfabError } from './errors.ts';
import type { Rest } from './rest.ts';
import { readUserId, type TokenOrProvider } from './token.ts';
import { sanitizeUserId } from './userid.ts';

/** An account. The id is sanitised: lower case, only a-z 0-9 @ _ -. */
export interface RegularUser {
  type?: 'regular' | 'authenticated';
  id: string;
  name?: string | null | undefined;
  image?: string | null | undefined;
}

/** Needs no token: the server makes a temporary account. The id that `connectUser` resolves with is the one to use. */
export interface GuestUser {
  type: 'guest';
  id?: string | undefined;
  name: string;
  image?: string | null | undefined;
}

/** A viewer: needs a token for `!anon` that lists the calls; hears no events. */
export interface AnonymousUser {
  type: 'anonymous';
  id?: '!anon';
}

export type User = RegularUser | GuestUser | AnonymousUser;

export const ANONYMOUS_ID = '!anon';

/** By which `connectUser` tells the same user from another one. Throws ConfabError (code 4) for an impossible id. */
export function userKey(user: User): string {
  if (user.type === 'anonymous') return ANONYMOUS_ID;
  if (user.type === 'guest') return `guest ${user.id === undefined ? user.name : sanitizeUserId(user.id)}`;
  return sanitizeUserId(user.id);
}

/** Makes the guest's account. Rejects with ConfabError: guests may be switched off, or the name be refused. */
export async function makeGuest(rest: Rest, user: GuestUser): Promise<{ id: string; token: TokenOrProvider }> {
  const body = {
    name: user.name,
    ...(user.id === undefined ? {} : { id: user.id }),
    ...(user.image ? { image: user.image } : {}),
  };
  try {
    const made = await rest.postWithoutToken<{ user: UserObject; token: string }>('/api/v1/guest', { user: body });
    const id = readUserId(made.token);
    if (id === undefined) throw new ConfabError("The guest's token has no user_id.", { code: ErrorCode.authFailed });
    return { id, token: made.token };
  } catch (error) {
    throw toConfabError(error, 'The guest could not be made');
  }
}
