// SPDX-License-Identifier: Apache-2.0
/** Direct and group conversations in the messenger's state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelObject, MessageObject, UserObject } from '../src/contract.ts';
import { channelReceipt, faceOf, isSlowed, otherOf, ownsChannel, seenBy, sortedChannels } from '../src/index.ts';
import { reduceChat, type ChatAction } from '../src/chat/reduce.ts';
import { initialChat, type ChatState } from '../src/chat/state.ts';

const me: UserObject = { id: 'max', name: 'Max', role: 'admin' };
const eva: UserObject = { id: 'eva', name: 'Eva', role: 'admin' };
const noor: UserObject = { id: 'noor', name: 'Noor', role: 'user' };
const AT = '2026-11-22T10:00:00.000Z';

const channel = (over: Partial<ChannelObject> = {}): ChannelObject => ({
  id: 'group.lunch', type: 'group', name: 'Lunch', created_by: 'max', slow_mode_s: 0, created_at: AT,
  members: [{ user: me, role: 'owner', joined_at: AT }, { user: eva, role: 'member', joined_at: AT }, { user: noor, role: 'member', joined_at: AT }],
  member_count: 3, last_message: null, call: null, updated_at: AT, unread: 0, reads: [], ...over,
});
const direct = channel({ id: 'direct.eva.max', type: 'direct', name: null, members: channel().members.slice(0, 2), member_count: 2 });

const message = (id: number, user: UserObject, conversationId = 'group.lunch'): MessageObject => ({
  id, conversation_id: conversationId, user, text: `text ${id}`, client_id: `c${id}`, created_at: `2026-11-22T11:00:0${id}.000Z`, type: 'regular', reactions: [], attachments: [],
});

const after = (state: ChatState, ...actions: ChatAction[]) => actions.reduce(reduceChat, state);
const ready = (...channels: ChannelObject[]) =>
  after(initialChat(me), { type: 'loaded', response: { conversations: [], cursor: 1, online: [] }, channels: { channels, cursor: 1 } });
const arrives = (m: MessageObject): ChatAction => ({ type: 'event', event: { type: 'message.new', cursor: m.id, conversation_id: m.conversation_id, message: m } });
const updated = (over: Partial<ChannelObject>): ChatAction => {
  const { last_message: _last, call: _call, updated_at: _at, unread: _unread, reads: _reads, ...info } = channel(over);
  return { type: 'event', event: { type: 'channel.updated', cursor: 9, conversation_id: info.id, user: eva, channel: info } };
};

test('a message counts, is the last one, and moves its conversation up; reading elsewhere takes the count away', () => {
  const state = after(ready(channel(), direct), arrives(message(1, eva, direct.id)), arrives(message(2, me, direct.id)), arrives(message(3, eva, direct.id)));
  assert.deepEqual(sortedChannels(state).map(({ id }) => id), ['direct.eva.max', 'group.lunch']);
  assert.deepEqual([state.unread.get(direct.id), state.channels.get(direct.id)?.last_message?.id], [2, 3]);
  assert.equal(state.conversations.size, 0, 'it is no customer');
  const read = { user_id: 'max', role: 'admin' as const, last_read_message_id: 3, last_delivered_message_id: 3 };
  const seen = after(state, { type: 'event', event: { type: 'message.read', conversation_id: direct.id, user: me, read } });
  assert.equal(seen.unread.get(direct.id), undefined);
  const half = after(state, { type: 'event', event: { type: 'message.read', conversation_id: direct.id, user: me, read: { ...read, last_read_message_id: 1 } } });
  assert.equal(half.unread.get(direct.id), 2, 'not when there is more to read');
});

test('changes keep what was read and said; who is taken out keeps nothing', () => {
  const state = after(ready(channel()), arrives(message(1, eva)), { type: 'opened', id: 'group.lunch' }, updated({ name: 'Dinner' }));
  assert.deepEqual([state.channels.get('group.lunch')?.name, state.channels.get('group.lunch')?.last_message?.id], ['Dinner', 1]);
  const out = after(state, { type: 'event', event: { type: 'channel.left', conversation_id: 'group.lunch', user: eva } });
  assert.deepEqual([out.channels.size, out.threads.size, out.unread.size, out.open], [0, 0, 0, undefined]);
  assert.equal(after(out, updated({})).channels.get('group.lunch')?.last_message, null);
});

test('a call goes on in it, until it is over', () => {
  const live = { cid: 'default:chat-group.lunch', session_id: 's', started_at: AT, started_by: eva, participants: [eva], participant_count: 1 };
  const base = { cid: live.cid, conversation_id: 'group.lunch', created_at: AT, cursor: 3 };
  const state = after(ready(channel()), { type: 'event', event: { type: 'call.session_started', ...base, state: live } });
  assert.equal(state.channels.get('group.lunch')?.call?.session_id, 's');
  const over = after(state, { type: 'event', event: { type: 'call.session_ended', ...base, session_id: 's' } });
  assert.equal(over.channels.get('group.lunch')?.call, null);
});

test('a list that came without channels leaves them and their counts', () => {
  const state = after(ready(channel({ unread: 4 })), { type: 'loaded', response: { conversations: [], cursor: 2, online: [] } });
  assert.deepEqual([state.channels.size, state.unread.get('group.lunch')], [1, 4]);
});

test('whose face, who owns it, who has seen it, who waits in slow mode', () => {
  assert.deepEqual([faceOf(direct, 'max').name, faceOf(channel(), 'max').name, otherOf(channel(), 'max')], ['Eva', 'Lunch', undefined]);
  assert.deepEqual([ownsChannel(channel(), 'max'), ownsChannel(channel(), 'eva'), ownsChannel(direct, 'max')], [true, false, false]);
  const far = (id: string, read: number, delivered = read) => ({ user_id: id, role: 'user' as const, last_read_message_id: read, last_delivered_message_id: delivered });
  const reads = (...list: ReturnType<typeof far>[]) => channel({ reads: list });
  assert.deepEqual(seenBy(reads(far('max', 9), far('eva', 5), far('gone', 9)), 'max', 5).map(({ id }) => id), ['eva']);
  assert.deepEqual([reads(far('max', 9)), reads(far('eva', 0, 5)), reads(far('eva', 5))].map((c) => channelReceipt(c, 'max', 5)), ['sent', 'delivered', 'read']);
  const slow = channel({ slow_mode_s: 30 });
  assert.deepEqual([me, eva, noor].map((user) => isSlowed(slow, user)), [false, false, true]);
});
