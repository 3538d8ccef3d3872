// SPDX-License-Identifier: Apache-2.0
/**
 * Signing out while the server cannot be reached: scripts cannot take the cookie away, so whoever loads the page next would
 * be signed in. It is remembered, and done before anything else once the server is there.
 */
import * as auth from './auth.ts';

const KEY = 'confab.signOut';

/** Never rejects. */
export async function signOut(): Promise<void> {
  try {
    await auth.signOut();
    owe(false);
  } catch (error) {
    owe(isAway(error));
  }
}

/** Before the server is asked who is signed in, or somebody else signs in. Rejects with AuthError while it cannot be reached and somebody still is to be signed out. */
export async function finishSignOut(): Promise<void> {
  if (!isOwed()) return;
  await signOut();
  if (isOwed()) throw new auth.AuthError(0, 'unreachable');
}

/** What the server refuses is no session any more. */
const isAway = (error: unknown): boolean => error instanceof auth.AuthError && (error.status === 0 || error.status >= 500);

function isOwed(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // storage is forbidden here
  }
}

function owe(owed: boolean): void {
  try {
    if (owed) localStorage.setItem(KEY, '1');
    else localStorage.removeItem(KEY);
  } catch {
    // nothing can be kept
  }
}
