// SPDX-License-Identifier: Apache-2.0
/** Every method of the surface: what it asks the server, what it gives back, and what of it is observable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamVideoClient, type Call, type CallResponse } from '../src/index.ts';
import { ALL, callObject, callReply, eve, member, settings, tom } from './lib/coordinator.ts';
import { VideoClient, ann, gate, makeToken, makeWorld, participant, refuse, session, until, type World } from './lib/fakes.ts';

interface Setup extends World {
  client: VideoClient;
  call: Call;
  tell(type: string, fields: object): void;
  /** Answers an action of the call, and remembers what it was asked. */
  answer(action: string, body?: object, method?: string): Record<string, unknown>[];
}

async function setUp(): Promise<Setup> {
  const world = makeWorld();
  const { server } = world;
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  return Object.assign(world, {
    client,
    call: client.call('default', 'room'),
    tell: (type: string, fields: object) => server.socket.emit({ type, cid: 'default:room', cursor: ++server.cursor, ...fields }),
    answer(action: string, body: object = {}, method = 'POST') {
      const asked: Record<string, unknown>[] = [];
      server.routes[`${method} /api/v1/call/default/room${action}`] = (request) => {
        asked.push(request.body);
        return { status: 200, body };
      };
      return asked;
    },
  });
}

test('call.cid .id .type .isCreatedByMe .ringing', async () => {
  const { call, answer } = await setUp();
  answer('', callReply(), 'GET');
  assert.deepEqual([call.cid, call.id, call.type, call.isCreatedByMe, call.ringing], ['default:room', 'room', 'default', false, false]);
  await call.get();
  assert.equal(call.isCreatedByMe, true);
});

test('get and getOrCreate fill the state; get with watch says so', async () => {
  const { call, server, answer } = await setUp();
  const reply: CallResponse = callReply({
    call: callObject({ custom: { topic: 'x' }, backstage: true, starts_at: '2026-12-01T09:00:00.000Z', blocked_user_ids: ['eve'] }),
    state: session('s1', tom),
  });
  answer('', reply, 'GET');
  assert.equal(call.state.callingState, 'unknown');
  await call.get({ watch: true });
  assert.equal(server.requests.at(-1)?.path, '/api/v1/call/default/room?watch=true');
  const { state } = call;
  assert.equal(state.callingState, 'idle');
  assert.deepEqual(state.members.map((m) => m.user_id), ['ann', 'tom']);
  assert.deepEqual(state.custom, { topic: 'x' });
  assert.deepEqual(state.settings, settings);
  assert.equal(state.backstage, true);
  assert.equal(state.startsAt?.toISOString(), '2026-12-01T09:00:00.000Z');
  assert.equal(state.endedAt, undefined);
  assert.equal(state.createdAt?.toISOString(), '2026-11-22T10:00:00.000Z');
  assert.equal(state.createdBy?.id, 'ann');
  assert.deepEqual(state.blockedUserIds, ['eve']);
  assert.equal(state.session?.session_id, 's1');
  assert.deepEqual(state.ownCapabilities, ALL);
  const asked = answer('', callReply());
  await call.getOrCreate({ data: { members: [{ user_id: 'tom', role: 'host' }], custom: { a: 1 }, settings_override: { backstage: { enabled: true } } } });
  assert.deepEqual(asked, [{ data: { members: [{ user_id: 'tom', role: 'host' }], custom: { a: 1 }, settings_override: { backstage: { enabled: true } } } }]);
});

test('join passes create, ring, notify, video, data on', async () => {
  const { call, client, server } = await setUp();
  await call.join({ create: true, notify: true, video: false, data: { custom: { a: 1 } } });
  const { body } = server.requests.find(({ path }) => path.endsWith('/join'))!;
  assert.deepEqual(body, { create: true, notify: true, video: false, data: { custom: { a: 1 } }, device_id: client.deviceId });
});

