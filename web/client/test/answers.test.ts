// SPDX-License-Identifier: Apache-2.0
/** An answer of HTTP that is older than an event which overtook it must not undo what the event has told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatStore, DeskStore, type MessageObject } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, tom, until, type FakeServer, type Route } from './lib/fakes.ts';

const MESSAGES = '/api/v1/conversations/ann/messages';

const message = (id: number, more: Partial<MessageObject> = {}): MessageObject => ({
  id, conversation_id: 'ann', type: 'regular', user: ann, text: `m${id}`, client_id: `c${id}`, created_at: '2026-01-01T10:00:00.000Z', reactions: [], attachments: [], ...more,
});

/** What the server tells while it answers: the event is there first. */
const overtaken = (server: FakeServer, event: { type: string; message?: MessageObject }, body: object): Route => () => {
  server.socket.emit({ cursor: ++server.cursor, conversation_id: 'ann', user: ann, ...event });
  return { status: 200, body };
};

async function setUp() {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser(tom, async () => makeToken('tom'));
  const conversation = { id: 'ann', user: ann, last_message: null, call: null, updated_at: '', unread: 0, reads: [], support: { status: 'open' } };
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [conversation], cursor: 10, online: [] } });
  return { client, server };
}

async function openStore() {
  const world = await setUp();
  const store = new ChatStore(world.client, tom);
  store.start();
  await until(() => store.state.status === 'ready');
  const texts = () => store.state.threads.get('ann')?.messages.map(({ text }) => text).join();
  return { ...world, store, texts };
}

test('a page that was loaded is not newer than what was deleted, written or cleared meanwhile', async () => {
  const { server, store, texts } = await openStore();
  server.routes[`GET ${MESSAGES}`] = overtaken(server, { type: 'message.deleted', message: message(2, { text: '', deleted_at: 'now' }) }, { messages: [message(2), message(3)], has_more: true });
  store.open('ann');
  await until(() => store.state.threads.get('ann')?.status === 'ready');
  assert.equal(texts(), ',m3');
  server.routes[`GET ${MESSAGES}`] = overtaken(server, { type: 'message.updated', message: message(1, { text: 'edited' }) }, { messages: [message(1)], has_more: false });
  await store.loadMore('ann');
  assert.equal(texts(), 'edited,,m3');
  server.routes[`GET ${MESSAGES}`] = overtaken(server, { type: 'message.new', message: message(9) }, { messages: [], has_more: false });
  await store.jump('ann', 5); // its two questions tell of it twice
  assert.equal(texts(), 'm9');
  assert.equal(store.state.unread.get('ann'), 1);
  server.routes[`GET ${MESSAGES}`] = overtaken(server, { type: 'conversation.cleared' }, { messages: [message(9)], has_more: false });
  await store.toNewest('ann');
  assert.equal(texts(), '');
  store.stop();
});

test('what somebody else did to the same message stays', async () => {
  const { server, store } = await openStore();
  server.routes[`GET ${MESSAGES}`] = () => ({ status: 200, body: { messages: [message(1)], has_more: false } });
  store.open('ann');
  await until(() => store.state.threads.get('ann')?.status === 'ready');
  const likes = (...users: string[]) => message(1, { reactions: [{ type: '👍', user_ids: users }] });
  server.routes[`POST ${MESSAGES}/1/reactions`] = overtaken(server, { type: 'reaction.new', message: likes('tom', 'ann') }, { message: likes('tom') });
  await store.react('ann', 1, '👍');
  assert.deepEqual(store.state.threads.get('ann')?.messages[0]?.reactions[0]?.user_ids, ['tom', 'ann']);
  server.routes['PATCH /api/v1/conversations/ann'] = overtaken(server, { type: 'conversation.updated', ...{ support: { status: 'resolved' } } }, { support: { status: 'pending' } });
  await store.changeSupport('ann', { status: 'pending' });
  assert.equal(store.state.conversations.get('ann')?.support.status, 'resolved');
  store.stop();
});

