// SPDX-License-Identifier: Apache-2.0
/** The messenger and everything after sign-in is a file of its own: the sign-in page is there without it. */
export type HomePage = (typeof import('./pages/Home.tsx'))['Home'];

const KEY = 'confab.signedIn';

let loading: Promise<HomePage> | undefined;

/** Rejects when the file cannot be fetched. */
export function loadHome(): Promise<HomePage> {
  return (loading ??= fetchHome());
}

async function fetchHome(): Promise<HomePage> {
  try {
    return (await import('./pages/Home.tsx')).Home;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** Whether somebody was signed in here the last time: a guess, for what to fetch first. */
export function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // storage is forbidden here
  }
}

export function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(KEY, '1');
    else localStorage.removeItem(KEY);
  } catch {
    // the guess will be no
  }
}
