// SPDX-License-Identifier: Apache-2.0
// What people may do on a call, and that it reaches media at once (R16): permissions, block, kick, mute, end, backstage.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { claims, now, sign } from '../lib/jwt.mjs';
import { at, enterRoom, startWithPeople, validate } from '../lib/people.mjs';

let daemon, people;
before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cleo: 'user', boss: 'admin' }));
});
after(() => daemon.stop());

let number = 0;
async function makeCall(type, data = {}) {
	const id = `rights-${++number}`;
	assert.equal((await people.ann.call('POST', at(type, id), { data: { members: [{ user_id: 'bob' }], backstage: false, ...data } })).status, 201);
	const post = (who, verb, body = {}) => people[who].call('POST', at(type, id, verb), body);
	return { id, post, enter: async (who) => enterRoom(daemon, await post(who, 'join')) };
}
const sources = (answer) => claims(answer.body.credentials.token).video;
/** In a second of the server's, in which it does what it is asked 20 times: a machine that stands still for a moment is no fault of it. */
const within = async (promise) => {
	let done = false;
	const over = promise.then(() => (done = true));
	for (let i = 0; i < 20 && !done; i++) {
		await people.ann.call('POST', '/api/v1/conversations/ann/messages', { text: 'still there', client_id: `w${++number}` }); // waits for the disk, as what is asked for does
		await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 50))]);
	}
	assert.ok(done, 'not in a second');
};

test('the token of join says what the capabilities say', async () => {
	const call = await makeCall('audio_room');
	const bob = await call.post('bob', 'join');
	assert.deepEqual([sources(bob).canPublish, bob.body.own_capabilities.includes('send-audio')], [false, false]);
	assert.ok(claims(bob.body.credentials.token).exp - now() <= 600, 'ten minutes at most');
	const ann = await call.post('ann', 'join');
	assert.deepEqual(sources(ann).canPublishSources, ['microphone'], 'video is off in an audio room');
});

test('ask to speak: request, grant, revoke', async () => {
	const call = await makeCall('audio_room');
	const [a, b] = [await people.ann.events(), await people.bob.events()];
	const room = await call.enter('bob');
	assert.equal((await call.post('bob', 'request_permissions', { permissions: ['send-audio'] })).status, 200);
	const asked = await a.next('call.permission_request');
	assert.deepEqual([asked.user.id, asked.permissions], ['bob', ['send-audio']]);
	assert.equal((await call.post('bob', 'user_permissions', { user_id: 'bob', grant_permissions: ['send-audio'] })).status, 403);
	assert.equal((await call.post('ann', 'user_permissions', { user_id: 'bob', grant_permissions: ['send-audio'] })).status, 200);
	assert.ok((await b.next('call.permissions_updated')).own_capabilities.includes('send-audio'));
	assert.deepEqual(sources(await call.post('bob', 'join')).canPublishSources, ['microphone']);
	await call.post('ann', 'user_permissions', { user_id: 'bob', revoke_permissions: ['send-audio'] });
	assert.ok(!(await b.next('call.permissions_updated')).own_capabilities.includes('send-audio'));
	assert.equal(sources(await call.post('bob', 'join')).canPublish, false);
	assert.equal((await call.post('bob', 'request_permissions', { permissions: ['end-call'] })).status, 400);
	room.socket.close();
	await Promise.all([a.close(), b.close()]);
});

test('block: out within a second, and neither the old token nor a new join gets in', async () => {
	const call = await makeCall('default');
	const [a, b] = [await people.ann.events(), await people.bob.events()];
	const room = await call.enter('bob');
	const blocked = call.post('ann', 'block', { user_id: 'bob' });
	await within(room.closed);
	assert.equal((await blocked).status, 200);
	assert.equal((await b.next('call.blocked_user')).user.id, 'bob');
	assert.equal(await validate(daemon, room.token), 401);
	assert.equal((await call.post('bob', 'join')).status, 404);
	const left = await a.next((e) => e.type === 'call.session_participant_left' && e.user.id === 'bob');
	await call.post('ann', 'unblock', { user_id: 'bob' });
	await b.next('call.unblocked_user');
	await b.heard();
	assert.ok(!b.seen.some((e) => e.cursor === left.cursor), 'who is blocked hears nothing, of their own going neither');
	assert.equal((await call.post('bob', 'join')).status, 200);
	assert.equal((await call.post('ann', 'block', { user_id: 'nobody-of-this-name' })).status, 400);
	assert.equal((await call.post('ann', 'block', { user_id: 'ann' })).status, 400);
	await Promise.all([a.close(), b.close()]);
});

