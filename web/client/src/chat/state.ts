// SPDX-License-Identifier: Apache-2.0
/** What the messenger shows, as plain data, and the questions asked of it. Changes are made by reduce.ts only. */
import type { CallSessionObject, ConversationObject, MessageObject, UserObject } from '../contract.ts';
import type { ConfabError } from '../errors.ts';

export type Delivery = 'sending' | 'sent' | 'failed';

export interface ChatMessage {
  /** The same before and after the server has it: good as a React key. */
  readonly key: string;
  /** Undefined until the server has it. */
  readonly id: number | undefined;
  readonly user: UserObject;
  readonly text: string;
  /** Milliseconds of Date.now(). */
  readonly at: number;
  readonly delivery: Delivery;
}

export interface Thread {
  readonly status: 'loading' | 'ready' | 'error';
  /** Stored ones by id, then what is on its way in the order of writing. */
  readonly messages: readonly ChatMessage[];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
}

export interface ChatState {
  readonly me: UserObject;
  readonly status: 'loading' | 'ready' | 'error';
  readonly error: ConfabError | undefined;
  readonly conversations: ReadonlyMap<string, ConversationObject>;
  readonly threads: ReadonlyMap<string, Thread>;
  /** Conversation ids with messages not looked at yet, and how many. Kept in this tab only. */
  readonly unread: ReadonlyMap<string, number>;
  /** The conversation on screen. */
  readonly open: string | undefined;
  /** Call sessions that must not ring (any more): declined, or I am or was in them. */
  readonly settled: ReadonlySet<string>;
}

export function initialChat(me: UserObject): ChatState {
  return {
    me,
    status: 'loading',
    error: undefined,
    conversations: new Map(),
    threads: new Map(),
    unread: new Map(),
    open: undefined,
    settled: new Set(),
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
  };
}

/** Latest activity first. */
export function sortedConversations(state: ChatState): ConversationObject[] {
  return [...state.conversations.values()].sort(
    (a, b) => b.updated_at.localeCompare(a.updated_at) || a.id.localeCompare(b.id),
  );
}

export interface IncomingCall {
  readonly conversationId: string;
  readonly call: CallSessionObject;
  /** Whom to name: the one who is in the call from the other side. */
  readonly from: UserObject;
}

/** A live call in which the other side waits and I was not yet: the latest one. */
export function incomingCall(state: ChatState): IncomingCall | undefined {
  let found: IncomingCall | undefined;
  for (const { id, call } of state.conversations.values()) {
    if (!call || state.settled.has(call.session_id)) continue;
    if (call.participants.some((user) => user.id === state.me.id)) continue;
    const from = call.participants.find((user) => isOtherSide(user, state.me));
    if (!from || (found && found.call.started_at >= call.started_at)) continue;
    found = { conversationId: id, call, from };
  }
  return found;
}

/** Customers on one side, the team on the other. */
function isOtherSide(user: UserObject, me: UserObject): boolean {
  return (user.role === 'admin') !== (me.role === 'admin');
}

/** The call of a conversation, as `client.call('default', …)` wants it. */
export function callIdOf(conversationId: string): string {
  return `chat-${conversationId}`;
}
