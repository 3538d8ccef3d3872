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
  justThisCall: 'Others come into this call only: they do not see the conversation.',
  ask: (name: string) => `Call ${name}`,
  asking: 'Calling…',
  isIn: 'In the call',
  nobodyToAdd: 'There is nobody else to call.',
  asksIn: (name: string, whose: string) => `${name} asks you into the call with ${whose}`,
  didNotCome: (name: string) => `${name} did not come`,

  // the way to the other side
  flip: 'Other camera',
  moveSelf: 'Move your picture',
  audioOnly: 'Audio only',
  poorOffer: 'Your connection is poor. Without pictures you hear each other better.',
  audioOnlyIsOn: 'Audio only: your camera is off, and you receive no pictures.',
  audioOnlyHint: 'Audio only, to save bandwidth',
  videoAgain: 'Show pictures again',
  unreachable: (name: string) => `${name} cannot be reached right now`,
  continueHere: 'Continue here',
  goesOn: 'The call goes on in another window',
  isThere: (names: readonly string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} in the call.`,
  line: 'Connection',
  lineChecking: 'The connection is being checked…',
  lineIs: { good: 'Good, made for video', fair: 'Fair, the picture may be less sharp', poor: 'Poor. Join without camera if the sound breaks up.', lost: 'The server cannot be reached. Check your network.' },
  allowHow: {
    chrome: 'Press the icon to the left of the address, switch camera and microphone on, and try again.',
    firefox: 'Press the crossed-out camera beside the address, take the block away, and try again.',
    safari: 'Choose Safari, Settings for this website, allow camera and microphone, and try again.',
    ios: 'Press the icon beside the address, then Website settings, and allow camera and microphone. For an app of its own: Settings, Apps, Safari.',
    android: 'Press the icon to the left of the address, then Permissions, and allow camera and microphone.',
    other: 'Allow camera and microphone for this page in the browser’s settings.',
  },

  // afterwards
  stillIn: (names: readonly string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} still in the call`,
  rejoin: 'Join again',
  howWasIt: 'How was the call?',
  reason: 'What was wrong? (optional)',
  sendReason: 'Send',
  thanks: 'Thank you for telling us.',
};

export type CallMessages = typeof call;
