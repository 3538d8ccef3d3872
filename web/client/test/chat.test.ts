// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationObject, MessageObject, UserObject } from '../src/contract.ts';
import { ChatStore, conversationIdOf, firstUnread, receiptOf, sortedConversations } from '../src/index.ts';
import type { Queued } from '../src/chat/outbox.ts';
import { TYPING_MS, reduceChat, type ChatAction } from '../src/chat/reduce.ts';
import { initialChat, type ChatState } from '../src/chat/state.ts';
import { VideoClient, ann, gate, makeToken, makeWorld, session, tom, until } from './lib/fakes.ts';

const message = (id: number, user: UserObject, text: string, clientId = `c${id}`): MessageObject => ({
  id,
  conversation_id: 'ann',
  user,
  text,
  client_id: clientId,
  created_at: new Date(Date.UTC(2026, 0, 1, 10, 0, id)).toISOString(),
  type: 'regular',
  reactions: [],
  attachments: [],
});

const conversation = (over: Partial<ConversationObject> = {}): ConversationObject => ({
  id: 'ann',
  user: ann,
  last_message: null,
  call: null,
  updated_at: '2026-01-01T00:00:00.000Z',
  unread: 0,
  reads: [],
  support: { status: 'open' },
  ...over,
});

const ready = (me: UserObject, ...conversations: ConversationObject[]): ChatState =>
  reduceChat(initialChat(me), { type: 'loaded', response: { conversations, cursor: 1, online: [] } });

const arrived = (state: ChatState, m: MessageObject, replayed = false): ChatState =>
  reduceChat(state, { type: 'event', replayed, event: { type: 'message.new', cursor: m.id, conversation_id: 'ann', message: m } });

const AT = '2026-11-22T10:00:00.000Z';

const live = (state: ChatState, ...people: UserObject[]): ChatState =>
  reduceChat(state, {
    type: 'event',
    event: { type: 'call.session_started', cursor: 5, created_at: AT, cid: 'default:chat-ann', conversation_id: 'ann', state: session('s1', ...people) },
  });

test('a message moves its conversation up and counts as unread, unless it is mine or open', () => {
  const bob = { id: 'bob', name: 'Bob', role: 'user' as const };
  const state = ready(tom, conversation({ id: 'bob', user: bob, updated_at: '2026-01-01T05:00:00.000Z' }), conversation());
  assert.deepEqual(sortedConversations(state).map((c) => c.id), ['bob', 'ann']);
  const next = arrived(arrived(state, message(1, ann, 'hi')), message(2, ann, 'there'));
  assert.deepEqual(sortedConversations(next).map((c) => c.id), ['ann', 'bob']);
  assert.equal(next.unread.get('ann'), 2);
  assert.equal(next.conversations.get('ann')?.last_message?.text, 'there');
  assert.equal(arrived(next, message(2, ann, 'there')).unread.get('ann'), 2, 'the same message again is not new');
  const opened = reduceChat(reduceChat(next, { type: 'opened', id: 'ann' }), { type: 'seeing', id: 'ann' });
  assert.equal(opened.unread.get('ann'), undefined);
  assert.equal(arrived(opened, message(3, ann, 'x')).unread.get('ann'), undefined);
  assert.equal(arrived(state, message(1, tom, 'mine')).unread.get('ann'), undefined);
});

test('another name is shown wherever the person is', () => {
  const bob = { id: 'bob', name: 'Bob', role: 'user' as const };
  let state = live(ready(tom, conversation({ support: { status: 'open', assignee: tom } }), conversation({ id: 'bob', user: bob })), ann);
  const response = { messages: [message(1, ann, 'hi'), { ...message(2, tom, 'yes?'), quoted: { id: 1, user_id: 'ann', user_name: 'Ann', text: 'hi' } }], has_more: false };
  state = arrived(reduceChat(state, { type: 'thread.loaded', id: 'ann', response, more: false }), message(3, ann, 'there'));
  const before = state.conversations;
  const renamed = (user: UserObject) => (state = reduceChat(state, { type: 'event', event: { type: 'user.updated', user } }));
  renamed({ ...ann, name: 'Ann the Second' });
  const { user, call, last_message: last } = state.conversations.get('ann') ?? conversation();
  assert.deepEqual([user.name, call?.participants[0]?.name, last?.user.name], Array(3).fill('Ann the Second'));
  assert.deepEqual(state.threads.get('ann')?.messages.map((m) => m.quoted?.user_name ?? m.user.name), ['Ann the Second', 'Ann the Second', 'Ann the Second']);
  assert.equal(state.conversations.get('bob'), before.get('bob'), 'nobody else, not even a copy: thousands of rows would be drawn anew');
  renamed({ ...tom, name: 'Tomas' });
  assert.deepEqual([state.me.name, state.conversations.get('ann')?.support.assignee?.name], ['Tomas', 'Tomas']);
});

