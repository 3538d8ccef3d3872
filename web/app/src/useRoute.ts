// SPDX-License-Identifier: Apache-2.0
import { useCallback, useSyncExternalStore } from 'react';

const CONVERSATION = /^#\/c\/(.+)$/;
export const OPERATOR = '#/operator';
export const SETTINGS = '#/settings';
export const TEAM = '#/team';

export type Page = 'chat' | 'operator' | 'settings' | 'team';
const PAGES: Record<string, Page> = { [OPERATOR]: 'operator', [SETTINGS]: 'settings', [TEAM]: 'team' };

const hash = () => location.hash;

function listen(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export interface Route {
  page: Page;
  /** The open conversation lives in the address: the back button of a phone goes back to the list. */
  conversationId: string | undefined;
  select(id: string | undefined): void;
}

export function useRoute(): Route {
  const now = useSyncExternalStore(listen, hash);
  const id = CONVERSATION.exec(now)?.[1];
  const select = useCallback((next: string | undefined) => {
    const target = next === undefined ? '' : `#/c/${encodeURIComponent(next)}`;
    if (target !== hash()) location.hash = target;
  }, []);
  return { page: PAGES[now] ?? 'chat', conversationId: id === undefined ? undefined : decodeURIComponent(id), select };
}
