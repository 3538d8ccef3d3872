// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reduceChat, TYPING_MS, VIEWING_MS } from '../src/chat/reduce.ts';
import { initialChat, type ChatState } from '../src/chat/state.ts';
import type { ConversationObject, MessageObject, SupportObject, UserObject } from '../src/contract.ts';
import { complete, fillIn, isNamed, matchingCanned, matchingColleagues, triggerAt } from '../src/support/canned.ts';
import { countConversations, filterConversations } from '../src/support/filter.ts';
import { snoozeTimes } from '../src/support/snooze.ts';

const eva: UserObject = { id: 'eva', name: 'Eva Lind', role: 'admin' };
const max: UserObject = { id: 'max', name: 'Max Weber', role: 'admin' };

const conversation = (id: string, minute: number, support: Partial<SupportObject>): ConversationObject => ({
  id,
  user: { id, name: id, role: 'user' },
  last_message: null,
  call: null,
  updated_at: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(),
  unread: 0,
  reads: [],
  support: { status: 'open', assignee: null, labels: [], waiting_since: null, ...support },
});

const load = (...conversations: ConversationObject[]): ChatState =>
  reduceChat(initialChat(eva), { type: 'loaded', response: { conversations, cursor: 1, online: [] } });

const desk = load(
  conversation('a', 1, { assignee: eva, waiting_since: '2026-01-01T10:01:00.000Z' }),
  conversation('b', 2, { labels: [7], waiting_since: '2026-01-01T09:00:00.000Z' }),
  conversation('c', 3, { status: 'pending', assignee: max }),
  conversation('d', 4, { status: 'resolved', assignee: eva, labels: [7] }),
);
const ids = (state: ChatState, filter: Parameters<typeof filterConversations>[1]) => filterConversations(state, filter).map(({ id }) => id);

test('views, labels and counts', () => {
  assert.deepEqual(ids(desk, { view: 'open', order: 'latest' }), ['b', 'a']);
  assert.deepEqual(ids(desk, { view: 'mine', order: 'latest' }), ['a'], 'what is resolved is nobody’s work');
  assert.deepEqual(ids(desk, { view: 'unassigned', order: 'latest' }), ['b']);
  assert.deepEqual(ids(desk, { view: 'all', order: 'latest', label: 7 }), ['d', 'b']);
  assert.deepEqual(countConversations(desk), { open: 2, mine: 1, unassigned: 1, pending: 1, snoozed: 0, resolved: 1, all: 4 });
});

test('what is snoozed is in a view of its own only', () => {
  const away = load(conversation('s', 1, { status: 'snoozed', assignee: eva, snoozed_until: '2026-01-02T09:00:00.000Z' }), conversation('n', 2, { status: 'snoozed' }));
  assert.deepEqual(countConversations(away), { open: 0, mine: 0, unassigned: 0, pending: 0, snoozed: 2, resolved: 0, all: 2 });
});

test('the most urgent first, and of the same priority the latest', () => {
  const mixed = load(
    conversation('low', 5, { priority: 'low' }), conversation('old', 1, { priority: 'urgent' }), conversation('new', 2, { priority: 'urgent' }),
    conversation('plain', 4, {}), conversation('high', 3, { priority: 'high' }),
  );
  assert.deepEqual(ids(mixed, { view: 'all', order: 'priority' }), ['new', 'old', 'high', 'plain', 'low']);
});

test('snooze: three hours, tomorrow, Monday (never today) and a week, at nine', () => {
  const text = (at: Date) => [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()].join(' ');
  const times = snoozeTimes(new Date(2026, 0, 29, 22, 30)); // a Thursday
  assert.equal(text(times.later), '2026 1 30 1 30');
  assert.equal(text(times.tomorrow), '2026 1 30 9 0');
  assert.equal(text(times.monday), '2026 2 2 9 0');
  assert.equal(text(times.week), '2026 2 5 9 0');
  assert.equal(text(snoozeTimes(new Date(2026, 1, 2, 8)).monday), '2026 2 9 9 0');
  assert.equal(text(snoozeTimes(new Date(2026, 1, 1, 8)).monday), '2026 2 2 9 0');
});

