// SPDX-License-Identifier: Apache-2.0
import { useCallback, useSyncExternalStore } from 'react';
import { decoded } from './decoded.ts';

const CONVERSATION = /^#\/c\/([^/]+)(?:\/(\d{1,15}))?$/;
export const CHAT = '#/';
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

/** What an address asks for. */
interface Target {
  page: Page;
  /** The open conversation lives in the address: the back button of a phone goes back to the list. */
  conversationId: string | undefined;
  /** A message of it that one goes to. */
  messageId: number | undefined;
}

export interface Route extends Target {
  select(id: string | undefined): void;
  jump(conversationId: string, messageId: number): void;
}

export function routeOf(address: string): Target {
  const [, id, message] = CONVERSATION.exec(address) ?? [];
  const conversationId = decoded(id);
  return {
    page: PAGES[address] ?? 'chat',
    conversationId,
    messageId: conversationId === undefined || message === undefined ? undefined : Number(message),
  };
}

/** Told at once, not a turn later as a link tells it: the key that is pressed next is for the new page. */
function go(target: string): void {
  if (target === hash()) return;
  history.pushState(null, '', target === '' ? location.pathname + location.search : target);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Of a conversation, or of none. */
export const addressOf = (conversationId: string | undefined): string => (conversationId === undefined ? CHAT : `#/c/${encodeURIComponent(conversationId)}`);

export function useRoute(): Route {
  const now = useSyncExternalStore(listen, hash);
  const select = useCallback((next: string | undefined) => go(next === undefined ? '' : addressOf(next)), []);
  const jump = useCallback((conversationId: string, messageId: number) => go(`${addressOf(conversationId)}/${messageId}`), []);
  return { ...routeOf(now), select, jump };
}
