// SPDX-License-Identifier: Apache-2.0
/** Which conversations a team looks at, and in which order. Pure. */
import type { ChatState } from '../chat/state.ts';
import { sortedConversations } from '../chat/state.ts';
import type { ConversationObject } from '../contract.ts';

export type ConversationView = 'open' | 'mine' | 'unassigned' | 'pending' | 'resolved' | 'all';

export interface ConversationFilter {
  view: ConversationView;
  /** Only those with this label. */
  label?: number | undefined;
  /** latest: newest activity first; waiting: who has waited longest first, then the others. */
  order: 'latest' | 'waiting';
}

function inView({ support }: ConversationObject, view: ConversationView, me: string): boolean {
  switch (view) {
    case 'open':
      return support.status === 'open';
    case 'mine':
      return support.status !== 'resolved' && support.assignee?.id === me;
    case 'unassigned':
      return support.status !== 'resolved' && !support.assignee;
    case 'pending':
    case 'resolved':
      return support.status === view;
    case 'all':
      return true;
  }
}

export function filterConversations(state: ChatState, filter: ConversationFilter): ConversationObject[] {
  const { view, label, order } = filter;
  const list = sortedConversations(state).filter(
    (c) => inView(c, view, state.me.id) && (label === undefined || (c.support.labels ?? []).includes(label)),
  );
  if (order === 'latest') return list;
  const since = ({ support }: ConversationObject) => support.waiting_since ?? '~'; // behind every time
  return list.sort((a, b) => (since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0));
}

/** How many there are in each view. */
export function countConversations(state: ChatState): Record<ConversationView, number> {
  const counts: Record<ConversationView, number> = { open: 0, mine: 0, unassigned: 0, pending: 0, resolved: 0, all: 0 };
  for (const conversation of state.conversations.values()) {
    for (const view of Object.keys(counts) as ConversationView[]) {
      if (inView(conversation, view, state.me.id)) counts[view]++;
    }
  }
  return counts;
}
