// SPDX-License-Identifier: Apache-2.0
/** Which conversations a team looks at, and in which order. Pure. */
import type { ChatState } from '../chat/state.ts';
import { sortedConversations } from '../chat/state.ts';
import type { ConversationObject, SupportPriority, SupportStatus } from '../contract.ts';

export type ConversationView = 'open' | 'mine' | 'unassigned' | 'pending' | 'snoozed' | 'resolved' | 'all';

export interface ConversationFilter {
  view: ConversationView;
  /** Only those with this label. */
  label?: number | undefined;
  /** latest: newest activity first; waiting: who has waited longest first, then the others; priority: the most urgent first. */
  order: 'latest' | 'waiting' | 'priority';
}

const PRIORITIES: readonly SupportPriority[] = ['urgent', 'high', 'normal', 'low'];

/** What was put away is in nobody's way until its time has come. */
const isAtHand = (status: SupportStatus): boolean => status === 'open' || status === 'pending';

function inView({ support }: ConversationObject, view: ConversationView, me: string): boolean {
  switch (view) {
    case 'open':
      return support.status === 'open';
    case 'mine':
      return isAtHand(support.status) && support.assignee?.id === me;
    case 'unassigned':
      return isAtHand(support.status) && !support.assignee;
    case 'pending':
    case 'snoozed':
    case 'resolved':
      return support.status === view;
    case 'all':
      return true;
  }
}

const rank = ({ support }: ConversationObject): number => PRIORITIES.indexOf(support.priority ?? 'normal');

/** All that they are made of: good as what a view of them depends on. */
type Filterable = Pick<ChatState, 'conversations' | 'me'>;

export function filterConversations(state: Filterable, filter: ConversationFilter): ConversationObject[] {
  const { view, label, order } = filter;
  const list = sortedConversations(state).filter(
    (c) => inView(c, view, state.me.id) && (label === undefined || (c.support.labels ?? []).includes(label)),
  );
  if (order === 'latest') return list;
  if (order === 'priority') return list.sort((a, b) => rank(a) - rank(b));
  const since = ({ support }: ConversationObject) => support.waiting_since ?? '~'; // behind every time
  return list.sort((a, b) => (since(a) < since(b) ? -1 : since(a) > since(b) ? 1 : 0));
}

/** How many there are in each view. */
export function countConversations(state: Filterable): Record<ConversationView, number> {
  const counts: Record<ConversationView, number> = { open: 0, mine: 0, unassigned: 0, pending: 0, snoozed: 0, resolved: 0, all: 0 };
  for (const conversation of state.conversations.values()) {
    for (const view of Object.keys(counts) as ConversationView[]) {
      if (inView(conversation, view, state.me.id)) counts[view]++;
    }
  }
  return counts;
}