test('what became of many at once, and of a conversation that was rated, is as it was told last', async () => {
  const { server, store } = await openStore();
  const resolved = { type: 'conversation.updated', ...{ support: { status: 'resolved' } } };
  const status = () => store.state.conversations.get('ann')?.support.status;
  server.routes['PATCH /api/v1/conversations'] = overtaken(server, resolved, { results: [{ id: 'ann', support: { status: 'pending' } }] });
  await store.changeMany([{ id: 'ann', status: 'pending' }]);
  assert.equal(status(), 'resolved');
  server.routes['PATCH /api/v1/conversations'] = () => ({ status: 200, body: { results: [{ id: 'ann', support: { status: 'pending' } }] } });
  await store.changeMany([{ id: 'ann', status: 'pending' }]);
  assert.equal(status(), 'pending', 'an answer that nothing overtook is news');
  server.routes['POST /api/v1/conversations/ann/rating'] = overtaken(server, resolved, { support: { status: 'open' } });
  await store.rate('ann', 1, 4);
  assert.equal(status(), 'resolved');
  store.stop();
});

test('a channel minds it, too', async () => {
  const { client, server } = await setUp();
  server.routes[`GET ${MESSAGES}`] = () => ({ status: 200, body: { messages: [message(2)], has_more: true } });
  const channel = client.channel('support', 'ann');
  await channel.watch();
  server.routes[`GET ${MESSAGES}`] = overtaken(server, { type: 'message.updated', message: message(1, { text: 'edited' }) }, { messages: [message(1)], has_more: false });
  await channel.loadMore();
  server.routes[`PATCH ${MESSAGES}/2`] = overtaken(server, { type: 'message.updated', message: message(2, { text: 'later' }) }, { message: message(2, { text: 'sooner' }) });
  assert.equal((await channel.updateMessage(2, 'sooner')).text, 'sooner');
  assert.deepEqual(channel.state.messages.map(({ text }) => text), ['edited', 'later']);
});

test('a count that an event has told is not counted back by the answer to it', async () => {
  const { client, server, store } = await openStore();
  const read = { user_id: 'tom', role: 'admin', last_read_message_id: 1, last_delivered_message_id: 2, first_unread_message_id: 2 };
  const told = { read, unread: 1, mentions: 0 };
  const channel = client.channel('support', 'ann');
  server.routes[`GET ${MESSAGES}`] = () => ({ status: 200, body: { messages: [message(1), message(2)], has_more: false } });
  await channel.watch();
  server.routes['POST /api/v1/conversations/ann/unread'] = () => {
    server.socket.emit({ type: 'message.unread', conversation_id: 'ann', user: tom, ...told });
    server.socket.emit({ type: 'message.new', cursor: ++server.cursor, conversation_id: 'ann', user: ann, message: message(server.cursor) });
    return { status: 200, body: told };
  };
  await store.markUnread('ann', 2);
  assert.equal(store.state.unread.get('ann'), 2, 'the marked one, and the one that came behind it');
  await channel.markUnread({ message_id: 2 });
  assert.equal(channel.state.unread, 2);
  store.stop();
});

test('a list of labels that is slow to come does not undo what was added meanwhile; a later one does', async () => {
  const { client, server } = await setUp();
  const labels = (...names: string[]) => names.map((name, id) => ({ id, name, color: '#000000' }));
  server.routes['GET /api/v1/labels'] = () => {
    server.socket.emit({ type: 'labels.updated', labels: labels('Cable', 'Refund') });
    return { status: 200, body: { labels: labels('Cable') } };
  };
  server.routes['GET /api/v1/canned'] = () => ({ status: 200, body: { canned: [] } });
  server.routes['GET /api/v1/team'] = () => ({ status: 200, body: { team: [tom] } });
  const desk = new DeskStore(client);
  const names = () => desk.state$.get().labels.map(({ name }) => name).join();
  desk.start();
  await until(() => desk.state$.get().team.length === 1 && names() !== '');
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(names(), 'Cable,Refund');
  server.routes['GET /api/v1/labels'] = () => ({ status: 200, body: { labels: labels('Refund') } });
  desk.refresh();
  await until(() => names() === 'Refund');
  desk.stop();
});