test('a token that was issued before a block and used after it does not stay in', async () => {
	const call = await makeCall('default');
	const joined = await call.post('bob', 'join');
	await call.post('ann', 'block', { user_id: 'bob' });
	const room = await enterRoom(daemon, joined);
	await within(room.closed);
});

test('kick: out within a second; joining again is allowed, by a new token', async () => {
	const call = await makeCall('default');
	const [c, room] = [await people.cleo.events(), await call.enter('cleo')];
	await call.post('ann', 'kick', { user_id: 'cleo' });
	await within(room.closed);
	assert.equal((await c.next('call.kicked_user')).by.id, 'ann');
	assert.equal(await validate(daemon, room.token), 401);
	(await call.enter('cleo')).socket.close();
	assert.equal((await call.post('bob', 'kick', { user_id: 'ann' })).status, 403);
	await c.close();
});

test('losing the membership that lets one in ends the leg', async () => {
	await people.boss.call('PUT', '/api/v1/calltypes/closed', { grants: { user: ['create-call'] } });
	const call = await makeCall('closed');
	const room = await call.enter('bob');
	await call.post('ann', 'members', { remove_members: ['bob'] });
	await within(room.closed);
	assert.equal((await call.post('bob', 'join')).status, 404);
});

test('end: everybody out, and no way back', async () => {
	const call = await makeCall('default');
	const [a, b] = [await call.enter('ann'), await call.enter('bob')];
	const ended = await call.post('ann', 'end');
	assert.ok(ended.body.call.ended_at);
	await Promise.all([within(a.closed), within(b.closed)]);
	const again = await call.post('bob', 'join');
	assert.deepEqual([again.status, /ended/.test(again.body.message)], [403, true]);
	assert.equal((await call.post('ann', 'join')).status, 200, 'the host may join an ended call');
});

test('backstage: viewers wait, go live lets them in, stop live sends them out', async () => {
	const call = await makeCall('livestream', { backstage: true });
	const c = await people.cleo.call('GET', `${at('livestream', call.id)}?watch=true`);
	assert.equal(c.body.call.backstage, true);
	assert.match((await call.post('cleo', 'join')).body.message, /backstage/);
	const stream = await people.cleo.events();
	assert.equal((await people.cleo.call('GET', `${at('livestream', call.id)}?watch=true`)).status, 200);
	await call.post('ann', 'go_live');
	await stream.next('call.live_started');
	const anonymous = Object.assign(new Client(daemon.url), { token: sign({ user_id: '!anon', call_cids: [`livestream:${call.id}`], iat: now(), exp: now() + 60 }) });
	const answer = await anonymous.call('POST', at('livestream', call.id, 'join'), {});
	assert.deepEqual([sources(answer).hidden, sources(answer).canPublish], [true, false]);
	const [viewer, hidden, host] = [await call.enter('cleo'), await enterRoom(daemon, answer), await call.enter('ann')];
	const state = await call.post('ann', 'stop_live');
	assert.deepEqual(state.body.state.participants.map((p) => p.id).includes('!anon'), false);
	await Promise.all([within(viewer.closed), within(hidden.closed)]);
	assert.equal(host.socket.readyState, 1, 'the host stays');
	host.socket.close();
	await stream.close();
});

