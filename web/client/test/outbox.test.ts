// SPDX-License-Identifier: Apache-2.0
/** Unsent messages: over a reload, in two tabs, refused ones, signing out, a storage that fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatStore, type AttachmentObject, type OutboxStorage } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, refuse, until, type World } from './lib/fakes.ts';
import { MemoryOutbox } from './lib/memory-outbox.ts';
import { takeMessages } from './lib/messages.ts';

/** Ann in a tab of hers; `reload` is what a reload does to it. */
async function openTab(world: World, storage: OutboxStorage | undefined) {
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, outbox: storage ?? false } });
  await client.connectUser(ann, async () => makeToken('ann'));
  const store = new ChatStore(client, ann);
  store.start();
  store.open('ann');
  return {
    client,
    store,
    shown: () => store.state.threads.get('ann')?.messages.map((m) => `${m.private ? 'note ' : ''}${m.text}: ${m.delivery}`) ?? [],
    close: async () => {
      store.stop();
      await client.disconnectUser({ keepUnsent: true });
    },
  };
}

test('three messages, a note and a picture among them, survive a reload and go once, in order', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const { posts, uploads } = takeMessages(world.server);
  const before = await openTab(world, disk.tab());
  await until(() => before.store.state.status === 'ready');
  world.server.reachable = false;
  before.store.send('ann', 'one');
  before.store.send('ann', 'two', { private: true });
  before.store.send('ann', 'three', { files: [{ name: 'cat.png', file: new Blob(['meow'], { type: 'image/png' }) }] });
  await until(() => before.shown().join() === 'one: waiting,note two: waiting,three: waiting');
  await until(() => disk.keysOf('ann').length === 3);
  const keys = disk.keysOf('ann');
  await before.close();

  world.server.reachable = true;
  const after = await openTab(world, disk.tab());
  await until(() => posts.length === 3 && disk.keysOf('ann').length === 0);
  assert.deepEqual(posts.map(({ text, private: note }) => [text, note === true]), [['one', false], ['two', true], ['three', false]]);
  assert.deepEqual(posts.map(({ client_id: key }) => key), keys, 'so that the server can tell a retry');
  assert.deepEqual([uploads, posts[2]?.attachments], [['cat.png'], ['f1']]);
  await until(() => after.shown().join() === 'one: sent,two: sent,three: sent');
});

test('an answer that was lost: the message goes again with the same id, or its event says that it is there', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const { posts, stored } = takeMessages(world.server);
  const take = world.server.routes['POST /api/v1/conversations/ann/messages'];
  world.server.routes['POST /api/v1/conversations/ann/messages'] = (request) => {
    take?.(request);
    return { status: 502, body: {} };
  };
  const before = await openTab(world, disk.tab());
  before.store.send('ann', 'hello');
  await until(() => before.shown().join() === 'hello: waiting');
  await before.close();
  if (take) world.server.routes['POST /api/v1/conversations/ann/messages'] = take;
  const after = await openTab(world, disk.tab());
  await until(() => posts.length === 2 && disk.keysOf('ann').length === 0);
  assert.deepEqual([stored.length, posts[0]?.client_id === posts[1]?.client_id], [1, true]);
  world.server.reachable = false;
  after.store.send('ann', 'again');
  await until(() => after.shown().join() === 'hello: sent,again: waiting');
  const key = disk.keysOf('ann')[0] ?? '';
  const message = { ...stored[0], id: 9, text: 'again', client_id: key };
  world.server.socket.emit({ type: 'message.new', cursor: 20, conversation_id: 'ann', message });
  await until(() => after.shown().join() === 'hello: sent,again: sent');
  await until(() => disk.keysOf('ann').length === 0);
});

test('two tabs: each message goes once, in the order of writing, and no tab keeps showing it', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const other = makeWorld();
  other.options.fetch = world.options.fetch as NonNullable<typeof world.options.fetch>; // one server
  const { posts } = takeMessages(world.server);
  const left = await openTab(world, disk.tab());
  const right = await openTab(other, disk.tab());
  world.server.reachable = false;
  left.store.send('ann', 'one');
  await until(() => disk.keysOf('ann').length === 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  right.store.send('ann', 'two');
  await until(() => disk.keysOf('ann').length === 2);
  world.server.reachable = true;
  left.client.outbox.retryAll();
  right.client.outbox.retryAll();
  await until(() => posts.length >= 2 && left.client.outbox.queue.length + right.client.outbox.queue.length === 0);
  assert.deepEqual(posts.map(({ text }) => text), ['one', 'two']);
  assert.deepEqual(disk.keysOf('ann'), []);
});