test('who waits longest comes first, and who does not wait last', () => {
  assert.deepEqual(ids(desk, { view: 'all', order: 'waiting' }), ['b', 'a', 'd', 'c']);
});

test('a change by anybody is in the list at once; a line of the server is no news', () => {
  let state = reduceChat(desk, { type: 'event', event: { type: 'conversation.updated', cursor: 2, conversation_id: 'b', support: { status: 'resolved' } } });
  assert.equal(state.conversations.get('b')?.support.status, 'resolved');
  const line = { id: 5, conversation_id: 'b', type: 'system', activity: { type: 'reopened' }, user: max, text: '', client_id: 'l', created_at: '2026-01-01T11:00:00.000Z', reactions: [], attachments: [] } satisfies MessageObject;
  state = reduceChat(state, { type: 'event', event: { type: 'message.new', cursor: 3, conversation_id: 'b', message: line, support: { status: 'open' } } });
  assert.equal(state.conversations.get('b')?.support.status, 'open');
  assert.equal(state.conversations.get('b')?.last_message, null);
  assert.equal(state.unread.size, 0);
});

test('a customer who was deleted leaves an empty conversation', () => {
  const words = { id: 5, conversation_id: 'b', type: 'regular', user: max, text: 'secret', client_id: 's', created_at: '2026-01-01T11:00:00.000Z', reactions: [], attachments: [] } satisfies MessageObject;
  let state = reduceChat(desk, { type: 'thread.loaded', id: 'b', response: { messages: [words], has_more: true }, more: false });
  state = reduceChat(state, { type: 'event', event: { type: 'message.new', cursor: 3, conversation_id: 'b', message: { ...words, id: 6, client_id: 't' } } });
  assert.equal(state.unread.get('b'), 1);
  state = reduceChat(state, { type: 'event', event: { type: 'conversation.cleared', conversation_id: 'b' } });
  assert.deepEqual(state.threads.get('b')?.messages, []);
  assert.equal(state.threads.get('b')?.hasMore, false);
  const { last_message, support } = state.conversations.get('b')!;
  assert.deepEqual([last_message, support.status, support.waiting_since, support.labels], [null, 'resolved', null, []]);
  assert.equal(state.unread.has('b'), false);
});

test('two customers are one: one is gone, of the other what is shown stays until it is loaded anew', () => {
  const words = { id: 5, conversation_id: 'a', type: 'regular', user: max, text: 'hello', client_id: 's', created_at: '2026-01-01T11:00:00.000Z', reactions: [], attachments: [] } satisfies MessageObject;
  let state = reduceChat(desk, { type: 'thread.loaded', id: 'a', response: { messages: [words], has_more: false }, more: false });
  state = reduceChat(state, { type: 'thread.loaded', id: 'b', response: { messages: [{ ...words, id: 7, client_id: 't' }], has_more: false }, more: false });
  state = reduceChat(state, { type: 'opened', id: 'b' });
  state = reduceChat(state, { type: 'event', event: { type: 'conversation.merged', conversation_id: 'b', into: 'a', user: max } });
  assert.deepEqual([state.open, state.conversations.has('b'), state.threads.has('b'), state.unread.has('b')], ['a', false, false, false]);
  assert.equal(state.threads.get('a')?.messages.length, 1);
  // what comes is in the place of what was there: nothing may be missing in between
  const page = [{ ...words, id: 6, client_id: 'other' }, { ...words, id: 7, client_id: 't' }];
  state = reduceChat(state, { type: 'thread.loaded', id: 'a', response: { messages: page, has_more: true }, more: false });
  assert.deepEqual([state.threads.get('a')?.messages.map(({ id }) => id), state.threads.get('a')?.hasMore], [[6, 7], true]);
});

