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
    const [{ Home }] = await Promise.all([import('./pages/Home.tsx'), dress()]);
    return Home;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** The styles of that file, whose address the build writes into the page. Rejects when they cannot be fetched. */
function dress(): Promise<void> {
  const style = document.querySelector<HTMLMetaElement>('meta[name="confab-home-style"]')?.content;
  if (!style) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = style;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error('The styles cannot be fetched.'));
    };
    document.head.append(link);
  });
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
