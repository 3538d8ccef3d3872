// SPDX-License-Identifier: Apache-2.0
/**
 * Every text of the components, in English. Another language is another object of this type (de.ts, ar.ts): whoever adds
 * a text here adds it there. Numbers and lists go through grammar.ts.
 */
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import { channels } from './channels/en.ts';
import { grammar } from './grammar.ts';
import { moderation } from './moderation/en.ts';
import { support } from './support/en.ts';
import { voice } from './voice/en.ts';

const { count, list } = grammar('en-GB'); // British: no comma before the "and" of a list

const PERMISSION_NAMES: Record<string, string> = { 'send-audio': 'microphone', 'send-video': 'camera', screenshare: 'screen' };
const permissionName = (permission: string): string => PERMISSION_NAMES[permission] ?? permission;

const REACTION_NAMES: Record<string, string> = {
  like: 'Thumbs up',
  heart: 'Heart',
  laugh: 'Laughing',
  clap: 'Applause',
  'raise-hand': 'Raised hand',
};

const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone', screenShare: 'screen' };

export const en = {
  /** For dates, times and numbers; undefined: the browser's. */
  locale: undefined as string | undefined,
  /** Between the names of people in one call. */
  names: (names: readonly string[]) => names.join(', '),
  fileSize: (amount: string, unit: 'B' | 'KB' | 'MB') => `${amount} ${unit}`,
  support,
  channels,
  moderation,
  voice,

  // conversations
  conversations: 'Conversations',
  noConversations: 'No conversations yet',
  noConversationsHint: 'As soon as a customer writes, the conversation appears here.',
  selectConversation: 'Select a conversation',
  selectConversationHint: 'Choose someone on the left to read and answer.',
  noMessagesPreview: 'No messages yet',
  you: 'You',
  yourPrefix: (text: string) => `You: ${text}`,
  unread: (n: number) => count(n, { one: '1 new message', other: '# new messages' }),
  inCall: 'In call',
  back: 'Back to the list',
  loading: 'Loading',
  retry: 'Try again',
  loadFailed: 'This could not be loaded',
  loadFailedHint: 'Check your connection and try again.',

  // messages
  conversationWith: (name: string) => `Conversation with ${name}`,
  message: 'Message',
  messagePlaceholder: (name: string) => `Write to ${name}`,
  send: 'Send',
  sending: 'Sending',
  waitingToSend: 'Waiting for the connection',
  notDelivered: 'Not delivered',
  resend: 'Retry',
  discard: 'Discard',
  tooLong: 'This is too long to send in one piece.',
  newMessages: 'New messages',
  toNewest: 'To the newest messages',
  messageOptions: 'Message options',
  react: 'React',
  reactWith: (type: string) => `React with ${type}`,
  reactionCount: (type: string, n: number) => `${type} ${count(n, { one: 'by one person', other: 'by # people' })}`,
  reply: 'Reply',
  replyTo: (name: string) => `Reply to ${name}`,
  showQuoted: 'Show the quoted message',
  copyText: 'Copy text',
  edit: 'Edit',
  edited: 'edited',
  editing: 'Edit message',
  save: 'Save',
  delete: 'Delete',
  messageDeleted: 'This message was deleted',
  privateNote: 'Private note',
  privateNoteHint: 'Only the team sees this note',
  writeNote: 'Write a private note',
  receipt: { sent: 'Sent', delivered: 'Delivered', read: 'Read' },
  isTyping: (names: readonly string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} writing…`,
  online: 'Online',
  supportOnline: 'Online now',
  supportAway: 'We answer as soon as we are back',
  actionFailed: 'That did not work. Try again.',
  attach: 'Attach files',
  attachments: 'Attached files',
  uploading: (name: string) => `${name} is being sent`,
  removeFile: (name: string) => `Remove ${name}`,
  fileTooLarge: (name: string) => `${name} is larger than 10 MB.`,
  fileEmpty: (name: string) => `${name} is empty.`,
  fileFailed: (name: string) => `${name} could not be sent. Try again.`,
  tooManyFiles: (n: number) => count(n, { one: 'At most one file goes with a message.', other: 'At most # files go with one message.' }),
  dropHere: 'Drop files to attach them',
  picture: (name: string) => `Picture: ${name}`,
  filePreview: (n: number) => count(n, { one: 'Sent a file', other: 'Sent # files' }),
  search: 'Search',
  searchPlaceholder: 'Search names and messages',
  searchNothing: 'Nothing found',
  searchNothingHint: 'Try fewer or other words.',
  searchMessages: 'Messages',
  clearSearch: 'Clear search',
  today: 'Today',
  yesterday: 'Yesterday',
  firstMessageTeam: (name: string) => `Nothing from ${name} yet`,
  firstMessageTeamHint: 'Say hello, or start a video call.',
  firstMessageUser: 'How can we help?',
  firstMessageUserHint: 'Write to us here, or press the camera button to talk face to face.',
  supportTeam: 'Support',

  // connection
  reconnecting: 'Connection lost. Reconnecting…',
  offline: 'You are offline. What you write is sent when the network is back.',

  // calls
  startVideoCall: 'Start video call',
  joinCall: 'Join call',
  callIsLive: (names: string) => `Video call with ${names}`,
  callIsLiveElsewhere: 'You are in this call in another window',
  videoCall: 'Video call',
  incomingCall: 'Incoming call',
  isCalling: (name: string, group?: string) => (group ? `${name} calls in ${group}` : `${name} is calling`),
  accept: 'Accept',
  decline: 'Decline',
  connecting: 'Connecting…',
  connectedToast: 'Connected to video call',
  waitingFor: (name: string) => `Waiting for ${name}`,
  waitingHint: 'They see that you are calling.',
  declinedBy: (name: string) => `${name} declined the call`,
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  callFailed: 'The call could not be started',
  callReconnecting: 'Reconnecting…',
  callOffline: 'You are offline. The call goes on when the network is back.',
  callLost: 'The call was lost',
  close: 'Close',
  cancel: 'Cancel',
  calling: (name: string) => `Calling ${name}…`,
  outgoingCall: 'Outgoing call',
  noAnswer: (name: string) => `${name} did not answer`,
  isBusy: (name: string) => `${name} is in another call`,
  callAgain: 'Call again',
  answeredElsewhere: 'The call was answered already',
  voiceCall: 'Voice call',
  missedCall: (name: string, group?: string) => (group ? `Missed call from ${name} in ${group}` : `Missed call from ${name}`),
  callBack: 'Call back',
  cardDeclined: (kind: string) => `${kind}, declined`,
  cardOutgoing: {
    missed: (kind: string) => `${kind}, no answer`,
    declined: (kind: string) => `${kind}, declined`,
    cancelled: (kind: string) => `${kind}, cancelled`,
    busy: (kind: string) => `${kind}, busy`,
  },
  mute: 'Mute',
  unmute: 'Unmute',
  muted: 'Muted',
  cameraOff: 'Turn camera off',
  cameraOn: 'Turn camera on',
  shareScreen: 'Share screen',
  stopSharing: 'Stop sharing',
  leaveCall: 'Leave call',
  callControls: 'Call controls',
  screenOf: (name: string) => `${name}'s screen`,
  youAreSharing: 'Sharing your screen',
  callDuration: 'Call duration',
  enableSound: 'Turn on sound',
  soundBlocked: 'The browser keeps the sound off until you press the button.',
  dismiss: 'Dismiss',
  youAreMuted: 'You are muted',
  connectionPoor: 'Poor connection',
  optionsFor: (name: string) => `Options for ${name}`,
  muteThem: 'Mute',
  cameraOffThem: 'Turn their camera off',
  removeThem: 'Remove from the call',
  blockThem: 'Block',
  isBlocked: (name: string) => `${name} is blocked from this call`,
  unblock: 'Unblock',
  allow: 'Allow',
  deny: 'Not now',
  asksFor: (name: string, permissions: readonly string[]) => `${name} asks for ${list(permissions.map((permission) => `the ${permissionName(permission)}`))}`,
  askFor: (permission: string) => `Ask for the ${permissionName(permission)}`,
  asked: 'Asked. Waiting for an answer',
  reactions: 'Reactions',
  reaction: (type: string) => REACTION_NAMES[type] ?? type,
  reactionOf: (name: string, type: string) => `${name}: ${REACTION_NAMES[type] ?? type}`,
  callEnded: 'Call ended',
  callEndedWith: (name: string, time: string) => `${time} with ${name}`,
  isPresenting: (names: readonly string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} presenting`,
  sharingEnded: 'Your screen is no longer shared',
  microphoneIsOn: 'Microphone on',
  microphoneIsOff: 'Microphone off',
  cameraIsOn: 'Camera on',
  shrinkCall: 'Make the call small',
  enlargeCall: 'Make the call large',
  moveWindow: 'Move the call',
  moveWindowHint: 'The arrow keys move it.',
  pictureOpen: 'Picture in picture',
  pictureClose: 'Back from picture in picture',
  layoutGrid: 'Show everybody alike',
  layoutSpeaker: 'Show who speaks large',
  connection: { excellent: 'Excellent connection', good: 'Good connection', poor: 'Poor connection', lost: 'Connection lost' },

  // devices
  devices: 'Camera and sound',
  checkDevices: 'Check camera and sound',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  noDevice: 'None found',
  deviceNumber: (label: string, n: number) => `${label} ${n}`,
  micLevel: 'Loudness of your microphone',
  micSilent: 'The microphone is off',
  preview: 'Preview',
  cameraIsOff: 'The camera is off',
  lobbyTitle: 'Ready to join?',
  joinNow: 'Join now',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `Your browser does not let this page use the ${name}. Allow it in the address bar.`;
    if (reason === 'missing') return `No ${name} was found. You are in the call without one.`;
    if (reason === 'busy') return `Another program is using your ${name}.`;
    if (reason === 'insecure') return `Browsers give the ${name} only to pages that are opened with https.`;
    if (reason === 'lost') return `Your ${name} was unplugged or stopped working.`;
    return `Your ${name} could not be started.`;
  },
};

export type Messages = typeof en;
