// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamVideoClient, TOKEN_MISMATCH, TOKEN_NOT_SET, TOKEN_NOT_SET_HINT, type ConfabError } from '../src/index.ts';
import { TokenManager } from '../src/token.ts';
import { VideoClient, ann, gate, makeToken, makeWorld, until } from './lib/fakes.ts';

const provider = (userId: unknown) => async () => makeToken(userId);

test('the constructor never connects', async () => {
  const { options, server } = makeWorld();
  let asked = 0;
  const client = new VideoClient({
    apiKey: 'key',
    user: ann,
    tokenProvider: async () => {
      asked++;
      return makeToken('ann');
    },
    options,
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(asked, 0);
  assert.equal(server.sockets.length, 0);
  assert.equal(client.state.connectionState, 'disconnected');
});

test('every operation before connectUser and after disconnectUser rejects with the well-known text', async () => {
  const { options } = makeWorld();
  const client = new StreamVideoClient({ apiKey: 'key', user: ann, tokenProvider: provider('ann'), options });
  const all = async () => {
    const call = client.call('default', 'room');
    // rejected, never thrown: the calls themselves are outside of assert.rejects
    const results = [
      call.join({ create: true }),
      call.join(),
      call.get(),
      call.getOrCreate(),
      call.reject(),
      client.chat.conversations(),
      client.chat.messages('ann'),
      client.chat.send('ann', 'hi', '1'),
    ];
    for (const result of results) await assert.rejects(result, { name: 'ConfabError', message: TOKEN_NOT_SET });
  await assert.rejects(results[0] ?? Promise.resolve(), ({ cause }: ConfabError) => cause instanceof Error && cause.message === TOKEN_NOT_SET_HINT);
  };
  assert.equal(
    TOKEN_NOT_SET,
    "User token is not set. Either client.connectUser wasn't called or client.disconnect was called",
  );
  await all();
  await client.connectUser();
  await client.call('default', 'room').join({ create: true });
  await client.disconnectUser();
  await all();
});

test('signing out leaves calls at once, also when the storage of unsent messages does not answer', async () => {
  const world = makeWorld();
  const { promise, open } = gate();
  const outbox = { list: async () => [], put: async () => {}, remove: async () => {}, clear: () => promise };
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, outbox } });
  await client.connectUser({ id: 'ann' }, async () => makeToken('ann'));
  await client.call('default', 'room').join();
  const gone = client.disconnectUser();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(world.media[0]?.disconnected, true);
  open();
  await gone;
});

test('a handle from before disconnectUser rejects with it too', async () => {
  const { options } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', user: ann, token: makeToken('ann'), options });
  await client.connectUser();
  const call = client.call('default', 'room');
  await call.join({ create: true });
  await client.disconnectUser();
  assert.equal(call.state.callingState, 'left');
  await assert.rejects(call.join({ create: true }), { message: TOKEN_NOT_SET });
});

test('operations started while connectUser is in flight wait for it', async () => {
  const { options, lines } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const connected = client.connectUser(ann, provider('ann'));
  const joined = client.call('default', 'room').join({ create: true });
  assert.equal(client.state.connectionState, 'disconnected');
  await joined;
  await connected;
  assert.equal(client.state.connectionState, 'connected');
  assert.equal(client.state.connectedUser?.name, 'Ann');
  assert.deepEqual(lines, ['User id: ann', 'Connected to Confab', 'Video call joined']);
});

test('the same user twice is the same promise, another user is refused', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const first = client.connectUser(ann, provider('ann'));
  assert.equal(client.connectUser({ id: 'ANN' }, provider('ann')), first);
  await assert.rejects(client.connectUser({ id: 'tom' }, provider('tom')), /disconnectUser/);
  await first;
  assert.equal(client.connectUser(ann), first);
  assert.equal(server.sockets.length, 1);
  await client.disconnectUser();
  await client.connectUser({ id: 'tom' }, provider('tom'));
  assert.equal(client.state.connectedUser?.id, 'tom');
});

test('connect, disconnect, connect in one turn ends connected, once', async () => {
  const { options, lines } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', user: ann, tokenProvider: provider('ann'), options });
  const first = client.connectUser();
  const gone = client.disconnectUser();
  const second = client.connectUser();
  await assert.rejects(first, { message: TOKEN_NOT_SET });
  await gone;
  await second;
  assert.equal(client.state.connectionState, 'connected');
  assert.equal(lines.filter((line) => line === 'Connected to Confab').length, 1);
});

test('a provider that throws, or returns no string, is the cause of the rejection', async () => {
  const { options } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const boom = new Error('no session');
  await assert.rejects(client.connectUser(ann, () => Promise.reject(boom)), (error: ConfabError) => {
    assert.match(error.message, /tokenProvider failed: no session/);
    assert.equal(error.cause, boom);
    return true;
  });
  for (const wrong of [undefined, null, 7, '', { token: 'x' }]) {
    await assert.rejects(
      client.connectUser(ann, (async () => wrong) as unknown as () => Promise<string>),
      (error: ConfabError) => /must return the token as a string/.test(error.message) && error.cause instanceof TypeError,
    );
  }
  assert.equal(client.state.connectionState, 'disconnected');
  await client.connectUser(ann, provider('ann')); // and it can be tried again
});

