// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay } from '../src/socket.ts';
import { VideoClient, ann, makeToken, makeWorld, until } from './lib/fakes.ts';

const message = (cursor: number) => ({
  type: 'message.new',
  cursor,
  conversation_id: 'ann',
  message: { id: cursor, conversation_id: 'ann', user: ann, text: 'x', client_id: `${cursor}`, created_at: '2026-01-01T00:00:00.000Z' },
});

async function connected() {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  let asked = 0;
  await client.connectUser(ann, async () => {
    asked++;
    return makeToken('ann');
  });
  return { ...world, client, asked: () => asked };
}

test('a lost socket comes back after its last cursor, and nothing is heard twice', async () => {
  const { client, server } = await connected();
  const heard: number[] = [];
  client.on('message.new', (event) => heard.push(event.cursor));
  server.socket.emit(message(11));
  server.socket.emit(message(12));
  server.cursor = 14;
  server.socket.end(1006);
  assert.equal(client.state.connectionState, 'reconnecting');
  await until(() => client.state.connectionState === 'connected');
  assert.equal(server.sockets.length, 2);
  assert.equal(server.socket.sent[0]?.since, 12);
  for (const cursor of [12, 13, 14]) server.socket.emit(message(cursor));
  assert.deepEqual(heard, [11, 12, 13, 14]);
});

test('the first connection asks for nothing old', async () => {
  const { server } = await connected();
  assert.deepEqual(Object.keys(server.socket.sent[0] ?? {}).sort(), ['device_id', 'token', 'type']);
});

test('a token that expired meanwhile is replaced without a word', async () => {
  const { client, server, asked } = await connected();
  server.expired.add(server.socket.sent[0]?.token ?? '');
  server.socket.end(1006);
  await until(() => client.state.connectionState === 'connected');
  assert.equal(asked(), 2);
});

test('a socket closed because the token expired comes back with a new one', async () => {
  const { client, server, asked } = await connected();
  const old = server.socket.sent[0]?.token ?? '';
  server.expired.add(old);
  server.socket.emit({ type: 'connection.error', error: { code: 40, status_code: 401, message: 'expired' } });
  server.socket.end(4001);
  await until(() => client.state.connectionState === 'connected');
  assert.equal(asked(), 2);
  assert.notEqual(server.socket.sent[0]?.token, old);
});

test('it keeps trying while the server is away, and at once when the network is back', async () => {
  const { client, server, network } = await connected();
  server.reachable = false;
  server.socket.end(1006);
  await until(() => server.sockets.length > 4);
  assert.equal(client.state.connectionState, 'reconnecting');
  server.reachable = true;
  network.turn(true);
  await until(() => client.state.connectionState === 'connected');
});

test('a refusal is final: signed out, with the reason', async () => {
  const { client, server } = await connected();
  const reasons: (string | undefined)[] = [];
  client.on('connection.changed', ({ error }) => error && reasons.push(error.message));
  server.socket.emit({ type: 'connection.error', error: { code: 5, status_code: 401, message: 'Session ended.' } });
  server.socket.end(4003);
  await until(() => client.state.connectionState === 'disconnected');
  await until(() => reasons.length === 1);
  assert.deepEqual(reasons, ['Session ended.']);
});

test('disconnectUser ends it: no attempt follows', async () => {
  const { client, server } = await connected();
  server.reachable = false;
  server.socket.end(1006);
  await client.disconnectUser();
  const before = server.sockets.length;
  server.reachable = true;
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(server.sockets.length, before);
});

test('health.check is a sign of life and nothing else', async () => {
  const { client, server } = await connected();
  const heard: string[] = [];
  client.on('all', (event) => heard.push(event.type));
  server.socket.emit({ type: 'health.check' });
  assert.deepEqual([client.state.connectionState, server.sockets.length, heard.filter((type) => type.startsWith('call'))], ['connected', 1, []]);
});

test('frames that are not ours do no harm', async () => {
  const { client, server } = await connected();
  for (const data of ['', 'null', '[]', '{', '{"type":7}', '7', new ArrayBuffer(3)]) server.socket.onmessage?.({ data });
  server.socket.emit({ type: 'something.new', cursor: 11 });
  assert.equal(client.state.connectionState, 'connected');
});

test('waiting times double, stay under the limit, and are spread', () => {
  const at = (n: number, r: number) => backoffDelay(n, { base: 500, max: 15_000, random: () => r });
  assert.deepEqual([0, 1, 2, 3].map((n) => at(n, 0)), [500, 1000, 2000, 4000]);
  assert.equal(at(30, 0), 15_000);
  assert.equal(at(30, 1), 7500);
});

test('a server that accepts and then says nothing is given up, though its socket does not close', async () => {
  const { client, server } = await connected();
  const real = globalThis.setTimeout;
  const quick = (run: () => void, ms?: number) => real(run, ms === 10_000 ? 40 : ms);
  globalThis.setTimeout = quick as typeof setTimeout;
  try {
    server.welcome = () => {};
    server.socket.end(1006);
    await until(() => server.sockets[1] !== undefined);
    const mute = server.sockets[1];
    assert.ok(mute);
    mute.close = () => {}; // the closing handshake is never answered
    await until(() => mute.sent.length === 1);
    await new Promise((resolve) => real(resolve, 5));
    delete (server as Partial<typeof server>).welcome; // the next one speaks
    await until(() => client.state.connectionState === 'connected');
    assert.ok(server.sockets.length >= 3, `${server.sockets.length} sockets`); // on a slow machine another one was given up
  } finally {
    globalThis.setTimeout = real;
  }
});