test('ring, notify, endCall, update, goLive, stopLive', async () => {
  const { call, client, answer } = await setUp();
  const ringing = answer('/ring', callReply());
  await call.ring({ member_ids: ['tom'], video: false });
  assert.deepEqual(ringing, [{ member_ids: ['tom'], video: false, device_id: client.deviceId }]);
  const created = answer('', callReply());
  await call.notify();
  assert.deepEqual(created, [{ notify: true }]);
  const updated = answer('', callReply({ call: callObject({ custom: { b: 2 } }) }), 'PATCH');
  await call.update({ custom: { b: 2 } });
  assert.deepEqual(updated, [{ custom: { b: 2 } }]);
  assert.deepEqual(call.state.custom, { b: 2 });
  answer('/go_live', callReply());
  await call.goLive();
  assert.equal(call.state.backstage, false);
  answer('/stop_live', callReply({ call: callObject({ backstage: true }) }));
  await call.stopLive();
  assert.equal(call.state.backstage, true);
  answer('/end', callReply({ call: callObject({ ended_at: '2026-11-22T11:00:00.000Z' }) }));
  await call.endCall();
  assert.equal(call.state.endedAt?.toISOString(), '2026-11-22T11:00:00.000Z');
});

test('call.setIncomingVideoEnabled and call.state.incomingVideo$: off before the join, kept when one comes back, as usual in the next call', async () => {
  const { call, media } = await setUp();
  call.setIncomingVideoEnabled(false);
  await call.join();
  assert.equal(media[0]?.receivesVideo, false);
  call.setIncomingVideoEnabled(true);
  assert.equal(media[0]?.receivesVideo, true);
  call.setIncomingVideoEnabled(false);
  media[0]?.handlers.onEnded('lost');
  await until(() => media.length === 2);
  assert.equal(media[1]?.receivesVideo, false);
  const told: boolean[] = [];
  call.state.incomingVideo$.onChange(() => told.push(call.state.incomingVideo));
  await call.leave();
  assert.deepEqual(told, [true]);
});

test('take_over goes with the join, and not with those that follow by themselves', async () => {
  const { call, server, media } = await setUp();
  const joins = () => server.requests.filter(({ path }) => path.endsWith('/join')).map(({ body }) => body['take_over']);
  await call.join({ take_over: true });
  media[0]?.handlers.onEnded('lost');
  await until(() => joins().length === 2);
  assert.deepEqual(joins(), [true, undefined]);
});

test('submitFeedback sends what was said', async () => {
  const { call, answer } = await setUp();
  const said = answer('/feedback', {});
  await call.submitFeedback(5);
  await call.submitFeedback(2, { reason: 'It froze', session_id: 's1' });
  assert.deepEqual(said, [{ rating: 5 }, { rating: 2, reason: 'It froze', session_id: 's1' }]);
});

test('submitFeedback: the last word is the last one, however slow the first is on its way', async () => {
  const world = makeWorld();
  const slow = gate();
  const fetch = async (url: string, init: RequestInit) => {
    if (init.body === '{"rating":1}') await slow.promise;
    return world.server.fetch(url, init);
  };
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, fetch } });
  await client.connectUser(ann, async () => makeToken('ann'));
  const said: unknown[] = [];
  world.server.routes['POST /api/v1/call/default/room/feedback'] = ({ body }) => {
    said.push(body['rating']);
    return { status: 200, body: {} };
  };
  const call = client.call('default', 'room');
  const answers: number[] = [];
  const all = [1, 2, 3].map((rating) => call.submitFeedback(rating).then(() => answers.push(rating)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  slow.open();
  await Promise.all(all);
  assert.deepEqual([said, answers], [[1, 2, 3], [1, 2, 3]]);
});

test('updateCallMembers and queryMembers', async () => {
  const { call, answer } = await setUp();
  const changed = answer('/members', callReply({ members: [member(ann), member(eve, 'host')] }));
  await call.updateCallMembers({ update_members: [{ user_id: 'eve', role: 'host' }], remove_members: ['tom'] });
  assert.deepEqual(changed, [{ update_members: [{ user_id: 'eve', role: 'host' }], remove_members: ['tom'] }]);
  assert.deepEqual(call.state.members.map((m) => `${m.user_id} ${m.role}`), ['ann user', 'eve host']);
  const queried = answer('/query_members', { members: [member(eve, 'host')], next: 'n1' });
  const page = await call.queryMembers({ filter_conditions: { role: 'host' }, sort: [{ field: 'created_at', direction: -1 }], limit: 5 });
  assert.deepEqual(queried, [{ filter_conditions: { role: 'host' }, sort: [{ field: 'created_at', direction: -1 }], limit: 5 }]);
  assert.equal(page.next, 'n1');
});

