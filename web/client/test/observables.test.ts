// SPDX-License-Identifier: Apache-2.0
/** Every observable: its value now is told at once, and each change once, as the property beside it has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observable } from '../src/index.ts';
import { SpeakerManager } from '../src/devices/speaker.ts';
import { storedPreferences } from '../src/devices/preferences.ts';
import { ALL, callObject, callReply, eve, member, ring, settings, tom } from './lib/coordinator.ts';
import { FakeTrack, VideoClient, ann, makeToken, makeWorld, session, until } from './lib/fakes.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const noShelf = storedPreferences('k', undefined);

/** What was told, the latest last. */
function watch<T>(observable: Observable<T>): T[] {
  const told: T[] = [];
  observable.subscribe((value) => told.push(value));
  assert.equal(told.length, 1, 'the value now');
  return told;
}

async function setUp() {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  world.server.routes['GET /api/v1/call/default/room'] = () => ({ status: 200, body: world.reply });
  return Object.assign(world, { client, call: client.call('default', 'room') });
}

declare module './lib/fakes.ts' {
  interface World {
    reply?: unknown;
  }
}

test('client.state: connectionState$, connectedUser$, calls$', async () => {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  const connection = watch(client.state.connectionState$);
  const user = watch(client.state.connectedUser$);
  const calls = watch(client.state.calls$);
  await client.connectUser(ann, async () => makeToken('ann'));
  assert.deepEqual(user.map((u) => u?.id), [undefined, 'ann']);
  assert.equal(connection.at(-1), 'connected');
  const call = client.call('default', 'room');
  await call.join();
  assert.deepEqual(calls.at(-1), [call]);
  await client.disconnectUser();
  assert.equal(user.at(-1), undefined);
  assert.equal(connection.at(-1), 'disconnected');
  assert.equal(client.state.connectedUser, undefined);
});

test('call.state: what a reply tells is observable', async () => {
  const world = await setUp();
  const { call } = world;
  const members = watch(call.state.members$);
  const session$ = watch(call.state.session$);
  const capabilities = watch(call.state.ownCapabilities$);
  const known = watch(call.state.settings$);
  const custom = watch(call.state.custom$);
  const backstage = watch(call.state.backstage$);
  const blocked = watch(call.state.blockedUserIds$);
  const rings = watch(call.state.ring$);
  world.reply = callReply({
    call: callObject({ custom: { topic: 'x' }, backstage: true, starts_at: '2026-12-01T09:00:00.000Z', blocked_user_ids: ['eve'] }),
    members: [member(ann), member(eve)],
    state: session('s1', tom),
    ring: ring('r1', tom, { ann: 'ringing' }),
  });
  await call.get();
  assert.deepEqual(members.at(-1)?.map((m) => m.user_id), ['ann', 'eve']);
  assert.equal(session$.at(-1)?.session_id, 's1');
  assert.deepEqual(capabilities.at(-1), ALL);
  assert.deepEqual(known.at(-1), settings);
  assert.deepEqual(custom.at(-1), { topic: 'x' });
  assert.deepEqual(backstage, [false, true]);
  assert.deepEqual(blocked, [[], ['eve']]);
  assert.equal(rings.at(-1)?.id, 'r1');
  assert.deepEqual(call.state.settings, settings);
  assert.equal(call.state.createdBy?.id, 'ann');
  assert.equal(call.state.createdAt?.toISOString(), '2026-11-22T10:00:00.000Z');
  assert.equal(call.state.startsAt?.toISOString(), '2026-12-01T09:00:00.000Z');
});

test('call.state.startedAt: the age of the call does not depend on the clock here', async () => {
  const { call, server } = await setUp();
  const startedAt = watch(call.state.startedAt$);
  const wrong = 3_600_000; // the server's clock is an hour ahead of ours
  const at = (ms: number) => new Date(Date.now() + wrong + ms).toISOString();
  const join = server.routes['POST /api/v1/call/default/room/join'];
  assert.ok(join);
  server.routes['POST /api/v1/call/default/room/join'] = (request) => {
    const { status, body } = join(request);
    return { status, body: { ...(body as object), server_time: at(0), state: { ...session('s1', eve), started_at: at(-90_000) } } };
  };
  await call.join();
  const age = Date.now() - (call.state.startedAt ?? 0);
  assert.equal(startedAt.at(-1), call.state.startedAt);
  assert.ok(age >= 89_000 && age < 120_000, `${age} ms`);
});