test("the token's user_id must be a string and the user's", async () => {
  const { options } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  for (const wrong of ['tom', 7, undefined, null, 'Ann']) {
    await assert.rejects(client.connectUser(ann, makeToken(wrong)), { message: TOKEN_MISMATCH });
  }
  for (const wrong of ['x', 'a.b.c', '..']) {
    await assert.rejects(client.connectUser(ann, wrong), { message: TOKEN_MISMATCH });
  }
});

test('the user id is sanitised, and the resulting one is told', async () => {
  const { options, lines } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await client.connectUser({ id: '  Ann.Lee O’Hara ' }, provider('annleeohara'));
  assert.ok(lines.includes('User id: annleeohara'));
  await client.disconnectUser();
  await assert.rejects(client.connectUser({ id: '...' }, provider('x')), { code: 4 });
  await assert.rejects(client.connectUser({ id: 7 as unknown as string }, provider('x')), { code: 4 });
  await assert.rejects(client.connectUser(), /needs a user/);
  await assert.rejects(client.connectUser(ann), /needs a token/);
});

test('an expired token is replaced and the request repeated, once for all of them', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  let asked = 0;
  await client.connectUser(ann, async () => {
    asked++;
    return makeToken('ann');
  });
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [], cursor: 1 } });
  server.expired.add(server.socket.sent[0]?.token ?? '');
  await Promise.all([client.chat.conversations(), client.chat.conversations(), client.call('default', 'room').join()]);
  assert.equal(asked, 2);
});

test('with a fixed token an expiry is final', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const token = makeToken('ann');
  await client.connectUser(ann, token);
  server.expired.add(token);
  await assert.rejects(client.chat.conversations(), { code: 40 });
});

test('the provider is forgotten at disconnect', async () => {
  const { options, server } = makeWorld();
  let asked = 0;
  const client = new VideoClient({
    apiKey: 'key',
    user: ann,
    tokenProvider: async () => {
      asked++;
      return makeToken('ann');
    },
    options,
  });
  await client.connectUser();
  await client.disconnectUser();
  await assert.rejects(client.connectUser({ id: 'tom' }), /needs a token/);
  await client.connectUser({ id: 'tom' }, provider('tom'));
  server.expired.add(server.socket.sent[0]?.token ?? '');
  await assert.doesNotReject(client.call('default', 'room').join());
  assert.equal(asked, 1);
});

test('a refused or unreachable server rejects connectUser and leaves nothing behind', async () => {
  const { options, server } = makeWorld();
  server.reachable = false;
  const client = new VideoClient({ apiKey: 'key', options });
  const waiting = client.connectUser(ann, provider('ann'));
  await assert.rejects(waiting, /could not be opened/);
  assert.equal(client.state.connectionState, 'disconnected');
  await assert.rejects(client.call('default', 'room').join(), { message: TOKEN_NOT_SET });
  server.reachable = true;
  await client.connectUser(ann, provider('ann'));
});

test('getOrCreateInstance: one client for each user', () => {
  const one = VideoClient.getOrCreateInstance({ apiKey: 'k', user: { id: 'Ann' } });
  assert.equal(VideoClient.getOrCreateInstance({ apiKey: 'k', user: { id: 'ann' } }), one);
  assert.notEqual(VideoClient.getOrCreateInstance({ apiKey: 'k', user: { id: 'tom' } }), one);
});

test('what observes the connection sees every step', async () => {
  const { options } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const seen: string[] = [];
  const stop = client.state.connectionState$.subscribe((state) => seen.push(state));
  await client.connectUser(ann, provider('ann'));
  await client.disconnectUser();
  stop();
  await client.connectUser(ann, provider('ann'));
  assert.deepEqual(seen, ['disconnected', 'connecting', 'connected', 'disconnected']);
  await until(() => client.state.connectionState === 'connected');
});

test('a provider that never answers is given up, and asked anew the next time', async () => {
  const tokens = new TokenManager(20);
  let asked = 0;
  const good = makeToken('ann');
  tokens.set('ann', () => (++asked === 1 ? new Promise<string>(() => {}) : good));
  await assert.rejects(tokens.load(), (error: ConfabError) => /no answer within/.test(error.message) && !error.unrecoverable);
  assert.equal(await tokens.load(), good);
});

test('a provider that answers after disconnectUser answers nobody', async () => {
  const tokens = new TokenManager();
  const { promise, open } = gate();
  tokens.set('ann', async () => {
    await promise;
    return makeToken('ann');
  });
  const loading = tokens.load();
  tokens.reset();
  open();
  await assert.rejects(loading, { message: TOKEN_NOT_SET });
  await assert.rejects(tokens.get(), { message: TOKEN_NOT_SET });
});