test('mute reaches those who are there, and says who', async () => {
	const call = await makeCall('default');
	const rooms = [await call.enter('ann'), await call.enter('bob')];
	const b = await people.bob.events();
	assert.equal((await call.post('ann', 'mute_users', { mute_all_users: true, audio: true, video: true })).status, 200);
	const muted = await b.next('call.user_muted');
	assert.deepEqual([muted.muted_user_ids, muted.kinds, muted.by.id], [['bob'], ['audio', 'video'], 'ann']);
	assert.equal((await call.post('bob', 'mute_users', { user_ids: ['ann'] })).status, 403);
	assert.equal((await call.post('bob', 'mute_users', { user_ids: ['bob'] })).status, 200);
	assert.equal((await call.post('ann', 'mute_users', {})).status, 400);
	for (const room of rooms) room.socket.close();
	await b.close();
});

test('reactions and custom events reach those about, stamped by the server, up to 5 KB', async () => {
	const call = await makeCall('default');
	const [a, c] = [await people.ann.events(), await people.cleo.events()];
	assert.equal((await call.post('bob', 'reaction', { type: 'raised-hand', emoji_code: ':raise-hand:', custom: { n: 1 } })).status, 200);
	const reaction = await a.next('call.reaction_new');
	assert.deepEqual([reaction.user.id, reaction.reaction], ['bob', { type: 'raised-hand', emoji_code: ':raise-hand:', custom: { n: 1 } }]);
	assert.equal((await call.post('bob', 'event', { custom: { user: { id: 'ann' }, x: [1, 2] } })).status, 200);
	const event = await a.next('custom');
	assert.deepEqual([event.user.id, event.custom.x, 'cursor' in event], ['bob', [1, 2], false]);
	assert.equal((await call.post('bob', 'event', { custom: { x: 'y'.repeat(5 * 1024) } })).status, 413);
	assert.equal((await call.post('bob', 'event', { custom: 'text' })).status, 400);
	await c.heard();
	assert.equal(c.seen.some((e) => e.cid === reaction.cid), false, 'not to who is not about');
	await Promise.all([a.close(), c.close()]);
});

test('nobody promotes themselves, and nobody gives what they do not have', async () => {
	const call = await makeCall('default', { members: [{ user_id: 'bob', role: 'moderator' }] });
	assert.equal((await call.post('bob', 'members', { update_members: [{ user_id: 'bob', role: 'admin' }] })).status, 403);
	assert.equal((await call.post('bob', 'user_permissions', { user_id: 'bob', grant_permissions: ['end-call'] })).status, 403);
	assert.equal((await call.post('bob', 'user_permissions', { user_id: 'ann', revoke_permissions: ['send-audio'] })).status, 403, 'not from the host');
	assert.equal((await call.post('bob', 'block', { user_id: 'ann' })).status, 403);
	const made = await people.bob.call('POST', at('default', 'self-made'), { data: { members: [{ user_id: 'bob', role: 'admin' }] } });
	assert.equal(made.status, 201, 'a host may do all that an admin of the call may, but not the operator things');
});

