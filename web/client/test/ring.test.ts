// SPDX-License-Identifier: Apache-2.0
/** Ringing as the client sees it: the server's picture of the ring decides, timers run there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ringSide, type Call, type CallResponse, type RingObject, type UserObject } from '../src/index.ts';
import { callObject, callReply, eve, leg, member, ring, tom } from './lib/coordinator.ts';
import { VideoClient, ann, gate, joinResponse, makeToken, makeWorld, refuse, until, type World } from './lib/fakes.ts';

interface Setup extends World {
  client: VideoClient;
  call: Call;
  states: string[];
  /** An event of this call, from the server. */
  tell(type: string, fields: object): void;
  asked(action: string): Record<string, unknown>[];
}

async function setUp(me: UserObject = ann, options: object = {}): Promise<Setup> {
  const world = makeWorld();
  const { server } = world;
  const fetch: typeof server.fetch = (url, init) => server.fetch(url, init);
  const client = new VideoClient({ apiKey: 'key', options: { ...world.options, fetch, ...options } });
  await client.connectUser(me, async () => makeToken(me.id));
  const call = client.call('default', 'room');
  const states: string[] = [];
  call.state.callingState$.subscribe((state) => states.push(state));
  server.routes['POST /api/v1/call/default/room/accept'] = () => ({ status: 200, body: callReply() });
  return Object.assign(world, {
    client,
    call,
    states,
    tell: (type: string, fields: object) => server.socket.emit({ type, cid: 'default:room', cursor: ++server.cursor, ...fields }),
    asked: (action: string) => server.requests.filter(({ path }) => path === `/api/v1/call/default/room${action}`).map(({ body }) => body),
  });
}

const ringing = (r: RingObject) => ({ call: callObject(), members: [member(ann), member(tom)], ring: r, user: r.caller });

/** Ann rings Tom and Eve. */
async function outgoing(world: Setup): Promise<void> {
  const reply: CallResponse = callReply({ ring: ring('r1', ann, { tom: 'ringing', eve: 'ringing' }) });
  world.server.routes['POST /api/v1/call/default/room'] = () => ({ status: 201, body: reply });
  await world.call.getOrCreate({ ring: true, data: { members: [{ user_id: 'ann' }, { user_id: 'tom' }, { user_id: 'eve' }] } });
}

test('outgoing: RINGING, and joined by itself at the first accept, while others still ring', async () => {
  const world = await setUp();
  await outgoing(world);
  assert.equal(world.call.ringing, true);
  assert.equal(world.call.isCreatedByMe, true);
  assert.equal(typeof world.asked('')[0]?.['device_id'], 'string');
  assert.equal(world.media.length, 0); // no media before accept
  world.tell('call.accepted', { user: tom, ring: ring('r1', ann, { tom: 'accepted', eve: 'ringing' }) });
  await until(() => world.call.state.callingState === 'joined');
  world.tell('call.rejected', { user: eve, reason: 'decline', ring: ring('r1', ann, { tom: 'accepted', eve: 'rejected' }, { state: 'accepted', outcome: 'accepted' }) });
  assert.deepEqual(world.states, ['unknown', 'idle', 'ringing', 'joining', 'joined']);
  assert.equal(world.media.length, 1);
});

/** The server's answer to a ring comes when `answer` is called. */
function slowly(world: Setup): () => void {
  const { promise, open } = gate();
  const { fetch } = world.server;
  world.server.fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (url.endsWith('/call/default/room')) await promise;
    return answer;
  };
  return open;
}

test('outgoing: the first accept may be quicker than the answer to the ring', async () => {
  for (const eve of ['ringing', 'rejected'] as const) {
    const world = await setUp();
    const answer = slowly(world);
    const asked = outgoing(world);
    await until(() => world.asked('').length === 1);
    const over = eve === 'ringing' ? {} : ({ state: 'accepted', outcome: 'accepted' } as const);
    world.tell('call.accepted', { user: tom, ring: ring('r1', ann, { tom: 'accepted', eve }, over) });
    answer();
    await asked;
    await until(() => world.call.state.callingState === 'joined');
  }
});

