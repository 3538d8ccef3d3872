// SPDX-License-Identifier: Apache-2.0
/** Marked unread by hand: it stays so before one's eyes, until one goes on there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationObject, MessageObject, ReadObject, UserObject } from '../src/contract.ts';
import { ChatStore, firstUnread, isKeptUnread, lastToRead } from '../src/index.ts';
import { VideoClient, ann, gate, makeToken, makeWorld, tom, until } from './lib/fakes.ts';

const message = (id: number, user: UserObject): MessageObject => ({
  id,
  conversation_id: 'ann',
  user,
  text: `m${id}`,
  client_id: `c${id}`,
  created_at: new Date(Date.UTC(2026, 0, 1, 10, 0, id)).toISOString(),
  type: 'regular',
  reactions: [],
  attachments: [],
});

const place = (read: number, from?: number): ReadObject => ({
  user_id: 'tom',
  role: 'admin',
  last_read_message_id: read,
  last_delivered_message_id: 4,
  ...(from === undefined ? {} : { first_unread_message_id: from }),
});

/** A store of tom's over three messages of ann's and one of his own in between, all read but for what `over` says. */
async function setUp(over: Partial<ConversationObject> = {}) {
  const { options, server } = makeWorld();
  let answered = Promise.resolve();
  /** Answers to what was read come when `open` is called. */
  const hold = () => {
    const { promise, open } = gate();
    answered = promise;
    return open;
  };
  const fetch: typeof server.fetch = async (url, init) => {
    const answer = await server.fetch(url, init);
    if (url.endsWith('/read')) await answered;
    return answer;
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...options, fetch } });
  await client.connectUser(tom, async () => makeToken('tom'));
  const asked: string[] = [];
  const listed = { id: 'ann', user: ann, last_message: message(4, ann), call: null, updated_at: '', unread: 0, reads: [place(4)], support: { status: 'open' as const }, ...over };
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [listed], cursor: 1, online: [] } });
  server.routes['GET /api/v1/channels'] = () => ({ status: 200, body: { channels: [], cursor: 1 } });
  server.routes['GET /api/v1/conversations/ann/messages'] = () => ({
    status: 200, body: { messages: [message(1, ann), message(2, ann), message(3, tom), message(4, ann)], has_more: false },
  });
  const note = (what: string, body: (id: number) => object) => {
    server.routes[`POST /api/v1/conversations/ann/${what}`] = ({ body: sent }) => {
      asked.push(`${what} ${String(sent['message_id'])}`);
      return { status: 200, body: body(Number(sent['message_id'])) };
    };
  };
  note('read', (id) => ({ read: place(id) }));
  note('delivered', () => ({ read: place(4) }));
  note('unread', (id) => ({ read: place(id - 1, id), unread: id <= 2 ? 2 : 1, mentions: 0 }));
  const store = new ChatStore(client, tom);
  store.start();
  store.open('ann');
  await until(() => store.state.status === 'ready' && store.state.threads.get('ann')?.status === 'ready');
  const told = (type: 'message.read' | 'message.unread', read: ReadObject, more = {}) =>
    server.socket.emit({ type, conversation_id: 'ann', user: tom, read, ...more });
  const says = (id: number, user: UserObject) => server.socket.emit({ type: 'message.new', cursor: 100 + id, conversation_id: 'ann', message: message(id, user) });
  return { store, asked, hold, told, says, unread: () => store.state.unread.get('ann'), line: () => firstUnread(store.state, 'ann')?.id };
}

test('it stays unread before one\'s eyes, new messages count, and going on there reads all of it', async () => {
  const { store, asked, says, unread, line } = await setUp();
  store.seeing('ann');
  assert.equal(await store.markUnread('ann', 2), true);
  assert.deepEqual([unread(), line(), store.state.seeing], [2, 2, undefined]);
  store.seeing('ann'); // the window has the focus again
  says(5, ann);
  assert.deepEqual([unread(), line()], [3, 2]);
  store.resume('ann');
  assert.deepEqual([unread(), store.state.seeing], [undefined, 'ann']);
  await until(() => asked.includes('read 5'));
  assert.deepEqual(asked.filter((what) => !what.startsWith('delivered')), ['unread 2', 'read 5']);
  store.stop();
});

test('opened anew, after a reload or by another tab, it is still unread', async () => {
  const { store, asked, told, unread, line } = await setUp({ unread: 1, reads: [place(3, 4)] });
  store.seeing('ann');
  assert.deepEqual([unread(), line(), isKeptUnread(store.state, 'ann')], [1, 4, true]);
  told('message.read', place(4)); // read in another tab
  assert.deepEqual([unread(), store.state.seeing], [undefined, 'ann']);
  told('message.unread', place(1, 2), { unread: 2, mentions: 0 });
  assert.deepEqual([unread(), line(), store.state.seeing], [2, 2, undefined]);
  told('message.read', place(1, 2)); // what has arrived moves nothing
  assert.deepEqual([unread(), isKeptUnread(store.state, 'ann')], [2, true]);
  assert.deepEqual(asked, []);
  store.stop();
});

test('who answers has read, here and in another tab', async () => {
  const { store, says, unread, line } = await setUp({ unread: 2, reads: [place(1, 2)] });
  assert.equal(unread(), 2);
  says(5, tom);
  assert.deepEqual([unread(), line(), isKeptUnread(store.state, 'ann')], [undefined, undefined, false]);
  store.stop();
});

test('what was read just now is told first; without a message it is what the customer said last', async () => {
  const { store, asked, hold, says } = await setUp();
  const open = hold();
  store.seeing('ann');
  says(5, ann);
  store.seeing('ann'); // again: it is on its way
  assert.equal(lastToRead(store.state, 'ann'), 5);
  const marked = store.markUnread('ann');
  await until(() => asked.length > 0);
  await new Promise((resolve) => setImmediate(resolve)); // whatever else would go has gone
  assert.deepEqual(asked, ['read 5']);
  open();
  assert.equal(await marked, true);
  assert.deepEqual(asked, ['read 5', 'unread 5']);
  says(6, { id: 'max', name: 'Max', role: 'admin' });
  assert.equal(lastToRead(store.state, 'ann'), 5, 'what a colleague says does not hide it');
  assert.equal(lastToRead(store.state, 'nobody'), undefined);
  assert.equal(await store.markUnread('nobody'), false);
  store.stop();
});

test('told late that something was read before, it stays unread', async () => {
  const { store, asked, told, says, unread } = await setUp();
  store.seeing('ann');
  says(5, ann);
  await store.markUnread('ann', 4);
  const kept = () => assert.deepEqual([unread(), isKeptUnread(store.state, 'ann'), store.state.seeing], [1, true, undefined]);
  told('message.read', place(4)); // of the time before
  told('message.read', place(5));
  kept();
  told('message.unread', place(3, 4), { unread: 1, mentions: 0 });
  kept();
  assert.deepEqual(asked, ['read 5', 'unread 4']);
  told('message.read', place(5)); // in another tab, now
  assert.equal(unread(), undefined);
  store.stop();
});
