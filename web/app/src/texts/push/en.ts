// SPDX-License-Identifier: Apache-2.0
/** What notifications of closed pages say, and their switch, in English. On their own, for the service worker. */
import { grammar } from '@confab/react/plain';

const { count } = grammar('en');

const inGroup = (name: string, group: string | undefined): string => (group ? `${name} in ${group}` : name);

export const push = {
  // the switch
  label: 'Notifications while Confab is closed',
  hint: 'New messages and calls reach this device when no page is open. They pass encrypted through your browser’s push service.',
  denied: 'Your browser blocks notifications of this page. Allow them in the address bar or in the browser’s settings, then come back.',
  unsupported: 'This browser cannot receive them. On an iPhone or iPad add Confab to the home screen first, and switch it on there.',
  unconfigured: 'They are switched off on this server.',
  failed: 'It did not work: your browser’s push service or the server cannot be reached. Try again later.',
  on: 'This device is told of messages and calls',
  off: 'This device is not told any more',

  // the notifications
  newMessages: (name: string, n: number) => `${name} – ${count(n, { one: '1 new message', other: '# new messages' })}`,
  files: (n: number) => count(n, { one: 'Sent a file', other: 'Sent # files' }),
  isCalling: (name: string, group?: string) => (group ? `${name} calls in ${group}` : `${name} is calling`),
  videoCall: 'Video call',
  voiceCall: 'Voice call',
  missedCall: (name: string, group?: string) => `Missed call from ${inGroup(name, group)}`,
  answered: (name: string, group?: string) => `Call from ${inGroup(name, group)}: answered`,
  declined: (name: string, group?: string) => `Call from ${inGroup(name, group)}: declined`,
  accept: 'Accept',
  decline: 'Decline',
  something: 'There is something new',

  // the page that stands in for the app without a connection
  unreachable: 'Confab cannot be reached',
  unreachableHint: 'You are offline, or the server is away. What you wrote is kept on this device and is sent when the connection is back.',
  tryAgain: 'Try again',
};

export type PushTexts = typeof push;