test('outgoing: who leaves before the answer to the ring is there is gone, and nobody rings on', async () => {
  const world = await setUp();
  const answer = slowly(world);
  const asked = outgoing(world);
  await until(() => world.asked('').length === 1);
  await world.call.leave();
  answer();
  await asked;
  assert.equal(world.call.state.callingState, 'left');
  assert.deepEqual(world.asked('/reject').map(({ reason }) => reason), ['cancel']);
  world.tell('call.rejected', { user: ann, reason: 'cancel', ring: ring('r1', ann, { tom: 'stopped', eve: 'stopped' }, { state: 'ended', outcome: 'cancelled' }) });
  assert.equal(world.call.state.callingState, 'left');
});

test('outgoing: everybody rejected, or nobody answered: LEFT, with the outcome', async () => {
  for (const outcome of ['declined', 'missed', 'busy'] as const) {
    const world = await setUp();
    await outgoing(world);
    world.tell('call.rejected', { user: tom, reason: 'decline', ring: ring('r1', ann, { tom: 'rejected', eve: 'ringing' }) });
    assert.equal(world.call.ringing, true);
    world.tell('call.missed', { user: eve, ring: ring('r1', ann, { tom: 'rejected', eve: 'missed' }, { state: 'ended', outcome }) });
    assert.equal(world.call.state.callingState, 'left');
    assert.equal(world.call.state.ring?.outcome, outcome);
    assert.equal(world.media.length, 0);
  }
});

test('leave cancels a ring of one\'s own, also from inside the call; reject does too', async () => {
  const world = await setUp();
  await outgoing(world);
  await world.call.leave();
  assert.equal(world.asked('/reject')[0]?.['reason'], 'cancel');
  assert.equal(world.call.state.callingState, 'left');
  const inside = await setUp();
  inside.server.routes['POST /api/v1/call/default/room/join'] = () => ({
    status: 200,
    body: { ...joinResponse('ann'), ring: ring('r2', ann, { tom: 'ringing' }) },
  });
  await inside.call.join({ create: true, ring: true });
  assert.equal(inside.call.state.callingState, 'joined');
  assert.equal(inside.asked('/join')[0]?.['ring'], true);
  await inside.call.leave();
  assert.equal(inside.asked('/reject')[0]?.['reason'], 'cancel');
});

test('a declined ring does not put the caller out of a call that was joined at once', async () => {
  const world = await setUp();
  world.server.routes['POST /api/v1/call/default/room/join'] = () => ({
    status: 200,
    body: { ...joinResponse('ann'), ring: ring('r1', ann, { tom: 'ringing' }) },
  });
  await world.call.join({ create: true, ring: true });
  world.tell('call.rejected', { user: tom, reason: 'decline', ring: ring('r1', ann, { tom: 'rejected' }, { state: 'ended', outcome: 'declined' }) });
  assert.equal(world.call.state.callingState, 'joined');
  assert.equal(world.call.state.ring?.outcome, 'declined');
  await world.call.leave();
  assert.deepEqual(world.asked('/reject'), []); // nothing rings any more
});

test('incoming: the client makes the handle, RINGING; join is accept', async () => {
  const world = await setUp(tom);
  const other = { ...callObject({ cid: 'default:new', id: 'new' }) };
  const emit = { type: 'call.ring', cid: 'default:new', cursor: ++world.server.cursor, ...ringing(ring('r1', ann, { tom: 'ringing' })), call: other };
  world.server.socket.emit(emit);
  const found = world.client.state.calls.find((call) => call.cid === 'default:new');
  assert.equal(found?.state.callingState, 'ringing');
  assert.equal(found?.isCreatedByMe, false);
  world.server.routes['POST /api/v1/call/default/new/join'] = () => ({ status: 200, body: { ...joinResponse('tom'), call: other } });
  await found?.join();
  assert.equal(found?.state.callingState, 'joined');
});

test('a duplicate ring is one ring, and one that was answered here rings no more', async () => {
  const world = await setUp(tom);
  const r = ring('r1', ann, { tom: 'ringing' });
  world.tell('call.ring', ringing(r));
  world.tell('call.ring', ringing(r));
  assert.deepEqual(world.states, ['unknown', 'idle', 'ringing']);
  assert.equal(world.client.state.calls.length, 1);
  await world.call.reject();
  world.tell('call.ring', ringing(r)); // was on its way
  assert.equal(world.call.state.callingState, 'left');
  assert.equal(world.asked('/reject')[0]?.['reason'], 'decline');
  world.tell('call.ring', ringing(ring('r2', ann, { tom: 'ringing' }))); // a new one
  assert.equal(world.call.ringing, true);
});

