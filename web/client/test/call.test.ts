// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceError, ErrorCode } from '../src/index.ts';
import { setUp } from './lib/call.ts';
import { VideoClient, gate, makeWorld, participant, refuse, session, tom, until } from './lib/fakes.ts';

test('join: IDLE, JOINING, JOINED; participants; camera and microphone on by themselves', async () => {
  const { call, states, media } = await setUp();
  assert.equal(call.cid, 'default:room');
  await call.join({ create: true });
  assert.deepEqual(states, ['unknown', 'joining', 'joined']);
  assert.equal(call.state.localParticipant?.userId, 'ann');
  assert.deepEqual(media[0]?.prepared, { camera: true, microphone: true });
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  assert.equal(call.screenShare.state.status, 'disabled');
  assert.ok(call.state.ownCapabilities.includes('screenshare'));
  media[0]?.handlers.onParticipants([participant('ann:s1', true), participant('tom:s2')]);
  assert.deepEqual(call.state.remoteParticipants.map((p) => p.userId), ['tom']);
});

test('joining twice at once is one join, and joined it resolves', async () => {
  const { call, client, media } = await setUp();
  const first = call.join({ create: true });
  assert.equal(call.join(), first);
  assert.equal(client.call('default', 'room').join(), first);
  await first;
  await call.join();
  assert.equal(media.length, 1);
});

test('a refused join goes back to IDLE and rejects with everything known, without asking for the camera', async () => {
  const { call, server, states, media } = await setUp();
  server.routes['POST /api/v1/call/default/room/join'] = ({ body }) =>
    body['create'] ? refuse(403, 17, 'Not yours.') : refuse(404, 16, 'No call default:room. Create it with join({create: true}).');
  await assert.rejects(call.join(), {
    code: 16,
    statusCode: 404,
    message: 'No call default:room. Create it with join({create: true}).',
    unrecoverable: true,
  });
  await assert.rejects(call.join({ create: true }), { code: 17, statusCode: 403 });
  assert.deepEqual(states, ['unknown', 'joining', 'idle', 'joining', 'idle']);
  assert.ok(media.every((m) => m.prepared === undefined && m.disconnected));
});

test('media that does not connect: IDLE again, a recoverable error', async () => {
  const world = await setUp();
  world.onMedia = (m) => {
    m.connecting = Promise.reject(new Error('ICE failed'));
  };
  await assert.rejects(world.call.join(), { unrecoverable: false, message: /ICE failed/ });
  assert.equal(world.call.state.callingState, 'idle');
  assert.equal(world.media[0]?.disconnected, true);
});

test('leave during join wins, at every step', async () => {
  for (const at of ['request', 'media']) {
    const world = await setUp();
    const { promise, open } = gate();
    if (at === 'media') world.onMedia = (m) => void (m.connecting = promise);
    const joining = world.call.join({ create: true });
    if (at === 'media') await until(() => world.media.length === 1);
    await world.call.leave();
    assert.equal(world.call.state.callingState, 'left');
    open();
    await assert.rejects(joining, /was left while it was being joined/);
    assert.equal(world.call.state.callingState, 'left');
    assert.ok(world.media.every((m) => m.disconnected), at);
    assert.ok(!world.lines.includes('Video call joined'));
  }
});

test('leave and join again on the same object, also while the first join still runs', async () => {
  const world = await setUp();
  await world.call.join({ create: true });
  await world.call.leave();
  await world.call.leave();
  assert.deepEqual(world.call.state.participants, []);
  await world.call.join({ create: true });
  assert.equal(world.call.state.callingState, 'joined');
  const { promise, open } = gate();
  await world.call.leave();
  world.onMedia = (m) => void (m.connecting = promise);
  const first = world.call.join();
  first.catch(() => {});
  await until(() => world.media.length === 3);
  const left = world.call.leave();
  world.onMedia = () => {};
  const second = world.call.join();
  assert.notEqual(first, second);
  open();
  await second;
  await left;
  await assert.rejects(first);
  assert.equal(world.call.state.callingState, 'joined');
  assert.deepEqual(world.media.map((m) => m.disconnected), [true, true, true, false]);
});

test('leave on a call that was never joined resolves quietly', async () => {
  const { options } = makeWorld();
  const call = new VideoClient({ apiKey: 'key', options }).call('default', 'room');
  await call.leave();
  assert.equal(call.state.callingState, 'left');
});

