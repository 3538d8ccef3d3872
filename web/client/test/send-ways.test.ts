// SPDX-License-Identifier: Apache-2.0
/** A message goes over the event socket when it can, over HTTP when it cannot, and never twice. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { ConfabError } from '../src/index.ts';
import { VideoClient, ann, makeToken, makeWorld, refuse, tom, until, type Answer, type World } from './lib/fakes.ts';
import { takeMessages } from './lib/messages.ts';

const ROUTE = 'POST /api/v1/conversations/ann/messages';

async function connected(world: World, accepts: string[] | 'silent' = ['message.send']) {
  if (accepts !== 'silent') world.server.accepts = accepts;
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, outbox: false } });
  await client.connectUser(ann, async () => makeToken('ann'));
  return client;
}

/** How the messages went. */
const ways = (world: World) => world.server.requests.filter(({ path }) => path.endsWith('/messages') && !path.includes('?')).map(({ method }) => method);

test('over the socket when the server takes it; over HTTP of an older one, and what is too long for a frame', async () => {
  for (const [accepts, long, way] of [[['message.send'], '', 'SOCKET'], ['silent', '', 'POST'], [['other'], '', 'POST'], [['message.send'], 'x'.repeat(30_000), 'POST']] as const) {
    const world = makeWorld();
    const { stored } = takeMessages(world.server);
    const client = await connected(world, accepts === 'silent' ? accepts : [...accepts]);
    const heard: string[] = [];
    client.on('all', (event) => void heard.push(event.type));
    const message = await client.chat.send('ann', `hello${long}`, 'c1');
    assert.deepEqual([ways(world), message.id, stored.length], [[way], 1, 1]);
    assert.deepEqual(heard.filter((type) => type === 'reply'), [], 'a reply is no event');
    if (way === 'SOCKET') assert.deepEqual(heard, ['message.new']);
  }
});

test('a refusal is the same error either way, and is not asked again over HTTP', async () => {
  const refusals: Answer[] = [
    refuse(413, 22, 'The message is too long; at most 10000 bytes are taken.'), refuse(403, 17, 'You are banned.'), refuse(404, 16, 'There is no conversation of this id.'),
    refuse(400, 73, "The word 'x' is on the team's list; leave it out."), { ...refuse(429, 60, 'Slow mode.'), headers: { 'retry-after': '7' } },
  ];
  for (const answer of refusals) {
    const errors: ConfabError[] = [];
    for (const [accepts, way] of [[['message.send'], 'SOCKET'], [[], 'POST']] as const) {
      const world = makeWorld();
      world.server.routes[ROUTE] = () => answer;
      const client = await connected(world, [...accepts]);
      await client.chat.send('ann', 'hello', 'c1').then(() => assert.fail('it was taken'), (error: unknown) => errors.push(error as ConfabError));
      assert.deepEqual(ways(world), [way]);
    }
    const [a, b] = errors.map((error) => ({ ...error, message: error.message, name: error.name, own: error instanceof ConfabError, cause: error.cause }));
    assert.deepEqual(a, b);
    assert.equal(a?.message, (answer.body as { message: string }).message);
  }
});

test('a socket that is lost before the reply: HTTP with the same id, and one message', async () => {
  const world = makeWorld();
  const { posts, stored } = takeMessages(world.server);
  const client = await connected(world);
  world.server.mute = true;
  const sent = client.chat.send('ann', 'hello', 'c1');
  await until(() => posts.length === 1);
  world.server.socket.end(1006);
  assert.equal((await sent).id, 1);
  assert.deepEqual([ways(world), posts.map(({ client_id }) => client_id), stored.length], [['SOCKET', 'POST'], ['c1', 'c1'], 1]);
});

test('a socket that does not reply in time: HTTP with the same id; the late reply does no harm', async () => {
  const world = makeWorld();
  const { posts, stored } = takeMessages(world.server);
  const client = await connected(world);
  world.server.mute = true;
  mock.timers.enable(['setTimeout']);
  try {
    const sent = client.chat.send('ann', 'hello', 'c1');
    for (let i = 0; i < 20; i++) await Promise.resolve();
    mock.timers.tick(1);
    assert.equal(posts.length, 1);
    mock.timers.tick(5000);
    assert.equal((await sent).id, 1);
  } finally {
    mock.timers.reset();
  }
  world.server.socket.emit({ type: 'reply', request_id: '1', status_code: 201, message: stored[0] });
  assert.deepEqual([ways(world), stored.length], [['SOCKET', 'POST'], 1]);
});

test('too fast, an expired token, a server that cannot: HTTP waits, refreshes and tells as ever', async () => {
  const world = makeWorld();
  const { stored } = takeMessages(world.server);
  const take = world.server.routes[ROUTE];
  const client = await connected(world);
  let refusals = 1;
  world.server.routes[ROUTE] = (request) => (refusals-- > 0 ? { ...refuse(429, 9, 'Too fast.'), headers: { 'retry-after': '0.01' } } : (take?.(request) ?? refuse(404, 16, '')));
  await client.chat.send('ann', 'one', 'c1');
  world.server.expired.add(world.server.socket.sent[0]?.token ?? '');
  await client.chat.send('ann', 'two', 'c2');
  refusals = 2;
  world.server.routes[ROUTE] = (request) => (refusals-- > 0 ? refuse(503, 9, 'The disk is full.') : (take?.(request) ?? refuse(404, 16, '')));
  await assert.rejects(client.chat.send('ann', 'three', 'c3'), { statusCode: 503, message: 'The disk is full.' });
  assert.deepEqual(stored.map(({ text }) => text), ['one', 'two']);
  assert.deepEqual(ways(world).slice(0, 2), ['SOCKET', 'POST']);
});

test('offline, HTTP is asked at once; the outbox keeps the order and each goes once', async () => {
  const world = makeWorld();
  const { stored } = takeMessages(world.server);
  const client = await connected(world);
  const channel = client.channel('support', 'ann');
  world.network.turn(false);
  world.server.reachable = false;
  const sent = ['one', 'two', 'three'].map((text) => channel.sendMessage(text));
  await until(() => client.outbox.queue.every(({ delivery }) => delivery === 'waiting'));
  assert.deepEqual(ways(world), [], 'nothing went over a socket that is still there');
  world.server.reachable = true;
  world.network.turn(true); // brings a new socket, and that what waits
  await Promise.all(sent);
  assert.deepEqual([stored.map(({ text }) => text), ways(world)], [['one', 'two', 'three'], ['SOCKET', 'SOCKET', 'SOCKET']]);
});

test('who signs out while a message is under way does not send it as the next one', async () => {
  const world = makeWorld();
  const { posts } = takeMessages(world.server);
  const client = await connected(world);
  world.server.mute = true;
  const sent = client.chat.send('ann', 'hello', 'c1');
  await until(() => posts.length === 1);
  void client.disconnectUser();
  const next = client.connectUser(tom, async () => makeToken('tom'));
  await assert.rejects(sent, { statusCode: 401 });
  await next;
  assert.deepEqual(ways(world), ['SOCKET']);
});
