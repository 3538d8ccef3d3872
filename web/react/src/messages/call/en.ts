// SPDX-License-Identifier: Apache-2.0
/** What is around a call, in English: its conversation, who is asked in, and how it was. */
import { grammar } from '../grammar.ts';

const { count, list } = grammar('en-GB');

export const call = {
  // the conversation beside the pictures
  chat: 'Chat',
  chatUnread: (n: number) => count(n, { one: 'Chat, 1 new message', other: 'Chat, # new messages' }),
  closeChat: 'Close the chat',

  // more people
  addPeople: 'Add people',
  addHint: 'They are called, and come in when they answer.',
  letsIn: 'Whoever is not in the group becomes a member.',
  ask: (name: string) => `Call ${name}`,
  asking: 'Calling…',
  isIn: 'In the call',
  nobodyToAdd: 'There is nobody else to call.',
  asksIn: (name: string, whose: string) => `${name} asks you into the call with ${whose}`,
  didNotCome: (name: string) => `${name} did not come`,

  // afterwards
  stillIn: (names: readonly string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} still in the call`,
  rejoin: 'Join again',
  howWasIt: 'How was the call?',
  reason: 'What was wrong? (optional)',
  sendReason: 'Send',
  thanks: 'Thank you for telling us.',
};

export type CallMessages = typeof call;