test('after a gap nothing is shown as if nothing were missing: the newest page takes the place of what was there', () => {
  const page = (ids: number[], hasMore: boolean) => ({ messages: ids.map((id) => message(id, ann, `m${id}`)), has_more: hasMore });
  const bob = { id: 'bob', name: 'Bob', role: 'user' as const };
  let state = ready(tom, conversation(), conversation({ id: 'bob', user: bob }), conversation({ id: 'cem', user: { ...bob, id: 'cem' } }));
  for (const id of ['ann', 'bob', 'cem']) state = reduceChat(state, { type: 'thread.loaded', id, response: page([1, 2], false), more: false });
  const unsent = (conversationId: string) => ({
    message: { key: conversationId, conversationId, text: 'mine', at: 5, private: false, files: [] },
    delivery: 'waiting' as const,
    error: undefined,
  });
  state = reduceChat(state, { type: 'queue', queue: [unsent('ann'), unsent('bob')] });
  const texts = (id: string) => state.threads.get(id)?.messages.map((m) => m.text);

  state = reduceChat(state, { type: 'resync', shown: 'ann' });
  assert.deepEqual(texts('ann'), ['m1', 'm2', 'mine'], 'what is on screen stays until the answer is there');
  assert.deepEqual([state.threads.get('bob')?.status, texts('bob')], ['loading', ['mine']], 'what is on its way stays');
  assert.equal(state.threads.has('cem'), false, 'asked for anew when it is opened');

  state = arrived(state, message(90, ann, 'm90')); // meanwhile
  state = reduceChat(state, { type: 'thread.loaded', id: 'ann', response: page([50, 51], true), more: false });
  assert.deepEqual(texts('ann'), ['m50', 'm51', 'm90', 'mine']);
  assert.deepEqual([state.threads.get('ann')?.hasMore, state.threads.get('ann')?.stale], [true, undefined]);
  state = reduceChat(state, { type: 'thread.loaded', id: 'ann', response: page([91], true), more: false });
  assert.deepEqual(texts('ann'), ['m50', 'm51', 'm90', 'm91', 'mine'], 'an ordinary reload keeps what is there');
});

test('resync: the list and the open conversation are loaded anew', async () => {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  const { routes } = world.server;
  let last = 1;
  routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [conversation({ last_message: message(last, ann, `m${last}`) })], cursor: last, online: [] } });
  routes['GET /api/v1/conversations/ann/messages'] = () => ({ status: 200, body: { messages: [message(last, ann, `m${last}`)], has_more: last > 1 } });
  const me = await client.connectUser(ann, async () => makeToken('ann'));
  const chat = new ChatStore(client, me);
  chat.start();
  chat.open('ann');
  const texts = () => chat.state.threads.get('ann')?.messages.map((m) => m.text).join();
  await until(() => texts() === 'm1');
  last = 500;
  world.server.socket.emit({ type: 'resync' });
  await until(() => texts() === 'm500');
  assert.equal(chat.state.conversations.get('ann')?.last_message?.id, 500);
  assert.equal(chat.state.threads.get('ann')?.hasMore, true);
  chat.stop();
});

test('a first message of an unknown customer makes the conversation appear', () => {
  const state = arrived(ready(tom), message(1, ann, 'hi'));
  assert.equal(state.conversations.get('ann')?.user.name, 'Ann');
});

/** 'hi' is in the outbox. */
const queued = (delivery: Queued['delivery']): ChatAction => ({
  type: 'queue',
  queue: [{ message: { key: 'k', conversationId: 'ann', text: 'hi', at: 5, private: false, files: [] }, delivery, error: undefined }],
});

