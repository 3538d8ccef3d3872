// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfabError } from '../src/index.ts';
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

test('a network that comes back brings a new connection, which goes on where the old one was', async () => {
  const { client, server, network } = await connected();
  server.socket.emit(message(12));
  const [old] = server.sockets;
  network.turn(true); // a page that is looked at again, and no loss
  assert.equal(client.state.connectionState, 'connected');
  network.turn(false);
  network.turn(true);
  await until(() => server.sockets.length === 2 && client.state.connectionState === 'connected');
  assert.equal(server.socket.sent[0]?.since, 12);
  assert.ok(old?.closed);
});

test('who has too many sockets is told so at the first connect, and waits as long as the server says later', async () => {
  const { client, server } = await connected();
  const real = globalThis.setTimeout;
  const waits: number[] = [];
  const full = (socket: { emit(event: object): void; end(code: number): void }) => {
    socket.emit({ type: 'connection.error', error: { code: 9, status_code: 429, message: 'Too many tabs.' }, retry_after: 15 });
    socket.end(1013);
  };
  server.welcome = full;
  const crowded = makeWorld();
  crowded.server.welcome = full;
  const second = new VideoClient({ apiKey: 'key', options: crowded.options });
  await assert.rejects(second.connectUser(ann, makeToken('ann')), (error: unknown) => error instanceof ConfabError && error.statusCode === 429 && error.retryAfter === 15 && error.message === 'Too many tabs.');
  assert.equal(crowded.server.sockets.length, 1, 'and does not try again by itself');
  globalThis.setTimeout = ((run: () => void, ms = 0) => (waits.push(ms), real(run, ms >= 15_000 && ms < 30_000 ? 1 : ms))) as typeof setTimeout;
  try {
    server.socket.end(1006);
    await until(() => server.sockets.length > 3);
  } finally {
    globalThis.setTimeout = real;
  }
  assert.ok(waits.filter((ms) => ms >= 15_000 && ms <= 22_500).length >= 2, waits.join());
  delete (server as Partial<typeof server>).welcome;
  await until(() => client.state.connectionState === 'connected');
});

test('a refusal is final: signed out, with the reason', async () => {
  const { client, server } = await connected();
  const heard: unknown[] = [];
  client.on('connection.changed', ({ state, error }) => state === 'disconnected' && heard.push(error?.message));
  server.socket.emit({ type: 'connection.error', error: { code: 5, status_code: 401, message: 'Session ended.' } });
  server.socket.end(4003);
  await until(() => client.state.connectionState === 'disconnected');
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(heard, ['Session ended.'], 'told once, with the reason');
});

test('an address that the browser does not open rejects as everything does', async () => {
  const { options } = makeWorld();
  const socket = () => {
    throw new DOMException('An insecure WebSocket may not be opened from a page on HTTPS.', 'SecurityError');
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...options, socket } });
  await assert.rejects(client.connectUser(ann, makeToken('ann')), (error: unknown) => error instanceof ConfabError && /insecure/.test(error.message) && /ws:\/\/test/.test(error.message));
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

test('after a resync the next connection goes on from there, though nothing has happened since', async () => {
  const { client, server } = await connected();
  const heard: string[] = [];
  client.on('all', (event) => heard.push(event.type));
  const welcome = server.welcome.bind(server);
  server.welcome = (socket, token) => {
    welcome(socket, token);
    if (server.sockets.length === 2) socket.emit({ type: 'resync' });
  };
  server.cursor = 500;
  server.socket.end(1006);
  await until(() => heard.includes('resync'));
  server.cursor = 510; // ten events that nobody here has heard
  server.socket.end(1006);
  await until(() => server.sockets.length === 3 && server.socket.sent.length > 0);
  assert.equal(server.socket.sent[0]?.since, 500);
});