test('what rang before the client connected is told right behind connection.ok', async () => {
  const world = makeWorld();
  const welcome = world.server.welcome.bind(world.server);
  world.server.welcome = (socket, token) => {
    welcome(socket, token);
    socket.emit({ type: 'call.ring', cid: 'default:room', ...ringing(ring('r1', ann, { tom: 'ringing' })) });
  };
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  const heard: string[] = [];
  client.on('call.ring', ({ user }) => heard.push(user.id));
  await client.connectUser(tom, async () => makeToken('tom'));
  assert.deepEqual(heard, ['ann']);
  assert.equal(client.state.calls[0]?.ringing, true);
});

test("answered on another of the user's devices, cancelled, missed, ended: it stops ringing", async () => {
  const ends: [string, object][] = [
    ['call.accepted', { user: tom, device_id: 'other', ring: ring('r1', ann, {}, { legs: [leg('tom', 'accepted', 'other')], state: 'accepted', outcome: 'accepted' }) }],
    ['call.rejected', { user: tom, reason: 'decline', device_id: 'other', ring: ring('r1', ann, { tom: 'rejected' }, { state: 'ended', outcome: 'declined' }) }],
    ['call.rejected', { user: ann, reason: 'cancel', ring: ring('r1', ann, { tom: 'stopped' }, { state: 'ended', outcome: 'cancelled' }) }],
    ['call.rejected', { user: ann, reason: 'caller_gone', ring: ring('r1', ann, { tom: 'stopped' }, { state: 'ended', outcome: 'cancelled' }) }],
    ['call.missed', { user: tom, ring: ring('r1', ann, { tom: 'missed' }, { state: 'ended', outcome: 'missed' }) }],
    ['call.ended', { user: ann, call: callObject({ ended_at: '2026-11-22T10:01:00.000Z' }) }],
  ];
  for (const [type, fields] of ends) {
    const world = await setUp(tom);
    world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
    assert.equal(world.call.ringing, true);
    world.tell(type, fields);
    assert.equal(world.call.state.callingState, 'left', type);
    assert.equal(world.media.length, 0);
  }
});

test('a team ring: somebody else of the team was first', async () => {
  const world = await setUp(tom);
  const team = { mode: 'team' as const };
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing', bob: 'ringing' }, team)));
  world.tell('call.accepted', {
    user: { id: 'bob', name: 'Bob', role: 'admin' },
    ring: ring('r1', ann, { tom: 'stopped', bob: 'accepted' }, { ...team, state: 'accepted', outcome: 'accepted' }),
  });
  assert.equal(world.call.state.callingState, 'left');
});

test('accept: one winner; the loser hears 409 and stops ringing', async () => {
  const world = await setUp(tom);
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await world.call.accept();
  assert.equal(world.asked('/accept')[0]?.['device_id'], world.client.deviceId);
  const loser = await setUp(tom);
  loser.server.routes['POST /api/v1/call/default/room/accept'] = () => refuse(409, 17, 'Answered on another device.');
  loser.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await assert.rejects(loser.call.accept(), { statusCode: 409, code: 17 });
  assert.equal(loser.call.state.callingState, 'left');
});

test('accepted here: the echo of it does not stop the join', async () => {
  const world = await setUp(tom);
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await world.call.accept();
  world.tell('call.accepted', {
    user: tom,
    device_id: world.client.deviceId,
    ring: ring('r1', ann, {}, { state: 'accepted', outcome: 'accepted', legs: [leg('tom', 'accepted', world.client.deviceId)] }),
  });
  assert.equal(world.call.ringing, true);
  await world.call.join();
  assert.equal(world.call.state.callingState, 'joined');
});

test('accepted here and never joined: when the ring is over it rings no more', async () => {
  const world = await setUp(tom);
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await world.call.accept();
  const device = world.asked('/accept')[0]?.['device_id'] as string;
  const legs = [leg('tom', 'accepted', device)];
  world.tell('call.accepted', { user: tom, device_id: device, ring: ring('r1', ann, {}, { state: 'accepted', outcome: 'accepted', legs }) });
  assert.equal(world.call.ringing, true); // about to join
  world.tell('call.rejected', { user: ann, reason: 'nobody_joined', ring: ring('r1', ann, {}, { state: 'ended', outcome: 'accepted', legs }) });
  assert.equal(world.call.state.callingState, 'left');
});