test('a device that fails does not keep the call from being joined', async () => {
  const world = await setUp();
  const denied = new DeviceError('camera', 'denied', 'no');
  world.onMedia = (m) => void (m.failing = { camera: denied });
  await world.call.join({ create: true });
  await until(() => world.call.camera.state.error === denied);
  assert.equal(world.call.state.callingState, 'joined');
  assert.equal(world.call.camera.state.status, 'disabled');
  assert.equal(world.call.camera.state.optimisticStatus, 'disabled');
  await until(() => world.call.microphone.state.status === 'enabled');
  await assert.rejects(world.call.camera.enable(), denied);
  world.media[0]!.failing = {};
  await world.call.camera.enable();
  assert.equal(world.call.camera.state.error, undefined);
});

test('a choice made before the join wins over the default', async () => {
  const { call, media } = await setUp();
  assert.equal(call.camera.state.status, undefined);
  await call.camera.disable();
  await call.join({ create: true });
  assert.deepEqual(media[0]?.prepared, { camera: false, microphone: true });
  await until(() => call.microphone.state.status === 'enabled');
  assert.equal(call.camera.state.status, 'disabled');
  assert.deepEqual(media[0]?.orders, ['microphone on']);
});

test('overlapping orders: the last one wins, and the button follows at once', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  const m = media[0]!;
  m.orders.length = 0;
  const { promise, open } = gate();
  m.setting = () => promise;
  const orders = [call.camera.disable(), call.camera.enable(), call.camera.toggle()];
  assert.equal(call.camera.state.optimisticStatus, 'disabled');
  assert.equal(call.camera.state.status, 'enabled');
  await until(() => m.orders.length === 1);
  orders.push(call.camera.enable());
  assert.equal(call.camera.state.optimisticStatus, 'enabled');
  open();
  await Promise.all(orders);
  assert.deepEqual(m.orders, ['camera off', 'camera on']);
  assert.equal(call.camera.state.status, 'enabled');
});

test("the browser's own Stop sharing is seen", async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await call.screenShare.enable();
  assert.equal(call.screenShare.state.status, 'enabled');
  media[0]?.handlers.onDevice('screenShare', false, false);
  assert.equal(call.screenShare.state.status, 'disabled');
  assert.equal(call.screenShare.state.optimisticStatus, 'disabled');
});

test('taken out of the call: LEFT', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  media[0]?.handlers.onEnded('removed');
  await until(() => call.state.callingState === 'left');
});

test("the call hears its own events only, and keeps the server's view", async () => {
  const { client, server } = await setUp();
  const call = client.call('default', 'chat-ann');
  const heard: string[] = [];
  const stop = call.on('call.rejected', ({ user }) => heard.push(user.id));
  const rejected = { type: 'call.rejected', session_id: 's', user: tom, reason: 'decline' };
  server.socket.emit({ ...rejected, cid: 'default:chat-ann' });
  server.socket.emit({ ...rejected, cid: 'default:other' });
  stop();
  server.socket.emit({ ...rejected, cid: 'default:chat-ann' });
  assert.deepEqual(heard, ['tom']);
  server.socket.emit({ type: 'call.session_started', cursor: 11, cid: 'default:chat-ann', state: session('s', tom) });
  assert.deepEqual(call.state.session?.participants, [tom]);
  server.socket.emit({ type: 'call.session_ended', cursor: 12, cid: 'default:chat-ann', session_id: 's' });
  assert.equal(call.state.session, null);
});

test('a full server says so, and another try may help', async () => {
  const { call, server, states } = await setUp();
  const before = server.routes['POST /api/v1/call/default/room/join'];
  server.routes['POST /api/v1/call/default/room/join'] = () => refuse(503, ErrorCode.serverFull, 'This server is full right now.');
  await assert.rejects(call.join({ create: true }), { code: 61, statusCode: 503, message: 'This server is full right now.', unrecoverable: false });
  if (before) server.routes['POST /api/v1/call/default/room/join'] = before;
  else delete server.routes['POST /api/v1/call/default/room/join'];
  await call.join({ create: true });
  assert.deepEqual(states, ['unknown', 'joining', 'idle', 'joining', 'joined']);
});

test('impossible ids are refused at once', async () => {
  const { client } = await setUp();
  for (const [type, id] of [['', 'x'], ['default', ''], ['default', 'a b'], ['default', 'a:b'], ['a/b', 'x']] as const) {
    assert.throws(() => client.call(type, id), { code: 4 });
  }
});

test('what the media says after leave is not heard', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await call.leave();
  media[0]?.handlers.onEnded('lost');
  media[0]?.handlers.onDevice('camera', true, false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(call.state.callingState, 'left');
  assert.equal(media.length, 1);
  assert.equal(call.camera.state.status, undefined);
});

