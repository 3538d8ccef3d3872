// SPDX-License-Identifier: Apache-2.0
/** Every change of the messenger's state: a pure function from state and action to state. */
import type {
  CallSessionObject, ChannelInfoObject, ChannelsResponse, ConversationsResponse, MessageObject, MessagesResponse, ReadObject, SupportObject, UnreadResponse, UserObject,
} from '../contract.ts';
import type { SocketEvent } from '../events.ts';
import type { ConfabError } from '../errors.ts';
import type { Queued } from './outbox.ts';
import { nextSession } from '../call/session.ts';
import { isNamed } from '../support/canned.ts';
import { channelLeft, channelsLoaded, channelUpdated, isChannel, withChannel, withChannelRead, withLastMessage } from './channels.ts';
import { withRenamed } from './rename.ts';
import { isKeptUnread, ownRead, queuedMessage, toChatMessage, type ChatMessage, type ChatState, type Thread } from './state.ts';

/** After this time without a sign somebody is not writing any more. */
export const TYPING_MS = 6000;
/** And after this one somebody does not look any more; it is said again every 20 s. */
export const VIEWING_MS = 45_000;

export type ChatAction =
  | { type: 'loaded'; response: ConversationsResponse; channels?: ChannelsResponse | undefined }
  | { type: 'failed'; error: ConfabError }
  /** `replayed`: applied a second time, to a list that was loaded meanwhile and does not count it. */
  | { type: 'event'; event: SocketEvent; replayed?: boolean; at?: number }
  /** Events were missed for good. What is `shown` stays until the newest page is there. */
  | { type: 'resync'; shown: string | undefined }
  | { type: 'opened'; id: string | undefined }
  | { type: 'seeing'; id: string | undefined }
  | { type: 'unread'; id: string; response: UnreadResponse }
  | { type: 'resumed'; id: string }
  | { type: 'tick'; at: number }
  | { type: 'changed'; id: string; message: MessageObject }
  | { type: 'support'; id: string; support: SupportObject }
  | { type: 'channel'; channel: ChannelInfoObject }
  | { type: 'channel.left'; id: string }
  /** This person may not write there until then. */
  | { type: 'slow'; id: string; until: number }
  | { type: 'thread.window'; id: string; older: MessagesResponse; newer: MessagesResponse }
  | { type: 'thread.loading'; id: string; more: boolean }
  | { type: 'thread.loaded'; id: string; response: MessagesResponse; more: boolean }
  | { type: 'thread.failed'; id: string; more: boolean }
  /** Everything that is not sent yet. */
  | { type: 'queue'; queue: readonly Queued[] }
  | { type: 'send.done'; id: string; key: string; message: MessageObject };

const EMPTY: Thread = { status: 'loading', messages: [], hasMore: false, loadingMore: false, hasNewer: false };

