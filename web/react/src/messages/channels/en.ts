// SPDX-License-Identifier: Apache-2.0
/** Texts of direct and group conversations, in English. */
import { grammar } from '../grammar.ts';

const { count, list } = grammar('en-GB');

export const channels = {
  sections: 'Whom you write with',
  customers: 'Customers',
  colleagues: 'Colleagues',
  list: 'Direct messages and groups',
  newDirect: 'New message',
  newGroup: 'New group',
  none: 'Nothing with colleagues yet',
  noneHint: 'Write to one of them, or make a group.',
  whom: 'Write to a colleague',
  nobodyElse: 'There is nobody else in the team yet.',
  isOnline: (name: string) => `${name}, online`,
  groupName: 'Name of the group',
  members: 'Members',
  memberCount: (n: number) => count(n, { one: '# member', other: '# members' }),
  onlineCount: (n: number) => count(n, { one: '# online', other: '# online' }),
  create: 'Create group',
  details: 'Group details',
  saveName: 'Save name',
  renamed: 'The group was renamed',
  owner: 'Owner',
  me: (name: string) => `${name} (you)`,
  remove: (name: string) => `Remove ${name} from the group`,
  makeOwner: (name: string) => `Make ${name} an owner`,
  addPeople: 'Add people',
  add: 'Add',
  everybodyIn: 'Everybody of the team is in this group.',
  leave: 'Leave group',
  leaveSure: (name: string) => `Leave ${name}? Only an owner can let you in again.`,
  stay: 'Stay',
  takenOut: (name: string) => `You are no longer in ${name}`,
  letIn: (name: string, group: string) => `${name} added you to ${group}`,
  groupEmpty: 'Nothing was said yet',
  groupEmptyHint: 'Say hello to everybody, or start a video call.',
  seenBy: (names: readonly string[]) => `Seen by ${list(names)}`,
  seenByAll: 'Seen by everybody',
  slowMode: 'Slow mode',
  slowHint: 'Members wait between two messages; owners and the team do not.',
  slowOff: 'Off',
  seconds: (n: number) => count(n, { one: '# second', other: '# seconds' }),
  minutes: (n: number) => count(n, { one: '# minute', other: '# minutes' }),
  hours: (n: number) => count(n, { one: '# hour', other: '# hours' }),
  slowNotYou: (time: string) => `Slow mode: members wait ${time} between two messages. You do not.`,
  slowYou: (time: string) => `Slow mode: one message every ${time}.`,
  slowWait: (time: string) => `Slow mode: your next message can go in ${time}.`,
};

export type ChannelMessages = typeof channels;
