// SPDX-License-Identifier: Apache-2.0
/** Who is in a large call: events name the first ten, and who came or went; the list stays whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallSessionObject, UserObject } from '../src/index.ts';
import { nextSession } from '../src/call/session.ts';
import { callReply } from './lib/coordinator.ts';
import { VideoClient, ann, makeToken, makeWorld, session, until } from './lib/fakes.ts';

const people = (from: number, to: number): UserObject[] => Array.from({ length: to - from + 1 }, (_, i) => ({ id: `u${from + i}`, name: `U ${from + i}`, role: 'user' }));
const base = { cid: 'default:room', created_at: '2026-11-22T10:00:00.000Z', cursor: 20 };

/** As the server says it: ten names. */
const told = (id: string, all: UserObject[]): CallSessionObject => ({ ...session(id, ...all.slice(0, 10)), participant_count: all.length });
const joined = (user: UserObject, state: CallSessionObject | null) => ({ ...base, type: 'call.session_participant_joined' as const, user, state });
const left = (user: UserObject, state: CallSessionObject | null) => ({ ...base, type: 'call.session_participant_left' as const, user, state });
const ids = (now: CallSessionObject | null | undefined) => now?.participants.map(({ id }) => Number(id.slice(1)));

test('comings and goings keep the list whole, across the ten and back, and twice the same changes nothing', () => {
  let now: CallSessionObject | null = session('s', ...people(1, 9));
  const all = people(1, 12);
  for (let n = 10; n <= 12; n++) now = nextSession(now, joined(all[n - 1] ?? ann, told('s', all.slice(0, n))));
  assert.deepEqual(ids(now), ids(session('s', ...all)));
  assert.equal(now?.participant_count, 12);
  now = nextSession(now, joined(all[11] ?? ann, told('s', all)));
  assert.equal(now?.participants.length, 12);
  now = nextSession(now, { ...base, type: 'call.session_started', state: told('s', all) }); // of a replay
  assert.equal(now?.participants.length, 12);
  let here = all;
  for (const gone of [2, 12, 5]) {
    here = here.filter(({ id }) => id !== `u${gone}`);
    now = nextSession(now, left(people(gone, gone)[0] ?? ann, told('s', here)));
  }
  assert.deepEqual(ids(now), [1, 3, 4, 6, 7, 8, 9, 10, 11]);
});

test('of another session, or of none that is known, as much as is told; of one that is over, nothing', () => {
  const all = people(1, 20);
  assert.equal(nextSession(null, joined(all[19] ?? ann, told('s', all)))?.participants.length, 10);
  assert.deepEqual(ids(nextSession(session('old', ...people(50, 70)), joined(all[19] ?? ann, told('s', all)))), ids(told('s', all)));
  assert.equal(nextSession(session('s', ...all), left(ann, null)), null);
});

test('a call whose list is not whole asks for it, once, and only while it matters', async () => {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  let here = people(1, 11);
  let asked = 0;
  world.server.routes['GET /api/v1/call/default/room'] = () => {
    asked++;
    return { status: 200, body: callReply({ state: session('s', ...here) }) };
  };
  const call = client.call('default', 'room');
  await call.get({ watch: true });
  const tell = (event: object) => world.server.socket.emit({ ...event, cursor: ++world.server.cursor });
  here = people(1, 12);
  tell(joined(here[11] ?? ann, told('s', here)));
  assert.equal(call.state.session?.participants.length, 12);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(asked, 1, 'nothing is missing');
  here = people(1, 30); // most of whose coming was never heard
  tell(joined(here[28] ?? ann, told('s', here.slice(0, 29))));
  tell(joined(here[29] ?? ann, told('s', here)));
  assert.deepEqual([call.state.session?.participants.length, call.state.session?.participant_count], [14, 30]);
  await until(() => call.state.session?.participants.length === 30);
  assert.equal(asked, 2);
});

test('an answer that is older than who came meanwhile does not take them away, in a call that one loads or joins', async () => {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  let here = people(1, 2);
  const came = () => {
    const before = here;
    here = people(1, before.length + 1);
    world.server.socket.emit({ ...joined(here.at(-1) ?? ann, told('s', here)), cursor: ++world.server.cursor });
    return { status: 200, body: callReply({ state: session('s', ...before) }) };
  };
  const call = client.call('default', 'room');
  world.server.routes['GET /api/v1/call/default/room'] = came;
  await call.get({ watch: true });
  assert.equal(call.state.session?.participants.length, 3);
  world.server.routes['PATCH /api/v1/call/default/room'] = came;
  await call.update({ custom: {} });
  assert.equal(call.state.session?.participants.length, 4);
  world.server.routes['GET /api/v1/call/default/room'] = () => ({ status: 200, body: callReply({ state: session('s', ...people(1, 2)) }) });
  await call.get();
  assert.equal(call.state.session?.participants.length, 2, 'an answer that nothing overtook is news');
  await client.disconnectUser();
});
