// SPDX-License-Identifier: Apache-2.0
/** Every text of the widget, in English. Another language is another object of this type. */
import type { DeviceErrorReason, DeviceKind, UsualReply } from '@confab/client';
import { grammar } from '@confab/react/plain';
import { voice } from '@confab/react/texts/voice/en';

const { count } = grammar('en');

const DEVICES: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone', screenShare: 'screen' };

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
  videoCall: 'Video call',
  callIsLive: (names: string) => `Video call with ${names}`,
  callIsLiveElsewhere: 'You are in this call in another window',
  joinCall: 'Join call',
  incomingCall: 'Incoming call',
  isCalling: (name: string) => `${name} is calling`,
  accept: 'Accept',
  withoutCamera: 'Without camera',
  writeInstead: 'Write instead',
  decline: 'Decline',
  answeredElsewhere: 'The call was answered already',
  calling: (name: string) => `Calling ${name}…`,
  connecting: 'Connecting…',
  connected: 'Connected to video call',
  reconnecting: 'Reconnecting…',
  waiting: 'Waiting for somebody to join',
  declined: 'Nobody can take the call right now',
  noAnswer: 'Nobody answered',
  busy: 'Everybody is in another call',
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  callFailed: 'The call could not be started',
  callLost: 'The call was lost',
  callAgain: 'Call again',
  callEnded: 'Call ended',
  howWasCall: 'How was the call?',
  whatWasWrong: 'What was wrong? (optional)',
  leaveMessage: 'Leave a message',
  cancel: 'Cancel',
  leaveCall: 'Leave call',
  mute: 'Mute',
  unmute: 'Unmute',
  muted: 'Muted',
  youAreMuted: 'You are muted',
  poorConnection: 'Your connection is poor.',
  audioOnly: 'Audio only',
  audioOnlyIsOn: 'Audio only: no pictures are sent or received.',
  videoAgain: 'Show pictures again',
  continueHere: 'Continue here',
  cameraOff: 'Turn camera off',
  cameraOn: 'Turn camera on',
  shareScreen: 'Share screen',
  stopSharing: 'Stop sharing',
  sharing: 'Sharing your screen',
  screenOf: (name: string) => `${name}'s screen`,
  pip: 'Picture in picture',
  enlarge: 'Full size',
  shrink: 'Small window',
  flip: 'Other camera',
  callDuration: 'Call duration',
  soundBlocked: 'Turn on sound',
  missed: (name: string) => `Missed call from ${name}`,
  card: {
    completed: 'Video call',
    missed: 'Video call, no answer',
    declined: 'Video call, declined',
    cancelled: 'Video call, cancelled',
    busy: 'Video call, busy',
  },

  deviceError: (kind: DeviceKind, reason: DeviceErrorReason): string => {
    const name = DEVICES[kind];
    if (reason === 'denied') return `Your browser does not let this page use the ${name}. Allow it in the address bar.`;
    if (reason === 'missing') return `No ${name} was found. Plug one in and try again; the call works without.`;
    if (reason === 'busy') return `Another program is using your ${name}.`;
    if (reason === 'insecure') return `Browsers give the ${name} only to pages that are opened with https://, or with http://localhost on the server itself. The address of this page begins with http://.`;
    if (reason === 'lost') return `Your ${name} was unplugged or stopped working.`;
    return `Your ${name} could not be started.`;
  },
};

export type Messages = typeof en;
