// SPDX-License-Identifier: Apache-2.0
/** A channel's messages on their way: through the outbox, in order, over a reload; what became of each; receipts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOKEN_NOT_SET, type Channel, type ConfabError, type OutboxStorage } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, refuse, tom, until, type World } from './lib/fakes.ts';
import { MemoryOutbox } from './lib/memory-outbox.ts';
import { takeMessages } from './lib/messages.ts';

const POST = 'POST /api/v1/conversations/ann/messages';

async function openTab(world: World, storage?: OutboxStorage) {
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, outbox: storage ?? false } });
  await client.connectUser(ann, async () => makeToken('ann'));
  const channel = client.channel('support', 'ann');
  await channel.watch();
  return { client, channel };
}

const shown = ({ state }: Channel) => state.messages.map(({ text, delivery }) => `${text}: ${delivery}`).join();

test('shown at once; without a connection they wait, and go in the order of writing with the ids they had', async () => {
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const { channel } = await openTab(world);
  const first = channel.sendMessage('one');
  assert.equal(shown(channel), 'one: sending');
  assert.equal((await first).text, 'one');
  assert.equal(shown(channel), 'one: sent');
  world.server.reachable = false;
  let settled = 0;
  const sent = ['two', 'three'].map((text) => channel.sendMessage(text, `id of ${text}`).finally(() => settled++));
  await until(() => shown(channel) === 'one: sent,two: waiting,three: waiting');
  assert.equal(settled, 0);
  world.server.reachable = true;
  const last = await channel.sendMessage({ text: 'four', quoted: 1 });
  assert.deepEqual((await Promise.all(sent)).map(({ client_id: id }) => id), ['id of two', 'id of three']);
  assert.equal(last.text, 'four');
  assert.deepEqual(posts.map(({ text }) => text), ['one', 'two', 'three', 'four']);
  assert.equal(shown(channel), 'one: sent,two: sent,three: sent,four: sent');
});

test('without watching, too; and before connectUser has ended', async () => {
  const world = makeWorld();
  takeMessages(world.server);
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, outbox: false } });
  const channel = client.channel('support', 'ann');
  await assert.rejects(channel.sendMessage('too soon'), { message: TOKEN_NOT_SET });
  const connected = client.connectUser(ann, async () => makeToken('ann'));
  await Promise.all([channel.sendMessage('a'), channel.sendMessage('b'), connected]);
  assert.equal(shown(channel), 'a: sent,b: sent');
});

test('a reload: what waits and what failed is there again, and what waits goes by itself', async () => {
  const disk = new MemoryOutbox();
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const before = await openTab(world, disk.tab());
  const take = world.server.routes[POST];
  world.server.routes[POST] = () => refuse(403, 17, 'You are blocked.');
  await assert.rejects(before.channel.sendMessage('rude'), { message: 'You are blocked.' });
  world.server.reachable = false;
  const written = ['one', { text: 'two', files: [{ name: 'cat.png', file: new Blob(['meow']) }] }];
  const lost = written.map((message) => assert.rejects(before.channel.sendMessage(message), { message: TOKEN_NOT_SET }));
  await until(() => shown(before.channel) === 'rude: failed,one: waiting,two: waiting' && disk.keysOf('ann').length === 3);
  const keys = disk.keysOf('ann');
  await before.client.disconnectUser({ keepUnsent: true });
  await Promise.all(lost);

  world.server.reachable = true;
  if (take) world.server.routes[POST] = take;
  const { channel } = await openTab(world, disk.tab());
  await until(() => shown(channel) === 'one: sent,two: sent,rude: failed');
  assert.deepEqual(posts.map((post) => post.client_id), keys.slice(1));
  assert.deepEqual(posts[1]?.attachments, ['f1']);
  const failed = channel.state.messages.at(-1);
  assert.deepEqual([failed?.error?.code, failed?.key], [17, keys[0]]);
  channel.discardMessage(keys[0] ?? '');
  await until(() => disk.rows.size === 0 && shown(channel) === 'one: sent,two: sent');
});

test('what the server refuses rejects and stays; it goes again by its key, or in other words', async () => {
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const { channel } = await openTab(world);
  const take = world.server.routes[POST];
  world.server.routes[POST] = () => ({ ...refuse(429, 60, 'Slow mode.'), headers: { 'retry-after': '7' } });
  const tooEarly = (error: ConfabError) => error.code === 60 && error.retryAfter === 7;
  await assert.rejects(channel.sendMessage('again', 'k'), tooEarly);
  await assert.rejects(channel.retryMessage('k'), tooEarly);
  assert.equal(shown(channel), 'again: failed');
  if (take) world.server.routes[POST] = take;
  assert.equal((await channel.retryMessage('k')).client_id, 'k');
  world.server.routes[POST] = () => refuse(400, 20, 'Too long.');
  await assert.rejects(channel.sendMessage('a long one', 'l'));
  if (take) world.server.routes[POST] = take;
  await channel.sendMessage('a short one', 'l');
  await channel.sendMessage('a short one', 'l');
  assert.equal(shown(channel), 'again: sent,a short one: sent');
  assert.deepEqual(posts.map(({ text, client_id: id }) => [text, id]), [['again', 'k'], ['a short one', 'l'], ['a short one', 'l']]);
});

test('discarded while it waits it rejects; sent by another tab it resolves', async () => {
  const disk = new MemoryOutbox();
  const [world, other] = [makeWorld(), makeWorld()];
  const { posts } = takeMessages(world.server);
  const { client, channel } = await openTab(world, disk.tab());
  world.server.reachable = false;
  const [never, elsewhere] = [channel.sendMessage('never', 'n'), channel.sendMessage('elsewhere', 'e')];
  await until(() => shown(channel) === 'never: waiting,elsewhere: waiting' && disk.keysOf('ann').length === 2);
  world.server.reachable = true;
  channel.discardMessage('n');
  await assert.rejects(never, { message: 'The message was discarded.' });
  other.options.fetch = world.options.fetch as NonNullable<typeof world.options.fetch>; // one server
  await openTab(other, disk.tab());
  await until(() => posts.length === 1 && disk.rows.size === 0);
  client.outbox.retryAll(); // as when this tab's network is back
  assert.equal((await elsewhere).client_id, 'e');
  assert.deepEqual(posts.map(({ text }) => text), ['elsewhere']);
});

test("others' messages have arrived once they are here, and one's own have their ticks", async () => {
  const world = makeWorld();
  const { stored } = takeMessages(world.server);
  const marks: unknown[] = [];
  world.server.routes['POST /api/v1/conversations/ann/delivered'] = ({ body }) => {
    marks.push(body['message_id']);
    return { status: 200, body: { read: { user_id: 'ann', role: 'user', last_read_message_id: 0, last_delivered_message_id: body['message_id'] } } };
  };
  const { channel } = await openTab(world);
  const mine = await channel.sendMessage('hello');
  assert.equal(channel.receiptOf(mine.id), 'sent');
  const hear = (event: object) => world.server.socket.emit({ conversation_id: 'ann', ...event });
  const read = (far: object) => ({ type: 'message.read', user: tom, read: { user_id: 'tom', role: 'admin', last_read_message_id: 0, last_delivered_message_id: 0, ...far } });
  hear(read({ last_delivered_message_id: mine.id }));
  assert.equal(channel.receiptOf(mine.id), 'delivered');
  hear(read({ last_delivered_message_id: mine.id, last_read_message_id: mine.id }));
  assert.equal(channel.receiptOf(mine.id), 'read');
  hear({ type: 'typing.start', user: tom });
  assert.deepEqual(channel.state.typing.map(({ id }) => id), ['tom']);
  hear({ type: 'message.new', cursor: 20, message: { ...stored[0], id: 9, user: tom, client_id: 'theirs', text: 'hi' } });
  assert.deepEqual([channel.state.typing.length, channel.state.unread], [0, 1]);
  await until(() => marks.join() === '9');
  await channel.sendMessage('and you?'); // who answers has read
  assert.equal(channel.state.unread, 0);
});

test('stopped before it began, nothing is watched; watched again, what came meanwhile leaves no hole', async () => {
  const world = makeWorld();
  const { stored } = takeMessages(world.server);
  const { channel } = await openTab(world);
  await channel.sendMessage('one');
  channel.stopWatching();
  const hear = (id: number) => world.server.socket.emit({ type: 'message.new', cursor: id, conversation_id: 'ann', message: { ...stored[0], id, client_id: `c${id}`, text: 'unheard' } });
  const stopped = channel.watch();
  channel.stopWatching();
  assert.equal((await stopped).watching, false);
  hear(20);
  assert.equal(shown(channel), 'one: sent');
  world.server.routes['GET /api/v1/conversations/ann/messages'] = () => ({
    status: 200,
    body: { messages: [{ ...stored[0], id: 90, client_id: 'c90', text: 'much later' }], has_more: true },
  });
  const [first, second] = [channel.watch(), channel.watch()];
  assert.equal(first, second);
  assert.equal((await first).watching, true);
  assert.equal(shown(channel), 'much later: sent');
  assert.equal(channel.state.hasMore, true);
});