export function reduceChat(state: ChatState, action: ChatAction): ChatState {
  switch (action.type) {
    case 'loaded': {
      const next = action.channels ? channelsLoaded(loaded(state, action.response), action.channels) : loaded(state, action.response);
      return state.status === 'ready' ? next : { ...next, unreadAfter: lineIn({ ...next, status: 'loading' }, next.open) }; // opened before anything was known
    }
    case 'failed':
      return state.status === 'ready' ? state : { ...state, status: 'error', error: action.error };
    case 'event':
      return onEvent(state, action.event, action.replayed ?? false, action.at ?? 0);
    case 'resync':
      return afterGap(state, action.shown);
    case 'opened':
      return { ...state, open: action.id, seeing: undefined, unreadAfter: lineIn(state, action.id) };
    case 'seeing':
      return { ...state, seeing: action.id, unread: without(state.unread, action.id) };
    case 'unread':
      return onUnread(state, action.id, action.response);
    case 'resumed':
      return resumed(state, action.id);
    case 'tick':
      return forgetTypers(state, action.at);
    case 'changed':
      return onChanged(state, action.id, action.message);
    case 'support':
      return withSupport(state, action.id, action.support);
    case 'channel':
      return channelUpdated(state, action.channel);
    case 'channel.left':
      return channelLeft(state, action.id);
    case 'slow':
      return { ...state, slow: new Map(state.slow).set(action.id, action.until) };
    case 'thread.window':
      return withThread(state, action.id, (thread) => ({
        ...thread,
        status: 'ready',
        messages: [...[...action.older.messages, ...action.newer.messages].map(toChatMessage), ...unsentOf(thread)],
        hasMore: action.older.has_more,
        hasNewer: action.newer.has_more,
        loadingMore: false,
      }));
    case 'thread.loading':
      return withThread(state, action.id, (thread) =>
        action.more ? { ...thread, loadingMore: true } : thread.status === 'error' ? { ...thread, status: 'loading' } : thread,
      );
    case 'thread.loaded':
      return withThread(state, action.id, (thread) => ({
        status: 'ready',
        messages: merge(action.more ? thread.messages : connected(thread), action.response.messages.map(toChatMessage)),
        // a reload of the newest page says nothing about what lies before older pages
        hasMore: action.more || thread.status !== 'ready' || thread.hasNewer || thread.stale !== undefined ? action.response.has_more : thread.hasMore,
        hasNewer: action.more && thread.hasNewer,
        loadingMore: action.more ? false : thread.loadingMore,
        ...(action.more && thread.stale !== undefined && { stale: thread.stale }),
      }));
    case 'thread.failed':
      return withThread(state, action.id, (thread) =>
        action.more ? { ...thread, loadingMore: false } : thread.status === 'ready' ? thread : { ...thread, status: 'error' },
      );
    case 'queue':
      return withQueue(state, action.queue);
    case 'send.done':
      return onMessage(state, action.id, action.message, false);
  }
}

function loaded(state: ChatState, { conversations, online, hours, slow_mode_s: slowModeS = 0, usual_reply: usualReply }: ConversationsResponse): ChatState {
  const map = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const seeing = isChannel(state.seeing ?? '') || !isKeptUnread({ ...state, conversations: map }, state.seeing) ? state.seeing : undefined;
  const unread = conversations.filter(({ id, unread: n }) => n > 0 && id !== seeing);
  const inChannels = [...state.unread].filter(([id]) => isChannel(id));
  return {
    ...state,
    status: 'ready',
    error: undefined,
    seeing,
    conversations: map,
    unread: new Map([...inChannels, ...unread.map(({ id, unread: n }): [string, number] => [id, n])]),
    online: new Set(online),
    hours,
    usualReply,
    slowModeS,
  };
}

/** What the newest page may be put behind: all, unless something is missing in between. */
function connected(thread: Thread): readonly ChatMessage[] {
  const { messages, hasNewer, stale } = thread;
  if (hasNewer) return unsentOf(thread);
  return stale === undefined ? messages : messages.filter(({ id }) => id === undefined || id > stale);
}

/** What was loaded before has a hole now: it goes, but for what is on its way and what is shown. */
function afterGap(state: ChatState, shown: string | undefined): ChatState {
  const threads = new Map<string, Thread>();
  for (const [id, thread] of state.threads) {
    const unsent = unsentOf(thread);
    if (id === shown) threads.set(id, { ...thread, stale: Math.max(thread.stale ?? 0, ...thread.messages.map((message) => message.id ?? 0)) });
    else if (unsent.length > 0) threads.set(id, { ...EMPTY, messages: unsent });
  }
  return { ...state, threads };
}

const unsentOf = (thread: Thread): ChatMessage[] => thread.messages.filter(({ id }) => id === undefined);

/** What is on its way is in its threads, at the end, and nothing else is. */
function withQueue(state: ChatState, queue: readonly Queued[]): ChatState {
  const ids = new Set(queue.map(({ message }) => message.conversationId));
  for (const [id, thread] of state.threads) if (unsentOf(thread).length > 0) ids.add(id);
  let next = state;
  for (const id of ids) {
    const unsent = queue.filter(({ message }) => message.conversationId === id).map((queued) => queuedMessage(queued, state.me));
    next = withThread(next, id, (thread) => ({ ...thread, messages: merge(thread.messages.filter((m) => m.id !== undefined), unsent) }));
  }
  return next;
}