test('update, settings, members, queries', async () => {
	const call = await makeCall('default', { custom: { topic: 'tea', priority: 3 }, starts_at: '2030-01-01T10:00:00Z' });
	const path = at('default', call.id);
	const a = await people.ann.events();
	const patched = await people.ann.call('PATCH', path, { custom: { topic: 'coffee', priority: 5 }, settings_override: { video: { enabled: false } } });
	assert.deepEqual([patched.body.call.custom.topic, patched.body.call.settings.video.enabled, patched.body.call.settings.audio.mic_default_on], ['coffee', false, true]);
	assert.ok(!patched.body.own_capabilities.includes('send-video'));
	assert.equal((await a.next('call.updated')).call.custom.topic, 'coffee');
	assert.match((await people.ann.call('PATCH', path, { settings_override: { video: { enabled: 'no' } } })).body.message, /video\.enabled/);
	assert.match((await people.ann.call('PATCH', path, { settings_override: { nonsense: {} } })).body.message, /nonsense|setting/);
	assert.equal((await people.ann.call('PATCH', path, {})).status, 400);
	const listed = await call.post('ann', 'members', { update_members: [{ user_id: 'cleo', custom: { seat: 7 } }, { user_id: 'bob', role: 'moderator' }] });
	assert.equal(listed.status, 200, JSON.stringify(listed.body));
	assert.deepEqual((await a.next('call.member_added')).members.map((m) => [m.user_id, m.custom.seat]), [['cleo', 7]]);
	assert.deepEqual((await a.next('call.member_updated')).members.map((m) => m.role), ['moderator']);
	assert.deepEqual((await call.post('ann', 'query_members', { filter_conditions: { role: 'moderator' } })).body.members.map((m) => m.user_id), ['bob']);
	const find = async (who, filter_conditions, more = {}) => (await people[who].call('POST', '/api/v1/calls', { filter_conditions, ...more })).body;
	const mine = { id: call.id };
	for (const [filter, found] of [
		[{ 'custom.topic': 'coffee' }, true], [{ 'custom.topic': 'tea' }, false], [{ 'custom.priority': { $gt: 4, $lte: 5 } }, true], [{ 'custom.priority': { $gt: 5 } }, false],
		[{ starts_at: { $gte: '2029-12-31T00:00:00+00:00' } }, true], [{ ended_at: { $exists: false } }, true], [{ ended_at: { $exists: true } }, false],
		[{ members: { $in: ['cleo', 'nobody'] } }, true], [{ members: { $in: ['nobody'] } }, false], [{ created_by_user_id: 'ann', type: { $in: ['default'] } }, true],
		[{ $or: [{ ongoing: true }, { backstage: false }] }, true], [{ $and: [{ ongoing: true }, { backstage: false }] }, false],
	]) {
		const page = await find('cleo', { ...mine, ...filter });
		assert.equal(page.calls.length, found ? 1 : 0, JSON.stringify(filter));
	}
	assert.equal((await find('boss', mine)).calls.length, 1, 'admins find everything');
	for (const filter of [{ password: 'x' }, { members: { $eq: 'x' } }, { ongoing: { $gt: true } }, { id: { $regex: '.' } }, { created_at: 'yesterday' }, { 'custom.a"b': 1 }, { $and: [] }])
		assert.equal((await find('ann', filter)).code, 4, JSON.stringify(filter));
	const seen = [];
	for (let next; ;) {
		const page = await find('ann', { created_by_user_id: 'ann' }, { limit: 3, sort: [{ field: 'created_at', direction: 1 }], ...(next ? { next } : {}) });
		seen.push(...page.calls.map((c) => c.call.created_at));
		if (!(next = page.next)) break;
	}
	assert.ok(seen.length > 5);
	assert.deepEqual(seen, [...seen].sort());
	await a.close();
});

test('guests have an account of their own, whatever they call themselves', async () => {
	const guest = async (user) => new Client(daemon.url).call('POST', '/api/v1/guest', { user });
	const one = await guest({ id: 'ann', name: 'Ann' });
	assert.deepEqual([one.status, one.body.user.role, one.body.user.name], [201, 'guest', 'Ann']);
	assert.notEqual(one.body.user.id, 'ann');
	assert.notEqual((await guest({ id: 'ann', name: 'Ann' })).body.user.id, one.body.user.id);
	for (const bad of [{}, { name: 7 }, { name: 'a\nb' }, { name: 'x', image: 'javascript:alert(1)' }]) assert.equal((await guest(bad)).status, 400, JSON.stringify(bad));
	const client = Object.assign(new Client(daemon.url), { token: one.body.token });
	const stream = await client.events({ token: one.body.token });
	assert.equal(stream.first.me.role, 'guest');
	const call = await makeCall('default');
	assert.equal((await client.call('POST', at('default', call.id, 'join'), {})).status, 200);
	assert.equal((await client.call('POST', at('default', 'own-of-a-guest', 'join'), { create: true })).status, 404, 'guests create nothing');
	await stream.close();
});

test('the operator sees who is in which call', async () => {
	const call = await makeCall('default');
	const room = await call.enter('bob');
	const { calls } = (await people.boss.call('GET', '/api/v1/operator/calls')).body;
	const live = calls.find((one) => one.cid === `default:${call.id}`);
	assert.deepEqual(live.participants.map((p) => [p.user.id, p.connected, p.quality]), [['bob', true, null]]);
	room.socket.close();
});