test('call.state: who is here, since when, and who asks for what', async () => {
  const { call, client, server } = await setUp();
  const participants = watch(call.state.participants$);
  const joinedAt = watch(call.state.joinedAt$);
  const requests = watch(call.state.permissionRequests$);
  await call.join();
  await until(() => participants.at(-1)?.length === 1);
  assert.equal(call.state.localParticipant?.userId, 'ann');
  assert.equal(typeof joinedAt.at(-1), 'number');
  assert.equal(call.state.joinedAt, joinedAt.at(-1));
  server.socket.emit({ type: 'call.permission_request', cid: 'default:room', cursor: ++server.cursor, user: eve, permissions: ['send-audio'] });
  assert.deepEqual(requests.at(-1)?.map((r) => r.user.id), ['eve']);
  // both at once: one request, and the question is answered
  const asked: unknown[] = [];
  server.routes['POST /api/v1/call/default/room/user_permissions'] = ({ body }) => {
    asked.push(body);
    return { status: 200, body: {} };
  };
  await call.updateUserPermissions({ user_id: 'eve', grant_permissions: ['send-audio'], revoke_permissions: ['screenshare'] });
  assert.deepEqual(asked, [{ user_id: 'eve', grant_permissions: ['send-audio'], revoke_permissions: ['screenshare'] }]);
  assert.deepEqual(requests.at(-1), []);
  await client.disconnectUser();
});

test('camera.state and microphone.state: status$, optimisticStatus$, error$, selectedDevice$, track$, direction$', async () => {
  const world = await setUp();
  const { call } = world;
  world.onMedia = (media) => {
    media.tracks.camera = new FakeTrack();
  };
  const { camera, microphone } = call;
  const status = watch(camera.state.status$);
  const optimistic = watch(camera.state.optimisticStatus$);
  const error = watch(microphone.state.error$);
  const selected = watch(camera.state.selectedDevice$);
  const track = watch(camera.state.track$);
  const direction = watch(camera.state.direction$);
  const muted = watch(microphone.state.speakingWhileMuted$);
  await call.join();
  await until(() => camera.state.status === 'enabled' && microphone.state.status === 'enabled');
  const media = world.media.at(-1);
  assert.ok(media);
  await camera.disable();
  assert.deepEqual(status.slice(-2), ['enabled', 'disabled']);
  assert.equal(optimistic.at(-1), 'disabled');
  await camera.enable();
  assert.equal(track.at(-1), media.tracks.camera);
  await camera.select('cam2');
  assert.equal(selected.at(-1), 'cam2');
  await camera.selectDirection('back');
  assert.equal(direction.at(-1), 'back');
  assert.equal(camera.state.direction, 'back');
  media.failing.microphone = new Error('busy');
  await microphone.disable();
  await assert.rejects(microphone.enable());
  assert.ok(error.at(-1));
  assert.deepEqual(muted, [false]);
  assert.deepEqual(watch(camera.state.permission$), [camera.state.permission]); // what the browser says, without asking the person
  assert.deepEqual([camera.kind, microphone.kind], ['camera', 'microphone']);
});

test('the devices to choose from: listDevices and devices$, of camera and speaker, where there is no browser', async () => {
  const { call } = await setUp();
  assert.deepEqual(watch(call.camera.devices$), [[]]);
  assert.deepEqual(watch(call.speaker.devices$), [[]]);
  assert.deepEqual(await call.speaker.listDevices(), []);
});

test('speaker.state: status$, selectedDevice$, volume$', async () => {
  const speaker = new SpeakerManager({ log: quiet, preferences: noShelf });
  const status = watch(speaker.state.status$);
  const volume = watch(speaker.state.volume$);
  const selected = watch(speaker.state.selectedDevice$);
  await speaker.disable();
  await speaker.enable();
  speaker.setVolume(0.5);
  await speaker.select('out');
  assert.deepEqual([status, volume, selected], [['enabled', 'disabled', 'enabled'], [1, 0.5], [undefined, 'out']]);
  assert.deepEqual([speaker.kind, speaker.state.status, speaker.state.volume], ['speaker', 'enabled', 0.5]);
});

test('client.measureRoundTrip: the server is asked a few times; rejects when it is not there', async () => {
  const { client, server } = await setUp();
  server.routes['GET /healthz'] = () => ({ status: 200, body: {} });
  const ms = await client.measureRoundTrip();
  assert.ok(ms >= 0 && ms < 20_000, String(ms));
  assert.equal(server.requests.filter(({ path }) => path === '/healthz').length, 4);
  server.reachable = false;
  await assert.rejects(client.measureRoundTrip(), /could not be reached/);
});

test('client.preloadMedia: never rejects, and a join after it works', async () => {
  const { client, call } = await setUp();
  await client.preloadMedia();
  await call.join();
  assert.equal(call.state.callingState, 'joined');
});
