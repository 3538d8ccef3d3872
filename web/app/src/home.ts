// SPDX-License-Identifier: Apache-2.0
/** The messenger and everything after sign-in is a program of its own (desk.tsx): the sign-in page is there without it. */
import type { Desk } from './desk.tsx';

/** Their addresses as they were built: the names change with the content. */
declare const DESK: string;
declare const DESK_STYLE: string;
/** What the script imports at once. */
declare const DESK_PARTS: readonly string[];

const KEY = 'confab.signedIn';

let loading: Promise<typeof import('./desk.tsx')> | undefined;

/** So that it is there when somebody is. Rejects when a file cannot be fetched. */
export async function loadHome(): Promise<Desk> {
  loading ??= fetchHome();
  return (await loading).openDesk();
}

async function fetchHome(): Promise<typeof import('./desk.tsx')> {
  for (const href of DESK_PARTS) addLink('modulepreload', href);
  try {
    const [desk] = await Promise.all([import(DESK) as Promise<typeof import('./desk.tsx')>, addStyle(DESK_STYLE)]);
    return desk;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

function addLink(rel: string, href: string): HTMLLinkElement {
  const link = document.createElement('link');
  link.rel = rel;
  link.href = href;
  document.head.append(link);
  return link;
}

function addStyle(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = addLink('stylesheet', href);
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`${href} could not be fetched`));
    };
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
