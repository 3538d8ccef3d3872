// SPDX-License-Identifier: Apache-2.0
/** What the service worker and the pages say to each other, and how an address carries it to a page that is not open yet. A page may
 * meet the worker of an older version: each understands what was said before. */
import { decoded } from '../decoded.ts';
import type { NoticeData } from './notice.ts';

/** From the worker: somebody pressed a notification. */
export type Order = { type: 'confab.open'; conversationId?: string } | { type: 'confab.answer'; cid: string; conversationId?: string };

/** From the worker, with a port for the answer, a boolean: is this before somebody's eyes right now? */
export interface Question {
  type: 'confab.seen?';
  conversationId?: string;
  /** Of a call that rings. */
  cid?: string;
}

const ANSWER = /^#\/answer\/([^/]+)(?:\/(.+))?$/;

export function orderOf(data: NoticeData, action: string): Order {
  const where = data.conversationId === undefined ? {} : { conversationId: data.conversationId };
  if (data.kind === 'ring' && data.cid !== undefined && action === 'accept') return { type: 'confab.answer', cid: data.cid, ...where };
  return { type: 'confab.open', ...where };
}

/** The address that opens a page with the order. */
export function addressOf(order: Order): string {
  const id = order.conversationId === undefined ? undefined : encodeURIComponent(order.conversationId);
  if (order.type === 'confab.answer') return `/#/answer/${encodeURIComponent(order.cid)}${id ? `/${id}` : ''}`;
  return id ? `/#/c/${id}` : '/';
}

/** An order that the address carries; opening a conversation is the route's own. */
export function orderIn(hash: string): Order | undefined {
  const [cid, conversationId] = (ANSWER.exec(hash) ?? []).slice(1).map(decoded);
  if (cid === undefined) return undefined;
  return { type: 'confab.answer', cid, ...(conversationId !== undefined && { conversationId }) };
}