test('named in a note: counted until it is read', () => {
  const note = { id: 6, conversation_id: 'b', type: 'regular', private: true, user: max, text: '@eva, look', client_id: 'n', created_at: '2026-01-01T11:00:00.000Z', reactions: [], attachments: [] } satisfies MessageObject;
  let state = reduceChat(desk, { type: 'event', event: { type: 'message.new', cursor: 2, conversation_id: 'b', message: note } });
  assert.equal(state.conversations.get('b')?.mentions, 1);
  state = reduceChat(state, { type: 'event', event: { type: 'message.read', conversation_id: 'b', user: eva, read: { user_id: 'eva', role: 'admin', last_read_message_id: 6, last_delivered_message_id: 6 } } });
  assert.equal(state.conversations.get('b')?.mentions, 0);
});

test('colleagues who look are forgotten when they do not say it again', () => {
  const look = { type: 'viewing.start' as const, conversation_id: 'a', user: max };
  let state = reduceChat(desk, { type: 'event', event: look, at: 1000 });
  state = reduceChat(state, { type: 'event', event: { ...look, user: eva }, at: 1000 });
  assert.deepEqual(state.viewing.get('a')?.map(({ user }) => user.id), ['max'], 'not oneself');
  state = reduceChat(state, { type: 'tick', at: 1000 + TYPING_MS });
  assert.equal(state.viewing.get('a')?.length, 1);
  state = reduceChat(state, { type: 'tick', at: 1000 + VIEWING_MS });
  assert.equal(state.viewing.get('a')?.length, 0);
});

test('where a shortcut or a name begins', () => {
  assert.deepEqual(triggerAt('/hel', 4, false), { kind: 'canned', from: 0, words: 'hel' });
  assert.deepEqual(triggerAt('Hi\n/', 4, false), { kind: 'canned', from: 3, words: '' });
  assert.equal(triggerAt('and/or', 6, false), undefined);
  assert.equal(triggerAt('/hello there', 12, false), undefined);
  assert.deepEqual(triggerAt('ask @Ma', 7, true), { kind: 'mention', from: 4, words: 'ma' });
  assert.equal(triggerAt('ask @Ma', 7, false), undefined);
  assert.equal(triggerAt('a@b', 3, true), undefined);
  assert.deepEqual(complete('ask @Ma now', 7, { kind: 'mention', from: 4, words: 'ma' }, '@max '), { text: 'ask @max  now', cursor: 9 });
});

test('replies and colleagues that fit', () => {
  const canned = ['hello', 'refund', 'phello'].map((shortcut, id) => ({ id, shortcut, text: `text of ${shortcut}` }));
  assert.deepEqual(matchingCanned(canned, 'hel').map(({ shortcut }) => shortcut), ['hello', 'phello']);
  assert.equal(matchingCanned(canned, 'zzz').length, 0);
  assert.deepEqual(matchingColleagues([eva, max], 'we', 'eva').map(({ id }) => id), ['max']);
  assert.deepEqual(matchingColleagues([eva, max], '', 'eva').map(({ id }) => id), ['max']);
});

test('placeholders', () => {
  assert.equal(fillIn('Hi {first name}, this is {me}. {NAME}? {order}', { customer: 'Sam Rivera', me: 'Eva' }), 'Hi Sam, this is Eva. Sam Rivera? {order}');
  assert.equal(fillIn('$& {name}', { customer: '$&', me: '' }), '$& $&', 'a name is no pattern');
});

test('who is named in a note, by the server’s rule', () => {
  for (const text of ['@eva', 'ask @Eva, please', '(@eva)', '@eva- ']) assert.ok(isNamed(text, 'eva'), text);
  for (const text of ['eva', 'x@eva', '@evan', '@@eva', '@eva-maria']) assert.ok(!isNamed(text, 'eva'), text);
});