test('an order that failed after nobody wanted it any more is no error', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled');
  await call.camera.disable();
  const { promise, open } = gate();
  media[0]!.setting = () => promise;
  media[0]!.failing = { camera: new DeviceError('camera', 'busy', 'busy') };
  const enabling = call.camera.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const disabling = call.camera.disable();
  open();
  await Promise.all([enabling, disabling]);
  assert.equal(call.camera.state.status, 'disabled');
  assert.equal(call.camera.state.error, undefined);
});

test('what is seen of one\'s own order while it is carried out is no order of somebody else', async () => {
  const { call, media } = await setUp();
  await call.join({ create: true });
  await until(() => call.camera.state.status === 'enabled');
  await call.camera.disable();
  const { promise, open } = gate();
  const m = media[0]!;
  m.setting = () => promise;
  m.orders.length = 0;
  const enabling = call.camera.enable();
  await until(() => m.orders.length === 1);
  m.handlers.onDevice('camera', false, false); // the old track goes before the new one is there
  assert.equal(call.camera.state.optimisticStatus, 'enabled');
  open();
  await enabling;
  assert.deepEqual([call.camera.state.status, m.orders], ['enabled', ['camera on']]);
});

test('while joining the buttons show what is wanted', async () => {
  const world = await setUp();
  const { promise, open } = gate();
  world.onMedia = (m) => void (m.connecting = promise);
  const joining = world.call.join({ create: true });
  assert.equal(world.call.microphone.state.optimisticStatus, 'enabled');
  await world.call.microphone.toggle(); // muted before anybody could hear
  open();
  await joining;
  await until(() => world.call.camera.state.status === 'enabled');
  assert.equal(world.call.microphone.state.status, 'disabled');
  assert.deepEqual(world.media[0]?.orders, ['camera on']);
});

test('select: remembered for the join, used at once in a call, the last of several wins', async () => {
  const { call, media } = await setUp();
  await call.camera.select('cam1');
  assert.equal(call.camera.state.selectedDevice, 'cam1');
  await call.join({ create: true });
  assert.deepEqual(media[0]?.devices, { camera: 'cam1', microphone: undefined });
  await until(() => call.camera.state.status === 'enabled' && call.microphone.state.status === 'enabled');
  const m = media[0]!;
  m.orders.length = 0;
  const { promise, open } = gate();
  m.setting = () => promise;
  const orders = [call.camera.select('cam2')];
  await until(() => m.orders.length === 1);
  orders.push(call.camera.select('cam3'), call.camera.select('cam4'));
  open();
  await Promise.all(orders);
  assert.deepEqual(m.orders, ['camera = cam2', 'camera = cam4']);
  assert.equal(call.camera.state.selectedDevice, 'cam4');
  media[0]?.handlers.onEnded('lost');
  await until(() => media.length === 2 && call.state.callingState === 'joined');
  assert.equal(media[1]?.devices?.camera, 'cam4');
});

test('select while joining reaches the call; one that fails leaves the old device', async () => {
  const world = await setUp();
  const { promise, open } = gate();
  world.onMedia = (m) => void (m.connecting = promise);
  const joining = world.call.join({ create: true });
  await until(() => world.media[0]?.prepared !== undefined);
  await world.call.microphone.select('mic1');
  open();
  await joining;
  const m = world.media[0]!;
  await until(() => m.orders.includes('microphone = mic1'));
  await until(() => world.call.microphone.state.status === 'enabled');
  const missing = new DeviceError('microphone', 'missing', 'gone');
  m.failing = { microphone: missing };
  await assert.rejects(world.call.microphone.select('mic2'), missing);
  assert.equal(world.call.microphone.state.selectedDevice, 'mic1');
  for (const bad of ['', 7, undefined]) await assert.rejects(world.call.microphone.select(bad as string), { code: 4 });
  await assert.rejects(world.call.screenShare.select('x'), { code: 4 });
  assert.deepEqual(await world.call.screenShare.listDevices(), []);
  assert.deepEqual(await world.call.camera.listDevices(), []); // no browser here
});

test('a listener that throws, or changes the state, breaks nothing', async () => {
  const { call } = await setUp();
  const told: unknown[] = [];
  const seen: string[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => told.push(error) });
  try {
    const boom = new Error('boom');
    call.state.callingState$.onChange(() => {
      throw boom;
    });
    call.state.callingState$.subscribe((state) => state === 'joined' && void call.leave());
    call.state.callingState$.subscribe((state) => seen.push(state));
    await call.join({ create: true });
    await until(() => call.state.callingState === 'left');
    assert.deepEqual(seen, ['unknown', 'joining', 'left']); // never an old value after a newer one
    assert.equal(told[0], boom);
  } finally {
    delete (globalThis as { reportError?: unknown }).reportError;
  }
});