test('an optimistic message is replaced by the stored one, whichever way it comes first', () => {
  const sending = reduceChat(
    reduceChat(ready(ann, conversation()), {
      type: 'thread.loaded',
      id: 'ann',
      more: false,
      response: { messages: [message(1, tom, 'hello')], has_more: true },
    }),
    queued('sending'),
  );
  const list = (state: ChatState) => state.threads.get('ann')?.messages.map((m) => [m.text, m.delivery]);
  assert.deepEqual(list(sending), [['hello', 'sent'], ['hi', 'sending']]);
  const stored = message(2, ann, 'hi', 'k');
  const echoed = arrived(sending, stored);
  assert.deepEqual(list(echoed), [['hello', 'sent'], ['hi', 'sent']]);
  const done = reduceChat(echoed, { type: 'send.done', id: 'ann', key: 'k', message: stored });
  assert.deepEqual(list(done), [['hello', 'sent'], ['hi', 'sent']]);
  const again = reduceChat(echoed, queued('sending'));
  assert.deepEqual(list(again), list(echoed), 'a stored one is not on its way again');
  assert.deepEqual(list(reduceChat(sending, queued('failed'))), [['hello', 'sent'], ['hi', 'failed']]);
  assert.deepEqual(list(reduceChat(echoed, queued('failed'))), list(echoed));
  assert.deepEqual(list(reduceChat(sending, { type: 'queue', queue: [] })), [['hello', 'sent']], 'discarded');
  const late = arrived(sending, message(3, tom, 'meanwhile'));
  assert.deepEqual(list(late), [['hello', 'sent'], ['meanwhile', 'sent'], ['hi', 'sending']]);
});

test('older pages go on top, and has_more is theirs', () => {
  const load = (state: ChatState, ids: number[], hasMore: boolean, more: boolean) =>
    reduceChat(state, {
      type: 'thread.loaded',
      id: 'ann',
      more,
      response: { messages: ids.map((id) => message(id, ann, `${id}`)), has_more: hasMore },
    });
  const first = load(ready(tom), [3, 4], true, false);
  const second = load(first, [1, 2], false, true);
  assert.deepEqual(second.threads.get('ann')?.messages.map((m) => m.id), [1, 2, 3, 4]);
  assert.equal(second.threads.get('ann')?.hasMore, false);
  const again = load(second, [4, 5], true, false);
  assert.deepEqual(again.threads.get('ann')?.messages.map((m) => m.id), [1, 2, 3, 4, 5]);
  assert.equal(again.threads.get('ann')?.hasMore, false);
});

test('a live call follows its events, and the end of an older session is not its end', () => {
  const live1 = live(ready(tom, conversation()), ann);
  const callOf = (state: ChatState) => state.conversations.get('ann')?.call;
  assert.deepEqual(callOf(live1)?.participants, [ann]);
  const call = { cid: 'default:chat-ann', conversation_id: 'ann', cursor: 6, created_at: AT };
  const ended = { type: 'call.session_ended' as const, ...call, session_id: 's1' };
  assert.equal(callOf(reduceChat(live1, { type: 'event', event: ended })), null);
  assert.ok(callOf(reduceChat(live1, { type: 'event', event: { ...ended, session_id: 's0' } })));
  const left = { type: 'call.session_participant_left' as const, ...call, user: ann, state: session('s1') };
  assert.equal(callOf(reduceChat(live1, { type: 'event', event: left })), null);
  assert.equal(conversationIdOf('chat-ann'), 'ann');
  assert.equal(conversationIdOf('standup'), undefined);
});

test('the store: loads, sends at once, marks a failure, retries with the same id', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const sent: unknown[] = [];
  let works = false;
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [conversation()], cursor: 10 } });
  server.routes['GET /api/v1/conversations/ann/messages'] = () => ({ status: 200, body: { messages: [], has_more: false } });
  server.routes['POST /api/v1/conversations/ann/messages'] = ({ body }) => {
    sent.push(body['client_id']);
    if (!works) return { status: 500, body: {} };
    return { status: 201, body: { message: message(7, ann, String(body['text']), String(body['client_id'])) } };
  };
  const store = new ChatStore(client, ann);
  store.start();
  store.open('ann');
  await until(() => store.state.threads.get('ann')?.status === 'ready' && store.state.status === 'ready');
  const deliveries = () => store.state.threads.get('ann')?.messages.map((m) => m.delivery).join();
  store.send('ann', 'hello');
  assert.equal(deliveries(), 'sending');
  await until(() => deliveries() === 'failed');
  works = true;
  store.retry(store.state.threads.get('ann')?.messages[0]?.key ?? '');
  assert.equal(deliveries(), 'sending');
  await until(() => deliveries() === 'sent');
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
  store.stop();
});