test('leave({reject}) declines; a plain leave of an incoming ring tells nobody', async () => {
  const world = await setUp(tom);
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await world.call.leave({ reject: true, reason: 'busy' });
  assert.equal(world.asked('/reject')[0]?.['reason'], 'busy');
  const silent = await setUp(tom);
  silent.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  await silent.call.leave();
  assert.deepEqual(silent.asked('/reject'), []);
});

test('ring while busy: with rejectCallWhenBusy it is declined as busy, without it rings', async () => {
  for (const rejectCallWhenBusy of [true, false]) {
    const world = await setUp(tom, { rejectCallWhenBusy });
    world.server.routes['POST /api/v1/call/default/other/join'] = () => ({ status: 200, body: joinResponse('tom') });
    const other = world.client.call('default', 'other');
    await other.join();
    const states: string[] = [];
    world.call.state.callingState$.subscribe((state) => states.push(state));
    world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
    await until(() => (rejectCallWhenBusy ? world.asked('/reject').length > 0 : world.call.ringing));
    assert.equal(states.includes('ringing'), !rejectCallWhenBusy, 'not even for a moment');
    assert.equal(world.asked('/reject')[0]?.['reason'], rejectCallWhenBusy ? 'busy' : undefined);
    assert.equal(other.state.callingState, 'joined');
  }
});

test('the ring of another tab of the caller neither rings here nor joins here', async () => {
  const world = await setUp();
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  assert.equal(world.call.ringing, false);
  world.tell('call.accepted', { user: tom, ring: ring('r1', ann, { tom: 'accepted' }, { state: 'accepted', outcome: 'accepted' }) });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(world.media.length, 0);
});

test('what happened while the socket was away is asked for: a ring that ended stops', async () => {
  const world = await setUp(tom);
  world.tell('call.ring', ringing(ring('r1', ann, { tom: 'ringing' })));
  world.server.routes['GET /api/v1/call/default/room'] = () => ({
    status: 200,
    body: callReply({ ring: ring('r1', ann, { tom: 'missed' }, { state: 'ended', outcome: 'missed' }) }),
  });
  world.server.socket.end(1006);
  await until(() => world.call.state.callingState === 'left');
});

test('a late reply that still shows the ring does not bring it back', async () => {
  const world = await setUp(tom);
  const r = ring('r1', ann, { tom: 'ringing' });
  world.tell('call.ring', ringing(r));
  world.tell('call.missed', { user: tom, ring: ring('r1', ann, { tom: 'missed' }, { state: 'ended', outcome: 'missed' }) });
  world.server.routes['GET /api/v1/call/default/room'] = () => ({ status: 200, body: callReply({ ring: r }) });
  await world.call.get();
  assert.equal(world.call.state.callingState, 'left');
  assert.equal(world.call.state.ring?.state, 'ended');
});

test('leave while the ringing join is on its way cancels the ring', async () => {
  const world = await setUp();
  world.server.routes['POST /api/v1/call/default/room/join'] = () => {
    void world.call.leave(); // before the answer is there
    return { status: 200, body: { ...joinResponse('ann'), ring: ring('r1', ann, { tom: 'ringing' }) } };
  };
  await assert.rejects(world.call.join({ create: true, ring: true }));
  await until(() => world.asked('/reject').length === 1);
  assert.equal(world.asked('/reject')[0]?.['reason'], 'cancel');
  assert.equal(world.call.state.callingState, 'left');
});

test('a group: the others’ devices ring on after the first answer, the caller’s no more', () => {
  const answered = ring('r1', ann, { tom: 'accepted', eve: 'ringing' }, { state: 'accepted', outcome: 'accepted' });
  assert.deepEqual(['ann', 'tom', 'eve'].map((id) => ringSide(answered, id)), [undefined, undefined, 'incoming']);
  const over = ring('r1', ann, { tom: 'accepted', eve: 'ringing' }, { state: 'ended', outcome: 'accepted' });
  assert.equal(ringSide(over, 'eve'), undefined);
});