/** Behind what this person has read of a conversation, when there is something. */
function lineIn(state: ChatState, id: string | undefined): ChatState['unreadAfter'] {
  const conversation = id === undefined ? undefined : (state.conversations.get(id) ?? state.channels.get(id));
  if (id === undefined || !conversation || (!state.unread.has(id) && (state.status === 'ready' || conversation.unread === 0))) return undefined;
  return { id, after: ownRead(state, id)?.last_read_message_id ?? 0 };
}

function onEvent(state: ChatState, event: SocketEvent, replayed: boolean, at: number): ChatState {
  switch (event.type) {
    case 'message.new':
      return withSupport(
        onMessage(notTyping(state, event.conversation_id, event.message.user), event.conversation_id, event.message, replayed),
        event.conversation_id,
        event.support,
      );
    case 'message.updated':
    case 'message.deleted':
    case 'reaction.new':
    case 'reaction.deleted':
      return onChanged(state, event.conversation_id, event.message);
    case 'conversation.updated':
      return withSupport(state, event.conversation_id, event.support);
    case 'channel.updated':
      return channelUpdated(state, event.channel);
    case 'channel.left':
      return channelLeft(state, event.conversation_id);
    case 'message.read':
      return onRead(state, event.conversation_id, event.read);
    case 'message.unread':
      return onUnread(state, event.conversation_id, event);
    case 'typing.start':
      return onTyping(state, 'typing', event.conversation_id, event.user, at + TYPING_MS);
    case 'viewing.start':
      return onTyping(state, 'viewing', event.conversation_id, event.user, at + VIEWING_MS);
    case 'viewing.stop':
      return notTyping(state, event.conversation_id, event.user, 'viewing');
    case 'typing.stop':
      return notTyping(state, event.conversation_id, event.user);
    case 'conversation.cleared':
      return withoutWords(state, event.conversation_id);
    case 'conversation.merged':
      return merged(state, event.conversation_id, event.into);
    case 'user.updated':
      return withRenamed(state, event.user);
    case 'hours.updated': // the team does not wait, and sees what it has read
      if (state.me.role === 'admin') return { ...state, hours: event.hours };
      return {
        ...(event.read_receipts ? state : withoutReceipts(state)),
        hours: event.hours,
        slowModeS: event.slow_mode_s,
        usualReply: event.usual_reply,
      };
    case 'user.presence.changed': {
      const online = new Set(state.online);
      if (event.online) online.add(event.user.id);
      else online.delete(event.user.id);
      return { ...state, online };
    }
    case 'call.session_started':
    case 'call.session_participant_joined':
    case 'call.session_participant_left':
      return withCall(state, event.conversation_id, nextSession(callOf(state, event.conversation_id ?? ''), event));
    case 'call.session_ended': {
      const live = callOf(state, event.conversation_id ?? '');
      return live?.session_id === event.session_id ? withCall(state, event.conversation_id, null) : state;
    }
    default:
      return state;
  }
}

function onMessage(state: ChatState, id: string, message: MessageObject, replayed: boolean): ChatState {
  const conversation = state.conversations.get(id);
  const known = state.threads.get(id)?.messages.some((m) => m.id === message.id) ?? false;
  let next = state;
  if (state.threads.has(id) && !state.threads.get(id)?.hasNewer) {
    next = withThread(next, id, (thread) => ({ ...thread, messages: merge(thread.messages, [toChatMessage(message)]) }));
  }
  const last = (conversation ?? state.channels.get(id))?.last_message;
  if (message.activity || (last && last.id >= message.id)) return next; // the server's lines are no news
  const customer = message.user.role === 'admin' || isChannel(id) ? undefined : message.user;
  const base = conversation ?? (customer && { id, user: customer, last_message: null, call: null, updated_at: '', unread: 0, reads: [], support: { status: 'open' as const } });
  if (base) {
    const updated = { ...base, last_message: message, updated_at: message.created_at };
    next = { ...next, conversations: new Map(next.conversations).set(id, updated) };
  }
  next = withLastMessage(next, id, message);
  if (message.private && !known && message.user.id !== state.me.id && isNamed(message.text, state.me.id)) next = withMention(next, id);
  if (message.user.id === state.me.id) next = answered(next, id);
  if ((known && !replayed) || message.user.id === state.me.id || state.seeing === id) return next;
  if (state.open === id && !state.unread.has(id)) next = { ...next, unreadAfter: { id, after: message.id - 1 } };
  return { ...next, unread: new Map(next.unread).set(id, (next.unread.get(id) ?? 0) + 1) };
}