test('the store: messages arrive in the order they were written, also when the network was away', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const sent: string[] = [];
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [conversation()], cursor: 10 } });
  server.routes['GET /api/v1/conversations/ann/messages'] = () => ({ status: 200, body: { messages: [], has_more: false } });
  server.routes['POST /api/v1/conversations/ann/messages'] = ({ body }) => {
    const text = String(body['text']);
    if (text === 'refused') return { status: 403, body: { code: 17, message: 'no', StatusCode: 403 } };
    sent.push(text);
    return { status: 201, body: { message: message(sent.length, ann, text, String(body['client_id'])) } };
  };
  const store = new ChatStore(client, ann);
  store.start();
  store.open('ann');
  await until(() => store.state.threads.get('ann')?.status === 'ready' && store.state.status === 'ready');
  const deliveries = () => store.state.threads.get('ann')?.messages.map((m) => m.delivery).join();
  server.reachable = false;
  for (const text of ['one', 'refused', 'two']) store.send('ann', text);
  await until(() => deliveries() === 'waiting,waiting,waiting');
  server.reachable = true;
  store.send('ann', 'three'); // those that wait go with it, before it
  await until(() => sent.length === 3);
  assert.deepEqual(sent, ['one', 'two', 'three']);
  await until(() => deliveries() === 'sent,sent,sent,failed'); // what was refused is behind those that are stored
  store.stop();
});

test('the store: what arrives while the list loads is not lost, and a reconnect loads anew', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(tom, async () => makeToken('tom'));
  let loads = 0;
  server.routes['GET /api/v1/conversations'] = () => {
    loads++;
    if (loads === 1) server.socket.emit({ type: 'message.new', cursor: 12, conversation_id: 'ann', message: message(3, ann, 'early') });
    return { status: 200, body: { conversations: [conversation()], cursor: 11 } };
  };
  const store = new ChatStore(client, tom);
  store.start();
  await until(() => store.state.status === 'ready');
  assert.equal(store.state.conversations.get('ann')?.last_message?.text, 'early');
  assert.equal(store.state.unread.get('ann'), 1);
  server.socket.end(1006);
  await until(() => loads === 2);
  store.stop();
});

test('the store: a load that dies with the connection is made up for when that is back', async () => {
  const { options, server } = makeWorld();
  const { promise, open: die } = gate();
  let loads = 0;
  const fetch: typeof server.fetch = async (url, init) => {
    if (url.endsWith('/conversations') && ++loads === 2) await promise.then(() => Promise.reject(new TypeError('network changed')));
    return server.fetch(url, init);
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...options, fetch } });
  await client.connectUser(tom, async () => makeToken('tom'));
  let conversations = [conversation()];
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations, cursor: 11 } });
  const store = new ChatStore(client, tom);
  store.start();
  await until(() => store.state.status === 'ready');
  store.refresh();
  await until(() => loads === 2);
  conversations = [conversation({ unread: 4 })];
  server.socket.end(1006);
  await until(() => client.state.connectionState === 'reconnecting');
  await until(() => client.state.connectionState === 'connected');
  die();
  await until(() => store.state.unread.get('ann') === 4);
  assert.equal(loads, 3);
  store.stop();
});

test('the store: who reads an older part reads on there after a reconnect', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(tom, async () => makeToken('tom'));
  const asked: string[] = [];
  let loads = 0;
  server.routes['GET /api/v1/conversations'] = () => (loads++, { status: 200, body: { conversations: [conversation()], cursor: 11 } });
  server.routes['GET /api/v1/conversations/ann/messages'] = ({ path }) => {
    asked.push(path);
    const ids = path.includes('before') ? [4, 5] : path.includes('after') ? [6, 7] : [28, 29, 30];
    return { status: 200, body: { messages: ids.map((id) => message(id, ann, `${id}`)), has_more: true } };
  };
  const store = new ChatStore(client, tom);
  store.start();
  store.open('ann');
  await until(() => store.state.threads.get('ann')?.status === 'ready');
  await store.jump('ann', 5);
  const before = asked.length;
  const reconnect = async () => {
    const seen = loads;
    server.socket.end(1006);
    await until(() => loads === seen + 1);
  };
  await reconnect();
  assert.deepEqual(store.state.threads.get('ann')?.messages.map((m) => m.id), [4, 5, 6, 7]);
  assert.equal(asked.length, before);
  await store.toNewest('ann');
  await reconnect();
  await until(() => asked.length === before + 2);
  store.stop();
});

