// SPDX-License-Identifier: Apache-2.0
/** What the messenger shows, as plain data, and the questions asked of it. Changes are made by reduce.ts only. */
import type {
  ActivityObject, AttachmentObject, CallCardObject, ChannelObject, ConversationObject, ConversationsResponse, HoursNowObject, MessageObject, QuotedObject, ReactionObject, ReadObject, UserObject,
} from '../contract.ts';
import type { ConfabError } from '../errors.ts';
import type { Queued } from './outbox.ts';
import type { UnsentFile } from './unsent.ts';

/** waiting: for the network, and goes by itself; failed: the server does not take it. */
export type Delivery = 'sending' | 'waiting' | 'sent' | 'failed';

export interface ChatMessage {
  /** The same before and after the server has it: good as a React key. */
  readonly key: string;
  /** Undefined until the server has it. */
  readonly id: number | undefined;
  readonly user: UserObject;
  /** Empty once it was deleted. */
  readonly text: string;
  /** Milliseconds of Date.now(). */
  readonly at: number;
  readonly delivery: Delivery;
  /** Why it was not delivered. */
  readonly error: ConfabError | undefined;
  readonly edited: boolean;
  readonly deleted: boolean;
  /** A note of the team. */
  readonly private: boolean;
  readonly quoted: QuotedObject | undefined;
  readonly reactions: readonly ReactionObject[];
  /** Of a message that the server wrote about a call: what became of it. */
  readonly call: CallCardObject | undefined;
  /** Of a line that the server wrote about the conversation: what was done with it, by the message's user. */
  readonly activity: ActivityObject | undefined;
  readonly attachments: readonly AttachmentObject[];
  /** Of one that is not sent: files that are not on the server yet. */
  readonly files?: readonly UnsentFile[];
}

/** Within a few minutes, an hour, a few hours, a day, a few days. */
export type UsualReply = NonNullable<ConversationsResponse['usual_reply']>;

export interface Thread {
  readonly status: 'loading' | 'ready' | 'error';
  /** Stored ones by id, then what is on its way in the order of writing. */
  readonly messages: readonly ChatMessage[];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** The thread does not reach to the newest message: one has jumped to an older one. */
  readonly hasNewer: boolean;
  /** Something may be missing behind this message (0: from the start): what is there up to it goes when the newest page comes. */
  readonly stale?: number;
}

/** Somebody who is writing, until the time (of Date.now()) when it no longer counts: a stop may be lost. */
export interface Typer {
  readonly user: UserObject;
  readonly until: number;
}

export interface ChatState {
  readonly me: UserObject;
  readonly status: 'loading' | 'ready' | 'error';
  readonly error: ConfabError | undefined;
  readonly conversations: ReadonlyMap<string, ConversationObject>;
  /** This person's direct and group conversations; for the team. */
  readonly channels: ReadonlyMap<string, ChannelObject>;
  /** By conversation: until when (of Date.now()) slow mode lets nothing of this person through. */
  readonly slow: ReadonlyMap<string, number>;
  readonly threads: ReadonlyMap<string, Thread>;
  /** Conversation ids with messages not looked at yet, and how many. */
  readonly unread: ReadonlyMap<string, number>;
  /** Of the conversation on screen: what lies behind this message was not read when one came, or came while one looked away. */
  readonly unreadAfter: { readonly id: string; readonly after: number } | undefined;
  /** The conversation on screen. */
  readonly open: string | undefined;
  /** The conversation whose end is before somebody's eyes: what comes there is read. */
  readonly seeing: string | undefined;
  /** Ids of users who are online; customers know of the team only. */
  readonly online: ReadonlySet<string>;
  /** By conversation: colleagues who have it before their eyes; for the team. */
  readonly viewing: ReadonlyMap<string, readonly Typer[]>;
  /** Business hours now; undefined where there are none. */
  readonly hours: HoursNowObject | undefined;
  /** For customers: how soon the team usually answers, when that is known. */
  readonly usualReply: UsualReply | undefined;
  /** How long one waits between two messages to the team, in seconds; 0: not at all. */
  readonly slowModeS: number;
  /** By conversation: who is writing, others only. */
  readonly typing: ReadonlyMap<string, readonly Typer[]>;
}