/** A message that is there already, as it is now: in its thread, in the list, and where it is quoted. */
function onChanged(state: ChatState, id: string, message: MessageObject): ChatState {
  const fresh = toChatMessage(message);
  let next = state;
  if (state.threads.has(id)) {
    next = withThread(next, id, (thread) => ({
      ...thread,
      messages: thread.messages.map((m) =>
        m.id === message.id
          ? fresh
          : m.quoted?.id === message.id
            ? { ...m, quoted: { ...m.quoted, text: message.text } }
            : m,
      ),
    }));
  }
  const channel = state.channels.get(id);
  if (channel?.last_message?.id === message.id) return withChannel(next, { ...channel, last_message: message });
  const conversation = state.conversations.get(id);
  if (conversation?.last_message?.id !== message.id) return next;
  return { ...next, conversations: new Map(next.conversations).set(id, { ...conversation, last_message: message }) };
}

function onRead(state: ChatState, id: string, read: ReadObject): ChatState {
  const channel = state.channels.get(id);
  if (channel) return withChannelRead(state, channel, read);
  const conversation = state.conversations.get(id);
  if (!conversation) return state;
  const mine = read.user_id === state.me.id && read.last_read_message_id >= (conversation.last_message?.id ?? 0);
  const next = withReads(state, id, read, mine && conversation.mentions ? { mentions: 0 } : {});
  return mine ? { ...next, unread: without(next.unread, id) } : next; // read in another tab of mine
}

/** Marked unread by hand, here or in another tab of mine: the count and the line are back. */
function onUnread(state: ChatState, id: string, { read, unread, mentions }: UnreadResponse): ChatState {
  const next = withReads(state, id, read, { mentions });
  if (next === state) return state;
  return {
    ...next,
    unread: unread > 0 ? new Map(next.unread).set(id, unread) : without(next.unread, id),
    seeing: next.seeing === id ? undefined : next.seeing,
    unreadAfter: next.open === id ? { id, after: read.last_read_message_id } : next.unreadAfter,
  };
}

/** It was marked unread, and is not any more: who goes on there reads. */
function resumed(state: ChatState, id: string): ChatState {
  const own = ownRead(state, id);
  if (own?.first_unread_message_id === undefined) return state;
  const { first_unread_message_id: _marked, ...read } = own;
  return withReads(state, id, read);
}

/** Who answers has read. */
function answered(state: ChatState, id: string): ChatState {
  const next = isKeptUnread(state, id) ? { ...resumed(state, id), unread: without(state.unread, id) } : state;
  return next.unreadAfter?.id === id ? { ...next, unreadAfter: undefined } : next;
}

function withReads(state: ChatState, id: string, read: ReadObject, more: { mentions?: number } = {}): ChatState {
  const others = (reads: readonly ReadObject[]) => reads.filter((other) => other.user_id !== read.user_id);
  const channel = state.channels.get(id);
  if (channel) return withChannel(state, { ...channel, reads: [...others(channel.reads), read] });
  const conversation = state.conversations.get(id);
  if (!conversation) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...conversation, ...more, reads: [...others(conversation.reads), read] }) };
}

/** What the team has read is not a customer's to see any more, only what it has been given. */
export const hidden = (reads: readonly ReadObject[]): ReadObject[] =>
  reads.map((read) => (read.role === 'admin' ? { ...read, last_read_message_id: 0 } : read));