test('what the server says about unread, ticks, typing and presence', () => {
  const loaded = ready(tom, conversation({ unread: 3 }));
  assert.equal(loaded.unread.get('ann'), 3);
  const read = { user_id: 'tom', role: 'admin' as const, last_read_message_id: 2, last_delivered_message_id: 2 };
  const withLast = arrived(loaded, message(2, ann, 'hi'));
  const elsewhere = reduceChat(withLast, { type: 'event', event: { type: 'message.read', conversation_id: 'ann', user: tom, read } });
  assert.equal(elsewhere.unread.get('ann'), undefined, 'read in another tab of mine');

  const reads = elsewhere.conversations.get('ann')?.reads ?? [];
  assert.equal(receiptOf(reads, ann, 2), 'read');
  assert.equal(receiptOf(reads, ann, 3), 'sent');
  assert.equal(receiptOf([{ ...read, last_read_message_id: 0 }], ann, 2), 'delivered');
  assert.equal(receiptOf(reads, tom, 2), 'sent', 'my own reading is no receipt');

  const typing = reduceChat(loaded, { type: 'event', at: 1000, event: { type: 'typing.start', conversation_id: 'ann', user: ann } });
  const who = (state: ChatState) => state.typing.get('ann')?.map((typer) => typer.user.id) ?? [];
  assert.deepEqual(who(typing), ['ann']);
  assert.deepEqual(who(reduceChat(typing, { type: 'tick', at: 1000 + TYPING_MS })), [], 'a stop may be lost');
  assert.deepEqual(who(arrived(typing, message(3, ann, 'sent'))), [], 'sent is written');
  const mine = reduceChat(loaded, { type: 'event', at: 1, event: { type: 'typing.start', conversation_id: 'ann', user: tom } });
  assert.deepEqual(who(mine), []);

  const online = reduceChat(loaded, { type: 'event', event: { type: 'user.presence.changed', user: ann, online: true } });
  assert.ok(online.online.has('ann'));
  assert.ok(!reduceChat(online, { type: 'event', event: { type: 'user.presence.changed', user: ann, online: false } }).online.has('ann'));
});

test('a changed message is changed in its thread, in the list, and where it is quoted', () => {
  const thread = (state: ChatState) => state.threads.get('ann')?.messages.map((m) => [m.text, m.edited, m.deleted, m.quoted?.text]);
  const quoting = { ...message(2, tom, 'yes'), quoted: { id: 1, user_id: 'ann', user_name: 'Ann', text: 'helo' } };
  const start = reduceChat(ready(tom, conversation({ last_message: message(1, ann, 'helo') })), {
    type: 'thread.loaded', id: 'ann', more: false, response: { messages: [message(1, ann, 'helo'), quoting], has_more: false },
  });
  const edited = { ...message(1, ann, 'hello'), updated_at: '2026-01-01T11:00:00.000Z' };
  const next = reduceChat(start, { type: 'event', event: { type: 'message.updated', cursor: 9, conversation_id: 'ann', message: edited, user: ann } });
  assert.deepEqual(thread(next), [['hello', true, false, undefined], ['yes', false, false, 'hello']]);
  assert.equal(next.conversations.get('ann')?.last_message?.text, 'hello');
  const gone = { ...message(1, ann, ''), deleted_at: '2026-01-01T11:00:00.000Z' };
  assert.deepEqual(thread(reduceChat(next, { type: 'changed', id: 'ann', message: gone })), [['', false, true, undefined], ['yes', false, false, '']]);
});

test('jumped to an older message: what arrives waits, and the newest page takes over again', () => {
  const page = (ids: number[], hasMore: boolean) => ({ messages: ids.map((id) => message(id, ann, `${id}`)), has_more: hasMore });
  const ids = (state: ChatState) => state.threads.get('ann')?.messages.map((m) => m.id);
  const window = reduceChat(ready(tom, conversation()), { type: 'thread.window', id: 'ann', older: page([4, 5], true), newer: page([6, 7], true) });
  assert.deepEqual(ids(arrived(window, message(30, ann, 'new'))), [4, 5, 6, 7]);
  const back = reduceChat(window, { type: 'thread.loaded', id: 'ann', more: false, response: page([28, 29, 30], true) });
  assert.deepEqual(ids(back), [28, 29, 30]);
  assert.equal(back.threads.get('ann')?.hasNewer, false);
});