test('muteUser, muteAllUsers, blockUser, unblockUser, kickUser', async () => {
  const { call, answer } = await setUp();
  const muted = answer('/mute_users');
  await call.muteUser('tom');
  await call.muteUser(['tom', 'eve'], ['video', 'screenshare']);
  await call.muteAllUsers('audio');
  assert.deepEqual(muted, [
    { user_ids: ['tom'], audio: true },
    { user_ids: ['tom', 'eve'], video: true, screenshare: true },
    { mute_all_users: true, audio: true },
  ]);
  const blocked = answer('/block');
  const unblocked = answer('/unblock');
  const kicked = answer('/kick');
  await call.blockUser('eve');
  await call.unblockUser('eve');
  await call.kickUser('eve');
  await call.kickUser({ user_id: 'eve', block: true });
  assert.deepEqual([blocked, unblocked, kicked], [[{ user_id: 'eve' }], [{ user_id: 'eve' }], [{ user_id: 'eve' }, { user_id: 'eve', block: true }]]);
});

test('requestPermissions, grantPermissions, revokePermissions; requests are listed until answered', async () => {
  const { call, answer, tell } = await setUp();
  const asked = answer('/request_permissions');
  await call.requestPermissions({ permissions: ['send-audio', 'screenshare'] });
  assert.deepEqual(asked, [{ permissions: ['send-audio', 'screenshare'] }]);
  const changed = answer('/user_permissions');
  tell('call.permission_request', { user: eve, permissions: ['send-audio'] });
  tell('call.permission_request', { user: eve, permissions: ['send-audio', 'send-video'] });
  tell('call.permission_request', { user: tom, permissions: ['screenshare'] });
  assert.deepEqual(call.state.permissionRequests.map(({ user, permissions }) => [user.id, permissions.length]), [['eve', 2], ['tom', 1]]);
  await call.grantPermissions('eve', ['send-audio']);
  assert.deepEqual(call.state.permissionRequests.map(({ user }) => user.id), ['tom']);
  call.dismissPermissionRequest('tom');
  await call.revokePermissions('eve', ['send-audio']);
  assert.deepEqual(call.state.permissionRequests, []);
  assert.deepEqual(changed, [{ user_id: 'eve', grant_permissions: ['send-audio'] }, { user_id: 'eve', revoke_permissions: ['send-audio'] }]);
});

test('permissionsContext.hasPermission follows permissions_updated of this user only', async () => {
  const { call, answer, tell } = await setUp();
  answer('', callReply({ own_capabilities: ['join-call', 'read-call'] }), 'GET');
  await call.get();
  assert.equal(call.permissionsContext.hasPermission('send-audio'), false);
  tell('call.permissions_updated', { user: tom, own_capabilities: ALL });
  assert.equal(call.permissionsContext.hasPermission('send-audio'), false);
  tell('call.permissions_updated', { user: ann, own_capabilities: ALL });
  assert.equal(call.permissionsContext.hasPermission('send-audio'), true);
});

test('sendReaction and resetReaction: the participant holds the latest one', async () => {
  const { call, answer, media, tell } = await setUp();
  const sent = answer('/reaction');
  await call.sendReaction({ type: 'raise-hand', emoji_code: ':raised-hand:' });
  assert.deepEqual(sent, [{ type: 'raise-hand', emoji_code: ':raised-hand:' }]);
  await call.join();
  media[0]?.handlers.onParticipants([participant('ann:s1', true), participant('tom:s2')]);
  tell('call.reaction_new', { user: tom, reaction: { type: 'like' } });
  tell('call.reaction_new', { user: tom, reaction: { type: 'heart' } });
  assert.equal(call.state.remoteParticipants[0]?.reaction?.type, 'heart');
  media[0]?.handlers.onParticipants([participant('ann:s1', true), { ...participant('tom:s2'), isSpeaking: true }]);
  assert.equal(call.state.remoteParticipants[0]?.reaction?.type, 'heart');
  call.resetReaction('tom:s2');
  assert.equal(call.state.remoteParticipants[0]?.reaction, undefined);
});