/** It may be that the team has read more than is shown: what is hidden looks like what nobody has read. */
export const mayBeHidden = (reads: readonly ReadObject[]): boolean =>
  reads.some((read) => read.role === 'admin' && read.last_read_message_id === 0 && read.last_delivered_message_id > 0);

const withoutReceipts = (state: ChatState): ChatState => ({
  ...state,
  conversations: new Map([...state.conversations].map(([id, conversation]) => [id, { ...conversation, reads: hidden(conversation.reads) }])),
});

type Attention = 'typing' | 'viewing';

function onTyping(state: ChatState, what: Attention, id: string, user: UserObject, until: number): ChatState {
  if (user.id === state.me.id) return state;
  const others = (state[what].get(id) ?? []).filter((typer) => typer.user.id !== user.id);
  return { ...state, [what]: new Map(state[what]).set(id, [...others, { user, until }]) };
}

function notTyping(state: ChatState, id: string, user: UserObject, what: Attention = 'typing'): ChatState {
  const typers = state[what].get(id);
  if (!typers?.some((typer) => typer.user.id === user.id)) return state;
  return { ...state, [what]: new Map(state[what]).set(id, typers.filter((typer) => typer.user.id !== user.id)) };
}

function forgetTypers(state: ChatState, at: number): ChatState {
  return forget(forget(state, 'typing', at), 'viewing', at);
}

function forget(state: ChatState, what: Attention, at: number): ChatState {
  const old = [...state[what]].some(([, typers]) => typers.some((typer) => typer.until <= at));
  if (!old) return state;
  return { ...state, [what]: new Map([...state[what]].map(([id, typers]) => [id, typers.filter((typer) => typer.until > at)])) };
}

const callOf = (state: ChatState, id: string): CallSessionObject | null | undefined =>
  (state.conversations.get(id) ?? state.channels.get(id))?.call;

function withCall(state: ChatState, id: string | undefined, call: CallSessionObject | null): ChatState {
  const live = call && call.participants.length > 0 ? call : null;
  const channel = state.channels.get(id ?? '');
  if (channel) return withChannel(state, { ...channel, call: live });
  const conversation = id === undefined ? undefined : state.conversations.get(id);
  if (!conversation || id === undefined) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...conversation, call: live }) };
}

function withMention(state: ChatState, id: string): ChatState {
  const conversation = state.conversations.get(id);
  if (!conversation) return state;
  const mentions = (conversation.mentions ?? 0) + 1;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...conversation, mentions }) };
}

/** All that was said there is gone for good. */
function withoutWords(state: ChatState, id: string): ChatState {
  const conversation = state.conversations.get(id);
  if (!conversation) return state;
  const { snoozed_until: _gone, ...before } = conversation.support;
  const support: SupportObject = { ...before, status: 'resolved', assignee: null, labels: [], waiting_since: null };
  return {
    ...withThread(state, id, () => ({ ...EMPTY, status: 'ready' })),
    conversations: new Map(state.conversations).set(id, { ...conversation, last_message: null, unread: 0, mentions: 0, support }),
    unread: without(state.unread, id),
  };
}

/** One is gone, and what was loaded of the other has holes where its messages belong. */
function merged(state: ChatState, gone: string, into: string): ChatState {
  const open = state.open === gone ? into : state.open;
  const { unreadAfter } = state;
  return {
    ...afterGap(state, open),
    open,
    seeing: state.seeing === gone ? undefined : state.seeing,
    unreadAfter: unreadAfter?.id === gone ? undefined : unreadAfter,
    conversations: without(state.conversations, gone),
    unread: without(state.unread, gone),
    typing: without(state.typing, gone),
    viewing: without(state.viewing, gone),
  };
}

function withSupport(state: ChatState, id: string, support: SupportObject | undefined): ChatState {
  const conversation = state.conversations.get(id);
  if (!conversation || !support) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...conversation, support }) };
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
