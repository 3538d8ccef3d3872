// SPDX-License-Identifier: Apache-2.0
/** Every change of the messenger's state: a pure function from state and action to state. */
import type { CallSessionObject, ConversationsResponse, MessageObject, MessagesResponse } from '../contract.ts';
import type { SocketEvent } from '../events.ts';
import type { ConfabError } from '../errors.ts';
import { toChatMessage, type ChatMessage, type ChatState, type Thread } from './state.ts';

export type ChatAction =
  | { type: 'loaded'; response: ConversationsResponse }
  | { type: 'failed'; error: ConfabError }
  /** `replayed`: applied a second time, to a list that was loaded meanwhile. */
  | { type: 'event'; event: SocketEvent; replayed?: boolean }
  | { type: 'opened'; id: string | undefined }
  | { type: 'settled'; sessionId: string }
  | { type: 'thread.loading'; id: string; more: boolean }
  | { type: 'thread.loaded'; id: string; response: MessagesResponse; more: boolean }
  | { type: 'thread.failed'; id: string; more: boolean }
  | { type: 'send'; id: string; key: string; text: string; at: number }
  | { type: 'send.done'; id: string; key: string; message: MessageObject }
  | { type: 'send.failed'; id: string; key: string };

const EMPTY: Thread = { status: 'loading', messages: [], hasMore: false, loadingMore: false };

export function reduceChat(state: ChatState, action: ChatAction): ChatState {
  switch (action.type) {
    case 'loaded':
      return loaded(state, action.response);
    case 'failed':
      return state.status === 'ready' ? state : { ...state, status: 'error', error: action.error };
    case 'event':
      return onEvent(state, action.event, action.replayed ?? false);
    case 'opened':
      return { ...state, open: action.id, unread: without(state.unread, action.id) };
    case 'settled':
      return settle(state, action.sessionId);
    case 'thread.loading':
      return withThread(state, action.id, (thread) =>
        action.more ? { ...thread, loadingMore: true } : thread.status === 'error' ? { ...thread, status: 'loading' } : thread,
      );
    case 'thread.loaded':
      return withThread(state, action.id, (thread) => ({
        status: 'ready',
        messages: merge(thread.messages, action.response.messages.map(toChatMessage)),
        // a reload of the newest page says nothing about what lies before older pages
        hasMore: action.more || thread.status !== 'ready' ? action.response.has_more : thread.hasMore,
        loadingMore: action.more ? false : thread.loadingMore,
      }));
    case 'thread.failed':
      return withThread(state, action.id, (thread) =>
        action.more ? { ...thread, loadingMore: false } : thread.status === 'ready' ? thread : { ...thread, status: 'error' },
      );
    case 'send':
      return withThread(state, action.id, (thread) => ({
        ...thread,
        messages: merge(thread.messages, [
          { key: action.key, id: undefined, user: state.me, text: action.text, at: action.at, delivery: 'sending' },
        ]),
      }));
    case 'send.done':
      return onMessage(state, action.id, action.message, false);
    case 'send.failed':
      return withThread(state, action.id, (thread) => ({
        ...thread,
        messages: thread.messages.map((m) =>
          m.key === action.key && m.delivery === 'sending' ? { ...m, delivery: 'failed' } : m,
        ),
      }));
  }
}

function loaded(state: ChatState, { conversations }: ConversationsResponse): ChatState {
  const map = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const next: ChatState = { ...state, status: 'ready', error: undefined, conversations: map };
  return conversations.reduce((s, { call }) => noteMe(s, call), next);
}

function onEvent(state: ChatState, event: SocketEvent, replayed: boolean): ChatState {
  switch (event.type) {
    case 'message.new':
      return onMessage(state, event.conversation_id, event.message, replayed);
    case 'call.session_started':
    case 'call.session_participant_joined':
    case 'call.session_participant_left':
      return noteMe(withCall(state, event.conversation_id, event.state), event.state);
    case 'call.session_ended': {
      const live = state.conversations.get(event.conversation_id ?? '')?.call;
      return live?.session_id === event.session_id ? withCall(state, event.conversation_id, null) : state;
    }
    case 'call.rejected':
      return event.user.id === state.me.id && event.session_id ? settle(state, event.session_id) : state;
    default:
      return state;
  }
}

function onMessage(state: ChatState, id: string, message: MessageObject, replayed: boolean): ChatState {
  const conversation = state.conversations.get(id);
  const known = state.threads.get(id)?.messages.some((m) => m.id === message.id) ?? false;
  let next = state;
  if (state.threads.has(id)) {
    next = withThread(next, id, (thread) => ({ ...thread, messages: merge(thread.messages, [toChatMessage(message)]) }));
  }
  const last = conversation?.last_message;
  if (last && last.id >= message.id) return next;
  const customer = message.user.role === 'admin' ? undefined : message.user;
  const base = conversation ?? (customer && { id, user: customer, last_message: null, call: null, updated_at: '', unread: 0, reads: [] });
  if (base) {
    const updated = { ...base, last_message: message, updated_at: message.created_at };
    next = { ...next, conversations: new Map(next.conversations).set(id, updated) };
  }
  if (known || replayed || message.user.id === state.me.id || state.open === id) return next;
  return { ...next, unread: new Map(next.unread).set(id, (next.unread.get(id) ?? 0) + 1) };
}

function withCall(state: ChatState, id: string | undefined, call: CallSessionObject | null): ChatState {
  const conversation = id === undefined ? undefined : state.conversations.get(id);
  if (!conversation || id === undefined) return state;
  const live = call && call.participants.length > 0 ? call : null;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...conversation, call: live }) };
}

/** A session that I am seen in rings no more, not even after I left it. */
function noteMe(state: ChatState, call: CallSessionObject | null): ChatState {
  const inIt = call?.participants.some((user) => user.id === state.me.id) ?? false;
  return call && inIt ? settle(state, call.session_id) : state;
}

function settle(state: ChatState, sessionId: string): ChatState {
  return state.settled.has(sessionId) ? state : { ...state, settled: new Set(state.settled).add(sessionId) };
}

function withThread(state: ChatState, id: string, change: (thread: Thread) => Thread): ChatState {
  return { ...state, threads: new Map(state.threads).set(id, change(state.threads.get(id) ?? EMPTY)) };
}

/** Each message once: a stored one replaces its optimistic copy. */
function merge(old: readonly ChatMessage[], fresh: readonly ChatMessage[]): ChatMessage[] {
  const byKey = new Map(old.map((message) => [message.key, message]));
  for (const message of fresh) {
    if (message.id === undefined && byKey.get(message.key)?.id !== undefined) continue;
    byKey.set(message.key, message);
  }
  return [...byKey.values()].sort((a, b) => (a.id ?? Infinity) - (b.id ?? Infinity) || a.at - b.at || 0);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K | undefined): ReadonlyMap<K, V> {
  if (key === undefined || !map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