test('sendCustomEvent, and the custom event', async () => {
  const { call, answer, tell } = await setUp();
  const sent = answer('/event');
  await call.sendCustomEvent({ type: 'draw', points: [1, 2] });
  assert.deepEqual(sent, [{ custom: { type: 'draw', points: [1, 2] } }]);
  const heard: unknown[] = [];
  call.on('custom', ({ user, custom }) => heard.push([user.id, custom]));
  tell('custom', { user: tom, custom: { n: 1 } });
  assert.deepEqual(heard, [['tom', { n: 1 }]]);
});

test('recording methods reject with words that say so', async () => {
  const { call, server } = await setUp();
  for (const action of ['start_recording', 'stop_recording', 'recordings']) {
    server.routes[`POST /api/v1/call/default/room/${action}`] = () => refuse(400, 19, 'This server does not record calls.');
  }
  for (const method of [() => call.startRecording(), () => call.stopRecording(), () => call.queryRecordings()]) {
    await assert.rejects(method(), { name: 'ConfabError', code: 19, unrecoverable: true, message: 'This server does not record calls.' });
  }
});

test('client.queryCalls: handles with state, in order, and the next page', async () => {
  const { client, server } = await setUp();
  const asked: unknown[] = [];
  server.routes['POST /api/v1/calls'] = ({ body }) => {
    asked.push(body);
    const calls = ['b', 'a'].map((id) => callReply({ call: callObject({ id, cid: `default:${id}`, custom: { id } }) }));
    return { status: 200, body: { calls, next: 'n' } };
  };
  const query = { filter_conditions: { ongoing: true }, sort: [{ field: 'created_at', direction: -1 as const }], limit: 2, watch: true };
  const page = await client.queryCalls(query);
  assert.deepEqual(asked, [query]);
  assert.deepEqual(page.calls.map((call) => call.state.custom), [{ id: 'b' }, { id: 'a' }]);
  assert.equal(page.next, 'n');
  assert.equal(page.prev, undefined);
  assert.equal(client.call('default', 'a'), page.calls[1]);
});

test('client.on and call.on: one type, and all of them', async () => {
  const { client, call, tell } = await setUp();
  const heard: string[] = [];
  const stop = client.on('all', (event) => heard.push(`client ${event.type}`));
  call.on('all', (event) => heard.push(`call ${event.type}`));
  client.call('default', 'other').on('all', () => heard.push('wrong'));
  tell('call.updated', { call: callObject({ custom: { c: 3 } }) });
  stop();
  tell('call.live_started', { call: callObject(), user: tom });
  assert.deepEqual(heard, ['client call.updated', 'call call.updated', 'call call.live_started']);
});

test('members, blocks, the session and the end arrive by event', async () => {
  const { call, answer, tell } = await setUp();
  answer('', callReply(), 'GET');
  await call.get();
  tell('call.member_added', { members: [member(eve)] });
  tell('call.member_updated', { members: [member(eve, 'host')] });
  assert.deepEqual(call.state.members.map((m) => `${m.user_id} ${m.role}`), ['ann user', 'tom user', 'eve host']);
  tell('call.member_removed', { members: ['tom'] });
  assert.deepEqual(call.state.members.map((m) => m.user_id), ['ann', 'eve']);
  tell('call.blocked_user', { user: eve, by: ann });
  assert.deepEqual(call.state.blockedUserIds, ['eve']);
  tell('call.unblocked_user', { user: eve, by: ann });
  assert.deepEqual(call.state.blockedUserIds, []);
  tell('call.session_started', { state: session('s2', tom) });
  tell('call.session_ended', { session_id: 's1' }); // of an older one
  assert.equal(call.state.session?.session_id, 's2');
});

test('kicked, blocked, ended for everybody: LEFT, and somebody else\'s kick changes nothing', async () => {
  for (const [type, fields] of [
    ['call.kicked_user', { user: ann, by: tom }],
    ['call.blocked_user', { user: ann, by: tom }],
    ['call.ended', { user: tom, call: callObject({ ended_at: '2026-11-22T11:00:00.000Z' }) }],
  ] as const) {
    const { call, tell, media } = await setUp();
    await call.join();
    tell('call.kicked_user', { user: eve, by: tom });
    assert.equal(call.state.callingState, 'joined');
    tell(type, fields);
    await until(() => call.state.callingState === 'left');
    assert.equal(media[0]?.disconnected, true);
  }
});

