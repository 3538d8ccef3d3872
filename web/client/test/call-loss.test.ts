// SPDX-License-Identifier: Apache-2.0
// A call whose connection is lost: what is shown, what comes back, and when it is given up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUp } from './lib/call.ts';
import { VideoClient, ann, makeToken, makeWorld, participant, until } from './lib/fakes.ts';

test('reconnecting is shown and ends', async () => {
  const { call, media, states } = await setUp();
  await call.join({ create: true });
  media[0]?.handlers.onReconnecting();
  media[0]?.handlers.onReconnected({ camera: true, microphone: true, screenShare: false });
  assert.deepEqual(states.slice(2), ['joined', 'reconnecting', 'joined']);
});

test('what did not outlive a loss comes again as it is wanted; a screen, which needs a click, is off', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  await call.screenShare.enable();
  media[0]?.handlers.onReconnecting();
  const before = media[0]!.orders.length;
  media[0]?.handlers.onReconnected({ camera: false, microphone: true, screenShare: false });
  assert.equal(call.camera.state.status, 'disabled');
  await until(() => call.camera.state.status === 'enabled');
  assert.deepEqual(media[0]?.orders.slice(before), ['camera on']);
  assert.equal(call.microphone.state.status, 'enabled');
  assert.equal(call.screenShare.state.status, 'disabled');
});

test('what was turned off during a loss stays off', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await until(() => call.microphone.state.status === 'enabled');
  media[0]?.handlers.onReconnecting();
  await call.microphone.disable();
  media[0]?.handlers.onReconnected({ camera: true, microphone: true, screenShare: false });
  await until(() => call.microphone.state.status === 'disabled');
  assert.equal(media[0]?.orders.at(-1), 'microphone off');
});

test('a lost call is joined anew, with what was switched on and off', async () => {
  const world = await setUp();
  const { call, media, server } = world;
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  await call.camera.disable();
  server.reachable = false;
  media[0]?.handlers.onEnded('lost');
  assert.equal(call.state.callingState, 'reconnecting');
  await until(() => media.length > 2);
  server.reachable = true;
  await until(() => call.state.callingState === 'joined');
  await until(() => call.microphone.state.status === 'enabled');
  assert.equal(call.camera.state.status, 'disabled');
  assert.deepEqual(media.map((m) => m.disconnected), [...media.slice(1).map(() => true), false]);
});

test('offline: waits without trying until the network is back', async () => {
  const { call, media, network } = await setUp();
  await call.join({ create: true });
  network.turn(false);
  media[0]?.handlers.onEnded('lost');
  await until(() => call.state.callingState === 'offline');
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(media.length, 1);
  network.turn(true);
  await until(() => call.state.callingState === 'joined');
});

test('a reconnect never brings back a left call', async () => {
  const { call, media, server } = await setUp();
  await call.join({ create: true });
  server.reachable = false;
  media[0]?.handlers.onEnded('lost');
  await call.leave();
  server.reachable = true;
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(call.state.callingState, 'left');
  media[0]?.handlers.onReconnected({ camera: true, microphone: true, screenShare: false });
  media[0]?.handlers.onParticipants([participant('tom:s2')]);
  assert.equal(call.state.callingState, 'left');
  assert.deepEqual(call.state.participants, []);
});

test('giving up: RECONNECTING_FAILED after the time set, and join tries again', async () => {
  const { call, media, server } = await setUp();
  await call.join({ create: true });
  call.setDisconnectionTimeout(0.03);
  server.reachable = false;
  media[0]?.handlers.onEnded('lost');
  await until(() => call.state.callingState === 'reconnecting-failed');
  server.reachable = true;
  await call.join();
  assert.equal(call.state.callingState, 'joined');
});

test('giving up: the time begins with the loss, also while the media code still tries', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  call.setDisconnectionTimeout(0.03);
  media[0]?.handlers.onReconnecting();
  media[0]?.handlers.onReconnected({ camera: true, microphone: true, screenShare: false });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(call.state.callingState, 'joined');
  media[0]?.handlers.onReconnecting();
  await until(() => call.state.callingState === 'reconnecting-failed');
  assert.equal(media[0]?.disconnected, true);
  await call.join();
  assert.equal(call.state.callingState, 'joined');
});

/** A call that is lost, and so is the event socket; `ms` later the server can be reached again. */
async function lostFor(ms: number, { screen = false } = {}) {
  const world = await setUp();
  const { call, media, server } = world;
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled');
  if (screen) await call.screenShare.enable();
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  try {
    media[0]?.handlers.onReconnecting();
    ahead = ms;
    const sockets = server.sockets.length;
    server.socket.end(1006);
    await until(() => server.sockets.length > sockets && world.client.state.connectionState === 'connected');
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    Date.now = now;
  }
  return world;
}

test('lost for longer than the server keeps the place: entered anew as soon as the server can be reached', async () => {
  const { call, media } = await lostFor(31_000);
  await until(() => call.state.callingState === 'joined');
  assert.deepEqual(media.map((m) => m.disconnected), [true, false]);
  await until(() => call.camera.state.status === 'enabled');
});

test('lost for less, or with a screen that only the old connection can go on with: the media code brings it back', async () => {
  for (const [ms, screen] of [[29_000, false], [31_000, true]] as const) {
    const { call, media } = await lostFor(ms, { screen });
    assert.equal(media.length, 1);
    assert.equal(call.state.callingState, 'reconnecting');
  }
});

test('while a call is lost the event socket does not wait out its pauses, but for those that the server asked for', async () => {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, backoff: { base: 60_000, max: 60_000, random: () => 0 } } });
  await client.connectUser(ann, makeToken('ann'));
  const { media, server } = world;
  await client.call('default', 'room').join({ create: true });
  server.reachable = false;
  server.socket.end(1006);
  await until(() => server.sockets.length === 2 && server.socket.closed); // at once; the next a minute later
  media[0]?.handlers.onReconnecting();
  const wait = () => new Promise((resolve) => setTimeout(resolve, 2100));
  server.welcome = (socket) => {
    socket.emit({ type: 'connection.error', error: { code: 9, status_code: 429, message: 'Too many.' }, retry_after: 60 });
    socket.end(1013);
  };
  server.reachable = true;
  await wait();
  assert.equal(server.sockets.length, 3);
  await wait();
  assert.equal(server.sockets.length, 3, 'the server said: in a minute');
});
