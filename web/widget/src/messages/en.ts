// SPDX-License-Identifier: Apache-2.0
/** Every text of the widget, in English. Another language is another object of this type. */
import type { UsualReply } from '@confab/client';
import { grammar } from '@confab/react/plain';
import { voice } from '@confab/react/texts/voice/en';

const { count } = grammar('en');

const USUALLY: Record<UsualReply, string> = {
  minutes: 'Usually answers within a few minutes',
  hour: 'Usually answers within an hour',
  hours: 'Usually answers within a few hours',
  day: 'Usually answers within a day',
  days: 'Usually answers within a few days',
};

export const en = {
  locale: 'en' as string | undefined,
  dir: 'ltr' as 'ltr' | 'rtl',

  // the button and the window
  title: 'Support',
  openChat: 'Open chat',
  openChatUnread: (n: number) => count(n, { one: 'Open chat, # new message', other: 'Open chat, # new messages' }),
  closeChat: 'Close chat',
  newMessages: (n: number) => count(n, { one: '# new message', other: '# new messages' }),
  online: 'Online now',
  away: 'We answer as soon as we are back',
  opensAt: (time: string) => `Closed now, open again ${time}`,
  usually: USUALLY,
  greeting: 'How can we help?',
  greetingHint: 'Write to us here, or press the camera button to talk face to face.',
  offline: 'Connection lost. Reconnecting…',
  unreachable: 'We cannot be reached right now. Trying again…',
  notStarted: 'The chat could not be started.',
  retry: 'Try again',
  loading: 'Loading',
  loadFailed: 'The messages could not be loaded.',

  // messages
  conversation: 'Conversation',
  message: 'Message',
  placeholder: 'Write a message',
  send: 'Send',
  sending: 'Sending',
  waitingToSend: 'Waiting for the connection',
  notDelivered: 'Not delivered',
  banned: (until: string | undefined, reason: string) =>
    `You have been banned from this chat${until === undefined ? '' : ` until ${until}`}${reason === '' ? '.' : `: ${reason}`}`,
  wordRefused: (word: string) => `The word “${word}” is not allowed here.`,
  tooFast: (seconds: number) => count(seconds, { one: 'Too fast. Try again in one second.', other: 'Too fast. Try again in # seconds.' }),
  resend: 'Retry',
  discard: 'Discard',
  tooLong: 'This is too long to send in one piece.',
  resolved: 'This conversation was closed. Write again at any time.',
  reopened: 'The conversation is open again',
  howWasIt: 'How was it?',
  stars: ['Very bad', 'Bad', 'All right', 'Good', 'Very good'] as readonly string[],
  comment: 'What should we know?',
  skip: 'Skip',
  sendRating: 'Submit rating',
  rateFailed: 'That could not be sent. Try again.',
  thanks: 'Thank you for your answer.',
  close: 'Close',
  report: 'Report',
  reportThis: 'Report this message',
  reportTitle: (name: string) => `Report ${name}’s message`,
  reportHint: 'The team will see this message, and that it was you who reported it.',
  reportReason: 'What is wrong with it? (optional)',
  isReported: 'The team was told',
  wasReported: 'You have reported this message before',
  edited: 'edited',
  deleted: 'This message was deleted',
  you: 'You',
  receipt: { sent: 'Sent', delivered: 'Delivered', read: 'Read' },
  isTyping: (name: string) => `${name} is writing…`,
  today: 'Today',
  yesterday: 'Yesterday',
  toNewest: 'To the newest messages',
  unreadFromHere: 'Unread messages',
  fileSize: (amount: string, unit: 'B' | 'KB' | 'MB') => `${amount} ${unit}`,
  attach: 'Attach files',
  attachments: 'Attached files',
  dropHere: 'Drop files to attach them',
  uploading: (name: string) => `${name} is being sent`,
  removeFile: (name: string) => `Remove ${name}`,
  fileTooLarge: (name: string) => `${name} is larger than 10 MB.`,
  fileEmpty: (name: string) => `${name} is empty.`,
  fileFailed: (name: string) => `${name} could not be sent. Try again.`,
  tooManyFiles: (n: number) => `At most ${n} files go with one message.`,
  picture: (name: string) => `Picture: ${name}`,
  slowWait: (time: string) => `Your next message can go in ${time}.`,
  voice,

  // calls
  startVideoCall: 'Start video call',
  callIsLive: (names: string) => `Video call with ${names}`,
  callIsLiveElsewhere: 'You are in this call in another window',
  joinCall: 'Join call',
  reconnecting: 'Reconnecting…',
  callFailed: 'The call could not be started',
  callAgain: 'Call again',
  callEnded: 'Call ended',
  howWasCall: 'How was the call?',
  whatWasWrong: 'What was wrong? (optional)',
  leaveMessage: 'Leave a message',
  cancel: 'Cancel',
  continueHere: 'Continue here',
  missed: (name: string) => `Missed call from ${name}`,
  card: {
    completed: 'Video call',
    missed: 'Video call, no answer',
    declined: 'Video call, declined',
    cancelled: 'Video call, cancelled',
    busy: 'Video call, busy',
  },
};

export type Messages = typeof en;