export function initialChat(me: UserObject): ChatState {
  return {
    me,
    status: 'loading',
    error: undefined,
    conversations: new Map(),
    channels: new Map(),
    slow: new Map(),
    threads: new Map(),
    unread: new Map(),
    unreadAfter: undefined,
    open: undefined,
    seeing: undefined,
    online: new Set(),
    typing: new Map(),
    viewing: new Map(),
    hours: undefined,
    usualReply: undefined,
    slowModeS: 0,
  };
}

export function toChatMessage(message: MessageObject): ChatMessage {
  return {
    key: message.client_id || `id-${message.id}`,
    id: message.id,
    user: message.user,
    text: message.text,
    at: Date.parse(message.created_at),
    delivery: 'sent',
    error: undefined,
    edited: message.updated_at !== undefined,
    deleted: message.deleted_at !== undefined,
    private: message.private ?? false,
    quoted: message.quoted,
    reactions: message.reactions,
    call: message.call,
    activity: message.activity,
    attachments: message.attachments,
  };
}

/** One that is on its way. */
export function queuedMessage({ message, delivery, error }: Queued, me: UserObject): ChatMessage {
  return {
    key: message.key,
    id: undefined,
    user: me,
    text: message.text,
    at: message.at,
    delivery,
    error,
    edited: false,
    deleted: false,
    private: message.private,
    quoted: message.quoted,
    reactions: [],
    call: undefined,
    activity: undefined,
    attachments: message.files.flatMap(({ attachment }) => attachment ?? []),
    files: message.files.filter(({ attachment }) => !attachment),
  };
}

/** Where the line between read and unread is: before this message of the conversation on screen, when it is loaded. */
export function firstUnread({ me, threads, unreadAfter }: ChatState, id: string): ChatMessage | undefined {
  const thread = threads.get(id);
  if (!thread || unreadAfter?.id !== id) return undefined;
  const { after } = unreadAfter;
  const index = thread.messages.findIndex((m) => m.id !== undefined && m.id > after && m.user.id !== me.id && !m.activity);
  return index > 0 || !thread.hasMore ? thread.messages[index] : undefined;
}

/** This person's own place in a conversation. */
export function ownRead({ me, conversations, channels }: ChatState, id: string): ReadObject | undefined {
  return (conversations.get(id) ?? channels.get(id))?.reads.find((read) => read.user_id === me.id);
}

/** Whether it was marked unread by hand: then seeing it is not reading it. */
export function isKeptUnread(state: ChatState, id: string | undefined): boolean {
  return id !== undefined && ownRead(state, id)?.first_unread_message_id !== undefined;
}

/** From where on a conversation is marked unread when no message is named: what its customer, else what anybody else said last. */
export function lastToRead({ me, threads, conversations, channels }: ChatState, id: string): number | undefined {
  const others = (threads.get(id)?.messages ?? []).filter((m) => m.id !== undefined && m.user.id !== me.id && !m.activity && !m.deleted);
  const last = (conversations.get(id) ?? channels.get(id))?.last_message;
  return (others.findLast((m) => m.user.id === id) ?? others.at(-1))?.id ?? (last && last.user.id !== me.id ? last.id : undefined);
}

export type Receipt = 'sent' | 'delivered' | 'read';

/** How far a message has come on the other side: with the customer, or with anybody of the team. */
export function receiptOf(reads: readonly ReadObject[], me: UserObject, messageId: number): Receipt {
  const others = reads.filter((read) => read.user_id !== me.id && (read.role === 'admin') !== (me.role === 'admin'));
  if (others.some((read) => read.last_read_message_id >= messageId)) return 'read';
  return others.some((read) => read.last_delivered_message_id >= messageId) ? 'delivered' : 'sent';
}

/** Latest activity first. */
export function sortedConversations({ conversations }: Pick<ChatState, 'conversations'>): ConversationObject[] {
  return [...conversations.values()].sort(
    (a, b) => b.updated_at.localeCompare(a.updated_at) || a.id.localeCompare(b.id),
  );
}

/** The conversation of a call; undefined for other calls. */
export function conversationIdOf(callId: string): string | undefined {
  return callId.startsWith('chat-') ? callId.slice('chat-'.length) : undefined;
}

/** The call of a conversation, as `client.call('default', …)` wants it. */
export function callIdOf(conversationId: string): string {
  return `chat-${conversationId}`;
}