test('told of a kick by media first, one who is let in again is not put out by the event of it', async () => {
  const { call, tell, media } = await setUp();
  await call.join();
  media[0]?.handlers.onEnded('removed');
  await until(() => call.state.callingState === 'left');
  await call.join();
  tell('call.kicked_user', { user: ann, by: tom }); // of the time before
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(call.state.callingState, 'joined');
  tell('call.kicked_user', { user: ann, by: tom });
  await until(() => call.state.callingState === 'left');
});

test('every method rejects before connectUser with the well-known text, and none throws', async () => {
  const { options } = makeWorld();
  const call = new StreamVideoClient({ apiKey: 'key', options }).call('default', 'room');
  const methods: Record<string, () => Promise<unknown>> = {
    accept: () => call.accept(), ring: () => call.ring(), notify: () => call.notify(), endCall: () => call.endCall(), update: () => call.update({}),
    updateCallMembers: () => call.updateCallMembers({}), queryMembers: () => call.queryMembers(), goLive: () => call.goLive(),
    stopLive: () => call.stopLive(), muteUser: () => call.muteUser('x'), muteAllUsers: () => call.muteAllUsers(), blockUser: () => call.blockUser('x'),
    unblockUser: () => call.unblockUser('x'), kickUser: () => call.kickUser('x'), requestPermissions: () => call.requestPermissions({ permissions: [] }),
    grantPermissions: () => call.grantPermissions('x', []), revokePermissions: () => call.revokePermissions('x', []),
    sendReaction: () => call.sendReaction({ type: 'x' }), sendCustomEvent: () => call.sendCustomEvent({}), startRecording: () => call.startRecording(),
    stopRecording: () => call.stopRecording(), queryRecordings: () => call.queryRecordings(), getRinging: () => call.getOrCreate({ ring: true }),
  };
  for (const [name, method] of Object.entries(methods)) {
    const promise = method(); // outside of assert.rejects: must not throw
    await assert.rejects(promise, { message: /^User token is not set\./ }, name);
  }
});

test('guests need no token; the id the server gives is the one that connects', async () => {
  const { options, server } = makeWorld();
  server.routes['POST /api/v1/guest'] = ({ body, token }) => {
    assert.equal(token, '');
    assert.deepEqual(body, { user: { name: 'Gus' } });
    return { status: 201, body: { user: { id: 'guest-7', name: 'Gus', role: 'guest' }, token: makeToken('guest-7') } };
  };
  const client = new VideoClient({ apiKey: 'key', options });
  const me = await client.connectUser({ type: 'guest', name: 'Gus' });
  assert.equal(me.id, 'guest-7');
  assert.equal(client.state.connectedUser?.id, 'guest-7');
  await client.disconnectUser();
  server.routes['POST /api/v1/guest'] = () => refuse(403, 17, 'Guests are switched off.');
  await assert.rejects(client.connectUser({ type: 'guest', name: 'Gus' }), { code: 17, message: 'Guests are switched off.' });
  assert.equal(client.state.connectionState, 'disconnected');
});

test('anonymous viewers: a token for !anon, no event socket, and the calls of the token', async () => {
  const { options, server } = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options });
  await assert.rejects(client.connectUser({ type: 'anonymous' }, makeToken('ann')), { message: /not matching/ });
  await client.connectUser({ type: 'anonymous' }, makeToken('!anon'));
  assert.equal(client.state.connectionState, 'connected');
  assert.equal(server.sockets.length, 0);
  server.routes['POST /api/v1/call/livestream/show/join'] = () => refuse(403, 17, 'Not in your token.');
  await assert.rejects(client.call('livestream', 'show').join(), { code: 17 });
  await client.call('default', 'room').join();
  assert.equal(client.call('default', 'room').state.callingState, 'joined');
});

test('getOrCreateInstance: one per user; StreamVideoClient is the same class', () => {
  const { options } = makeWorld();
  const one = VideoClient.getOrCreateInstance({ apiKey: 'key', user: ann, token: makeToken('ann'), options });
  assert.equal(StreamVideoClient.getOrCreateInstance({ apiKey: 'key', user: { id: ' ANN ' }, options }), one);
  assert.notEqual(StreamVideoClient.getOrCreateInstance({ apiKey: 'key', user: tom, options }), one);
});
