// SPDX-License-Identifier: Apache-2.0
/** Bans, blocks, keeping a conversation, and why a message did not go: in English. */
import { grammar } from '../grammar.ts';

const { count } = grammar('en-GB');

export const moderation = {
  menu: 'More about this conversation',
  savePage: 'Save as a page to read',
  saveData: 'Save as data (JSON)',
  isSaved: 'The conversation was saved',
  ban: 'Ban…',
  lift: 'Lift the ban…',
  bans: 'Banned people',
  noBans: 'Nobody is banned.',
  banSomebody: 'Ban somebody…',
  banTitle: (name: string) => `Ban ${name}`,
  banHint: 'They are signed out at once, their calls end, and they cannot come back while the ban holds. They read the reason.',
  userId: 'User ID',
  howLong: 'How long',
  durations: { hour: 'One hour', day: 'One day', week: 'One week', month: '30 days', forGood: 'For good' },
  until: (time: string) => `Until ${time}`,
  by: (name: string) => `by ${name}`,
  reason: 'Reason',
  reasonHint: 'The person reads it',
  banNow: 'Ban',
  isBanned: (name: string) => `${name} is banned`,
  liftTitle: (name: string) => `Lift the ban of ${name}`,
  liftHint: 'They can sign in and write again.',
  liftNow: 'Lift the ban',
  isLifted: (name: string) => `${name} is no longer banned`,

  delete: 'Delete the customer…',
  deleteTitle: (name: string) => `Delete ${name}`,
  deleteHint: 'They are signed out at once, their calls end, and they cannot come back. The audit log notes who did it.',
  deleteWhat: 'What is deleted',
  deleteModes: { soft: 'The account only', pruning: 'The account, the name and what is known', hard: 'Everything' },
  deleteModeHints: {
    soft: 'What was said stays, with the name. Lift the ban to undo it.',
    pruning: 'What was said stays, by “Deleted user”. Notes, pages and browser are forgotten. This cannot be undone.',
    hard: 'All messages of the conversation and its files are deleted, too. This cannot be undone.',
  },
  deleteNow: 'Delete',
  isDeleted: (name: string) => `${name} was deleted`,

  privacy: 'Privacy',
  blocked: 'Blocked people',
  noBlocks: 'You have blocked nobody.',
  blocksHint: 'Their direct messages and calls do not reach you. They are not told.',
  unblock: 'Unblock',
  unblockName: (name: string) => `Unblock ${name}`,
  isUnblocked: (name: string) => `${name} is no longer blocked`,
  block: 'Block…',
  blockTitle: (name: string) => `Block ${name}`,
  blockHint: 'Their direct messages and calls will not reach you, and you do not write to them either. They are not told. You can undo it in the settings.',
  blockNow: 'Block',
  isBlocked: (name: string) => `${name} is blocked`,
  yourConversation: 'Your conversation',

  slowMode: (seconds: number) => count(seconds, { one: 'Slow mode: your next message can go in one second.', other: 'Slow mode: your next message can go in # seconds.' }),
  tooFast: (seconds: number) => count(seconds, { one: 'You are writing too fast. Try again in one second.', other: 'You are writing too fast. Try again in # seconds.' }),
  noMessages: 'They do not take messages from you.',
};

export type ModerationMessages = typeof moderation;