test('the line between read and unread: where one comes to it, or where one looked away', () => {
  const page = (ids: number[], hasMore = false) => ({ messages: ids.map((id) => message(id, ann, `${id}`)), has_more: hasMore });
  const read = { user_id: 'tom', role: 'admin' as const, last_read_message_id: 2, last_delivered_message_id: 4 };
  const listed = ready(tom, conversation({ unread: 2, reads: [read], last_message: message(4, ann, '4') }));
  const open = (state: ChatState, response = page([1, 2, 3, 4])) =>
    reduceChat(reduceChat(state, { type: 'opened', id: 'ann' }), { type: 'thread.loaded', id: 'ann', response, more: false });
  const seeing = (state: ChatState, id: string | undefined) => reduceChat(state, { type: 'seeing', id });
  const line = (state: ChatState) => firstUnread(state, 'ann')?.id;
  assert.equal(line(open(listed)), 3);
  assert.equal(line(seeing(open(listed), 'ann')), 3, 'it stays while one reads');
  assert.equal(line(open(listed, page([3, 4], true))), undefined, 'not before what may have older ones in front');
  assert.equal(line(open(ready(tom, conversation()))), undefined);
  const early = reduceChat(reduceChat(initialChat(tom), { type: 'opened', id: 'ann' }), {
    type: 'loaded', response: { conversations: [...listed.conversations.values()], cursor: 1, online: [] },
  });
  assert.equal(early.unreadAfter?.after, 2, 'opened by the address, before the list was there');
  const away = seeing(seeing(open(listed), 'ann'), undefined);
  const came = arrived(arrived(away, message(5, ann, 'x')), message(6, ann, 'y'));
  assert.equal(line(came), 5, 'the first that came meanwhile');
  assert.equal(line(arrived(seeing(came, 'ann'), message(7, ann, 'z'))), 5, 'what comes before one\'s eyes moves nothing');
  assert.equal(line(arrived(came, message(7, tom, 'mine'))), undefined, 'who answers has read');
  assert.equal(reduceChat(came, { type: 'opened', id: undefined }).unreadAfter, undefined);
});

test('the store: slow mode that is turned on, or was before the page, waits from the last message on; its end frees at once', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const at = Date.now() - 5000;
  let slow = 0;
  const stored = { ...message(1, ann, 'hello'), created_at: new Date(at).toISOString() };
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [conversation()], cursor: 10, online: [], slow_mode_s: slow } });
  server.routes['GET /api/v1/conversations/ann/messages'] = () => ({ status: 200, body: { messages: [stored], has_more: false } });
  const open = async () => {
    const store = new ChatStore(client, ann);
    store.start();
    store.open('ann');
    await until(() => store.state.threads.get('ann')?.status === 'ready' && store.state.status === 'ready');
    return store;
  };
  const store = await open();
  const waits = () => store.state.slow.get('ann') ?? 0;
  assert.equal(waits(), 0);
  const tell = (slow_mode_s: number) => server.socket.emit({ type: 'hours.updated', slow_mode_s, read_receipts: true, hours: { open: true, opens_at: null } });
  tell(60);
  assert.deepEqual([waits(), store.state.slowModeS, store.state.hours?.open], [at + 60_000, 60, true]);
  tell(30);
  assert.equal(waits(), at + 30_000);
  slow = 20;
  const later = await open(); // the page loaded anew
  await until(() => later.state.slow.get('ann') === at + 20_000);
  tell(0);
  assert.deepEqual([waits(), store.state.slowModeS], [0, 0]);
  stored.created_at = new Date(Date.now() + 3_600_000).toISOString(); // this clock is an hour behind
  tell((slow = 3));
  store.refresh();
  await until(() => waits() > Date.now());
  assert.ok(waits() <= Date.now() + 3000);
  store.stop();
  later.stop();
});

test('the team stops showing what it has read: ticks go at once, and are back with the setting; how soon it answers is told, too', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const read = (id: number) => [{ user_id: 'eva', role: 'admin', last_read_message_id: id, last_delivered_message_id: 6 }];
  let reads = read(6);
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [{ ...conversation(), reads }], cursor: 10, online: [] } });
  const store = new ChatStore(client, ann);
  store.start();
  await until(() => store.state.status === 'ready');
  const shown = () => store.state.conversations.get('ann')?.reads.map((one) => [one.last_read_message_id, one.last_delivered_message_id]);
  assert.deepEqual(shown(), [[6, 6]]);
  reads = read(0);
  server.socket.emit({ type: 'hours.updated', slow_mode_s: 0, read_receipts: false, usual_reply: 'hour' });
  assert.deepEqual([shown(), store.state.usualReply], [[[0, 6]], 'hour']);
  reads = read(6);
  server.socket.emit({ type: 'hours.updated', slow_mode_s: 0, read_receipts: true });
  await until(() => shown()?.[0]?.[0] === 6);
  assert.equal(store.state.usualReply, undefined);
  store.stop();
});
