// SPDX-License-Identifier: Apache-2.0
/** The support layer's texts, in English. */
import type { ConversationView, SupportStatus } from '@confab/client';

const STATUSES: Record<SupportStatus, string> = { open: 'Open', pending: 'Pending', resolved: 'Resolved' };
const VIEWS: Record<ConversationView, string> = {
  open: 'Open', mine: 'Mine', unassigned: 'Unassigned', pending: 'Pending', resolved: 'Resolved', all: 'All',
};

export const support = {
  bar: 'Status and assignee',
  status: 'Status',
  statuses: STATUSES,
  assignee: 'Assignee',
  nobody: 'Nobody',
  me: (name: string) => `${name} (you)`,
  take: 'Take',
  resolve: 'Resolve',
  reopen: 'Reopen',
  transfer: 'Transfer…',
  transferTitle: 'Transfer the conversation',
  transferTo: 'To',
  transferNote: 'Note for the team',
  transferNow: 'Transfer',
  isOnline: (name: string) => `${name} (online)`,
  views: 'Which conversations',
  viewNames: VIEWS,
  order: 'Order',
  orders: { latest: 'Latest first', waiting: 'Waiting longest first' },
  noneHere: 'Nothing here',
  noneHereHint: 'No conversation is in this view.',
  waiting: (time: string) => `Waiting ${time}`,
  assignedTo: (name: string) => `Assigned to ${name}`,
  gotAssigned: (customer: string) => `You look after ${customer} now`,
  /** Lines in the conversation: who did what. */
  lines: {
    resolved: (who: string) => `${who} resolved the conversation`,
    pending: (who: string) => `${who} set the conversation to pending`,
    open: (who: string) => `${who} opened the conversation again`,
    reopened: 'Opened again by a new message',
    assigned: (who: string, to: string) => `${who} assigned the conversation to ${to}`,
    unassigned: (who: string) => `${who} took the assignment away`,
    labelled: (who: string, label: string) => `${who} added the label ${label}`,
    unlabelled: (who: string, label: string) => `${who} took the label ${label} away`,
    rated: (stars: string) => `Rated ${stars} of 5`,
  },
};

export type SupportMessages = typeof support;