test('what the server refuses stays over a reload, to be sent again or discarded', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const take = world.server.routes['POST /api/v1/conversations/ann/messages'];
  world.server.routes['POST /api/v1/conversations/ann/messages'] = () => refuse(403, 17, 'You are blocked.');
  const before = await openTab(world, disk.tab());
  before.store.send('ann', 'sorry');
  before.store.send('ann', 'really');
  await until(() => before.shown().join() === 'sorry: failed,really: failed');
  await until(() => [...disk.rows.values()].filter(({ message }) => message.refused).length === 2);
  await before.close();
  if (take) world.server.routes['POST /api/v1/conversations/ann/messages'] = take;

  const after = await openTab(world, disk.tab());
  await until(() => after.shown().join() === 'sorry: failed,really: failed');
  const [sorry, really] = after.store.state.threads.get('ann')?.messages ?? [];
  assert.deepEqual([sorry?.error?.code, sorry?.error?.message], [17, 'You are blocked.']);
  assert.equal(posts.length, 0, 'it does not go by itself');
  after.store.discard(really?.key ?? '');
  after.store.retry(sorry?.key ?? '');
  await until(() => after.shown().join() === 'sorry: sent' && disk.rows.size === 0);
  assert.deepEqual(posts.map(({ text }) => text), ['sorry']);

  world.server.routes['POST /api/v1/conversations/group.tea/messages'] = () => refuse(404, 16, 'There is no such conversation.');
  after.store.send('group.tea', 'am I out?');
  await until(() => disk.rows.size === 1 && after.client.outbox.queue[0]?.delivery === 'failed');
  world.server.socket.emit({ type: 'channel.left', cursor: 30, conversation_id: 'group.tea' });
  await until(() => disk.rows.size === 0 && after.client.outbox.queue.length === 0);
});

test('signing out wipes what this user has not sent; being signed out by the server does not', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  takeMessages(world.server);
  const storage = disk.tab();
  await storage.put('tom', { key: 'k', conversationId: 'tom', text: 'not mine', at: 1, private: false, files: [] });
  const first = await openTab(world, storage);
  world.server.reachable = false;
  first.store.send('ann', 'secret');
  await until(() => disk.keysOf('ann').length === 1);
  world.server.socket.emit({ type: 'connection.error', error: { code: 5, status_code: 401, message: 'The session is over.' } });
  world.server.socket.end(4003);
  await until(() => first.client.state.connectionState === 'disconnected' || first.client.state.connectionState === 'reconnecting');
  await first.close();
  assert.equal(disk.keysOf('ann').length, 1);
  world.server.reachable = true;
  world.server.routes['POST /api/v1/conversations/ann/messages'] = () => refuse(403, 17, 'No.');
  const second = await openTab(world, disk.tab());
  await until(() => second.shown().join() === 'secret: failed');
  await second.client.disconnectUser();
  assert.deepEqual([disk.keysOf('ann').length, disk.keysOf('tom').length], [0, 1]);
  assert.deepEqual(second.client.outbox.queue, []);
});

test('a storage that fails, or never answers, keeps nothing from being sent', async () => {
  const disk = new MemoryOutbox();
  disk.broken = true;
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const tab = await openTab(world, disk.tab());
  tab.store.send('ann', 'all the same');
  await until(() => posts.length === 1 && tab.shown().join() === 'all the same: sent');
  assert.ok(world.lines.some((line) => line.includes('the disk is full')));
  await tab.close();
  const stuck: OutboxStorage = { list: () => new Promise(() => {}), put: async () => {}, remove: async () => {}, clear: async () => {} };
  const second = await openTab(world, stuck);
  second.store.send('ann', 'later');
  for (let i = 0; i < 8 && posts.length < 2; i++) await until(() => posts.length === 2).catch(() => {});
  second.store.send('ann', 'and at once from now on');
  await until(() => second.shown().join().endsWith('later: sent,and at once from now on: sent'));
});

test('a file that the server has dropped since goes again, once', async () => {
  const world = makeWorld();
  const { posts, uploads } = takeMessages(world.server);
  const take = world.server.routes['POST /api/v1/conversations/ann/messages'];
  let known = ['f1'];
  world.server.routes['POST /api/v1/conversations/ann/messages'] = (request) =>
    (request.body['attachments'] as string[]).every((id) => known.includes(id)) && take ? take(request) : refuse(404, 16, 'There is no such file.');
  const tab = await openTab(world, undefined);
  const files = [{ name: 'a.txt', file: new Blob(['a']), attachment: { id: 'old', name: 'a.txt' } as AttachmentObject }];
  tab.store.send('ann', 'with a file', { files });
  await until(() => tab.shown().join() === 'with a file: sent');
  assert.deepEqual([uploads, posts[0]?.attachments], [['a.txt'], ['f1']]);
  known = [];
  tab.store.send('ann', 'and another', { files });
  await until(() => tab.shown().join() === 'with a file: sent,and another: failed');
  assert.equal(uploads.length, 2);
});

test('what a storage keeps although it was sent is not sent again', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const tab = await openTab(world, { ...disk.tab(), remove: () => Promise.reject(new Error('read only')) });
  tab.store.send('ann', 'one');
  await until(() => tab.shown().join() === 'one: sent');
  tab.store.send('ann', 'two'); // looks at the storage again
  await until(() => tab.shown().join() === 'one: sent,two: sent');
  assert.deepEqual(posts.map(({ text }) => text), ['one', 'two']);
  assert.deepEqual(tab.client.outbox.queue, []);
  assert.equal(disk.rows.size, 2);
});