test('a token that somebody else replaced already is not replaced again', async () => {
  const tokens = new TokenManager();
  let asked = 0;
  tokens.set('ann', async () => {
    asked++;
    return makeToken('ann');
  });
  const old = await tokens.load();
  const fresh = await tokens.refresh(old);
  assert.equal(await tokens.refresh(old), fresh);
  assert.equal(asked, 2);
});

test('a user whose provider answered too late leaves the next one alone', async () => {
  const tokens = new TokenManager();
  const gates = [gate(), gate()];
  let asked = 0;
  const slow = async () => {
    const mine = gates[asked++];
    await mine?.promise;
    return makeToken('ann');
  };
  tokens.set('ann', slow);
  const first = tokens.load();
  tokens.set('ann', slow);
  const second = tokens.load();
  gates[0]?.open();
  await first;
  assert.equal(tokens.load(), second); // one request for everybody who asks meanwhile
  gates[1]?.open();
  await second;
  assert.equal(asked, 2);
});

test('a provider that fails once in the middle: that request fails, the next one works', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const answers = [() => makeToken('ann'), () => Promise.reject(new Error('busy')), () => makeToken('ann')];
  await client.connectUser(ann, async () => (answers.shift() ?? (() => ''))());
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [], cursor: 1 } });
  server.expired.add(server.socket.sent[0]?.token ?? '');
  await assert.rejects(client.chat.conversations(), { message: 'The tokenProvider failed: busy', code: 5 });
  await client.chat.conversations();
  assert.equal(client.state.connectionState, 'connected');
});

test('disconnectUser while connecting: the promise rejects, nothing is left open, and the same user can connect', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  const { promise, open } = gate();
  const connecting = client.connectUser(ann, async () => {
    await promise;
    return makeToken('ann');
  });
  const joining = client.call('default', 'room').join();
  await new Promise((resolve) => setTimeout(resolve, 2));
  await client.disconnectUser();
  const again = client.connectUser(ann, provider('ann'));
  open();
  await assert.rejects(connecting, { message: TOKEN_NOT_SET });
  await assert.rejects(joining);
  await again;
  assert.equal(server.sockets.length, 1);
  assert.equal(client.state.connectionState, 'connected');
});

test('StrictMode: connect, disconnect, connect in one turn leaves one connection', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', user: ann, tokenProvider: provider('ann'), options });
  const first = client.connectUser();
  first.catch(() => {});
  void client.disconnectUser();
  await client.connectUser();
  await assert.rejects(first, { message: TOKEN_NOT_SET });
  assert.equal(server.sockets.length, 1);
});

test('an impossible id in the constructor rejects and does not throw', async () => {
  const { options } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', user: { id: '...' }, tokenProvider: provider('x'), options });
  const attempt = client.connectUser({ id: 'tom' });
  await assert.rejects(attempt, { code: 4 });
});

test('an answer that is not JSON is a ConfabError', async () => {
  const { options } = makeWorld();
  const fetch = async () => new Response('<html>', { status: 200 });
  const client = new VideoClient({ apiKey: 'key', options: { ...options, fetch } });
  await client.connectUser(ann, provider('ann'));
  await assert.rejects(client.call('default', 'room').get(), { name: 'ConfabError', message: /not JSON/ });
});

test('a token is replaced shortly before it expires, once, and kept when the provider fails then', async () => {
  const tokens = new TokenManager();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  let asked = 0;
  let broken = false;
  const now = 1_700_000_000;
  tokens.set('ann', () => {
    if (broken) throw new Error('no network');
    // lives for 50 ms by its own two times, which this machine's clock has nothing to do with
    return `${part({})}.${part({ user_id: 'ann', iat: now, exp: now + 0.05, n: ++asked })}.x`;
  });
  const first = await tokens.load();
  assert.equal(await tokens.get(), first);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const second = await tokens.get();
  assert.equal(asked, 2);
  assert.notEqual(second, first);
  broken = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(await tokens.get(), second);
  tokens.reset();
  await assert.rejects(tokens.get(), { message: TOKEN_NOT_SET });
});

test('an address that is none is named, with what it has to be', async () => {
  const { options } = makeWorld();
  const client = new StreamVideoClient({ apiKey: 'key', options: { ...options, baseURL: 'chat.example.com' } });
  await assert.rejects(client.connectUser(ann, provider('ann')), {
    name: 'ConfabError', code: 4, message: "options.baseURL 'chat.example.com' is not an address: give scheme and host, for example https://chat.example.com.",
  });
});

test('a server that is not there is named, with what to look at', async () => {
  const { options } = makeWorld();
  const gone = () => {
    const socket = { send() {}, close() {}, onopen: null, onmessage: null, onerror: null, onclose: null as ((event: unknown) => void) | null };
    setTimeout(() => socket.onclose?.({}), 0);
    return socket as never;
  };
  const client = new StreamVideoClient({ apiKey: 'key', options: { ...options, socket: gone } });
  await assert.rejects(client.connectUser(ann, provider('ann')), ({ message }: ConfabError) => /could not be opened\. Is the server at wss?:\/\/\S+\/api\/v1\/events up/.test(message));
});