/** Timers and Date in a time of their own; what promises do happens in between. */
function virtualTime() {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };
  const timers = new Map<number, { at: number; run: () => void }>();
  let [now, serial] = [real.now(), 0];
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0) => (timers.set(++serial, { at: now + ms, run }), serial),
    clearTimeout: (id: unknown) => (typeof id === 'number' ? void timers.delete(id) : real.clearTimeout(id as undefined)), // of before
  });
  Date.now = () => now;
  const settle = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    async pass(ms: number) {
      const end = now + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b);
        if (!next) break;
        timers.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
      }
      now = end;
    },
    /** The machine sleeps: the clock goes on, the timers do not. */
    sleep(ms: number) {
      now += ms;
      for (const timer of timers.values()) timer.at += ms;
    },
    end() {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
      Date.now = real.now;
    },
  };
}

test('a connection that says something every 15 s is left alone; one that is silent for 40 s is dead, though nobody closes it', async () => {
  const { client, server } = await connected();
  const time = virtualTime();
  try {
    server.socket.emit(message(11));
    for (let i = 0; i < 40; i++) {
      await time.pass(15_000);
      server.socket.emit({ type: 'health.check' });
    }
    assert.deepEqual([server.sockets.length, client.state.connectionState], [1, 'connected']);

    const silent = server.socket;
    silent.close = () => {}; // as a peer that is gone: the closing handshake is never answered
    await time.pass(39_000);
    assert.equal(client.state.connectionState, 'connected');
    await time.pass(2_000);
    assert.deepEqual([server.sockets.length, client.state.connectionState], [2, 'connected']);
    assert.equal(server.socket.sent[0]?.since, 11);

    const heard: number[] = [];
    client.on('message.new', (event) => heard.push(event.cursor));
    silent.emit(message(12)); // a last word from the dead is said again by the new one
    for (const cursor of [12, 13]) server.socket.emit(message(cursor));
    assert.deepEqual(heard, [12, 13]);
    server.socket.emit({ type: 'health.check' });
    await time.pass(30_000);
    assert.equal(server.sockets.length, 2, 'the new one has its own time');
  } finally {
    time.end();
  }
});

test('a server that answers is asked after 5 s without a word; 5 s later without an answer the connection is dead', async () => {
  const world = makeWorld();
  world.server.accepts = ['health.check'];
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  const time = virtualTime();
  try {
    const connecting = client.connectUser(ann, async () => makeToken('ann'));
    await time.pass(100);
    await connecting;
    const { server } = world;
    const asked = () => server.socket.sent.filter(({ type }) => type === 'health.check').length;
    await time.pass(4_000);
    server.socket.emit({ type: 'health.check' });
    await time.pass(4_000);
    assert.equal(asked(), 0, 'anything it says puts the question off');
    for (let i = 1; i <= 3; i++) {
      await time.pass(1_000);
      assert.equal(asked(), i);
      await time.pass(4_000);
      server.socket.emit({ type: 'health.check' });
      await time.pass(4_000);
    }
    assert.equal(server.sockets.length, 1);

    const silent = server.socket;
    silent.close = () => {};
    await time.pass(5_900);
    assert.deepEqual([server.sockets.length, client.state.connectionState], [1, 'connected']);
    world.network.turn(true); // whatever wakes the page meanwhile puts nothing off
    await time.pass(1_000);
    assert.deepEqual([server.sockets.length, client.state.connectionState], [2, 'connected']);

    time.sleep(30_000);
    world.network.turn(true);
    await time.pass(100);
    assert.equal(asked(), 1, 'after a nap, at once');
    await time.pass(4_000);
    assert.equal(server.sockets.length, 2);
    await time.pass(2_000);
    assert.equal(server.sockets.length, 3);
  } finally {
    time.end();
  }
});

test('woken from sleep it looks at once, and does not wait for its timer', async () => {
  const { client, server, network } = await connected();
  const time = virtualTime();
  try {
    server.socket.emit({ type: 'health.check' });
    server.socket.close = () => {};
    time.sleep(30_000);
    network.turn(true);
    await time.pass(100);
    assert.equal(server.sockets.length, 1, 'a short nap does no harm');
    time.sleep(30_000);
    network.turn(true);
    await time.pass(1_000);
    assert.deepEqual([server.sockets.length, client.state.connectionState], [2, 'connected']);
  } finally {
    time.end();
  }
});
