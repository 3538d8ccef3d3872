// SPDX-License-Identifier: Apache-2.0
// The call coordinator over HTTP, and the door of the signalling.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { apiKey } from '../lib/confabd.mjs';
import { Client, assertNoSecret } from '../lib/client.mjs';
import { claims, now, sign } from '../lib/jwt.mjs';
import { PASSWORD, startWithStranger } from '../lib/people.mjs';

let daemon, user, admin, stranger;
before(async () => {
	({ daemon, user, admin, stranger } = await startWithStranger());
});
after(() => daemon.stop());

test('an unknown call cannot be joined without create', async () => {
	const answer = await user.call('POST', '/api/v1/call/default/nothing-here/join', {});
	assert.equal(answer.status, 404);
	assert.equal(answer.body.code, 16);
	assert.match(answer.body.message, /default:nothing-here/);
	assert.match(answer.body.message, /create/);
	assert.equal((await user.call('GET', '/api/v1/call/default/nothing-here')).status, 404);
});

test('join with create makes the call, then everybody joins the same one', async () => {
	const first = await user.call('POST', '/api/v1/call/default/team-room/join', { create: true });
	assert.equal(first.status, 200);
	assert.equal(first.body.created, true);
	assert.equal(first.body.call.cid, 'default:team-room');
	assert.equal(first.body.call.created_by.id, 'user');
	const second = await admin.call('POST', '/api/v1/call/default/team-room/join', {});
	assert.equal(second.body.created, false);
	assert.deepEqual(second.body.call, first.body.call);
	const grant = claims(second.body.credentials.token);
	assert.equal(grant.iss, apiKey);
	assert.equal(grant.sub, second.body.credentials.identity);
	assert.equal(grant.video.room, 'default:team-room');
	assert.equal(grant.video.roomJoin, true);
	assert.match(second.body.credentials.url, new RegExp(`^ws://127\\.0\\.0\\.1:${daemon.port}`));
	assert.equal((await user.call('POST', '/api/v1/call/default/team-room', {})).status, 200);
	assert.equal((await user.call('POST', '/api/v1/call/default/team-room-2', {})).status, 201);
});

test("a conversation's call is for its customer and the team", async () => {
	assert.equal((await user.call('POST', '/api/v1/call/default/chat-user/join', { create: true })).status, 200);
	assert.equal((await admin.call('POST', '/api/v1/call/default/chat-user/join', { create: true })).status, 200);
	for (const path of ['/api/v1/call/default/chat-user/join', '/api/v1/call/default/chat-user/reject'])
		assert.equal((await stranger.call('POST', path, { create: true })).status, 404);
	assert.equal((await stranger.call('GET', '/api/v1/call/default/chat-user')).status, 404);
	assert.equal((await user.call('POST', '/api/v1/call/default/chat-admin/join', { create: true })).status, 404);
});

test('bad types and ids are named', async () => {
	for (const path of ['/api/v1/call/party/x', '/api/v1/call/default/a%20b', `/api/v1/call/default/${'x'.repeat(65)}`, '/api/v1/call/default/a:b']) {
		const answer = await user.raw('POST', `${path}/join`, { body: { create: true } });
		assert.equal(answer.status, 400, path);
		assert.equal(JSON.parse(answer.text).code, 4);
	}
	const create = await user.call('POST', '/api/v1/call/default/x1/join', { create: 'yes' });
	assert.equal(create.status, 400);
	assert.match(create.body.message, /create/);
});

test('declining reaches the other tabs of the same user', async () => {
	await admin.call('POST', '/api/v1/call/default/chat-user/join', { create: true });
	assert.equal((await user.call('POST', '/api/v1/call/default/chat-user/reject', { reason: 'decline' })).status, 200);
});

// --- the door of the signalling

const media = (video, more = {}, options = {}) => sign({ iss: apiKey, sub: 'someone', nbf: now() - 5, exp: now() + 60, video, ...more }, options);
const knock = (path, headers = {}) =>
	new Promise((resolve, reject) => {
		const socket = new WebSocket(daemon.url.replace('http', 'ws') + path, { headers });
		socket.once('open', () => resolve({ status: 101, socket }));
		socket.once('unexpected-response', (_request, answer) => {
			let body = '';
			answer.on('data', (chunk) => (body += chunk));
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
		});
		socket.once('error', reject);
	});

test('/rtc/v1 is a clean 404 with CORS, also for very long URLs', async () => {
	const long = `/rtc/v1?access_token=${media({ roomJoin: true, room: 'r' })}&join_request=${'A'.repeat(20000)}`;
	for (const path of ['/rtc/v1', long]) {
		const refused = await knock(path);
		assert.equal(refused.status, 404);
		assert.equal(refused.headers['access-control-allow-origin'], '*');
	}
	const validate = await fetch(`${daemon.url}/rtc/v1/validate`);
	assert.equal(validate.status, 404);
	assert.equal(validate.headers.get('access-control-allow-origin'), '*');
});

test('/rtc refuses bad tokens before the upgrade, and validate says why', async () => {
	const good = { roomJoin: true, room: 'r' };
	const table = [
		['none', '', 401],
		['nonsense', 'abc', 401],
		['expired', sign({ iss: apiKey, sub: 'x', exp: now() - 300, video: good }), 401],
		['wrong secret', media(good, {}, { secret: 'some other secret, but long enough' }), 401],
		['unknown key', media(good, { iss: 'other-key' }), 401],
		['no roomJoin', media({ room: 'r' }), 401],
		['no room', media({ roomJoin: true }), 400],
		['no identity', media(good, { sub: '' }), 400],
		['a user token', sign({ user_id: 'user', iat: now(), exp: now() + 60 }), 401],
		['alg HS512', media(good, {}, { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }), 401],
	];
	for (const [name, token, status] of table) {
		const path = `/rtc?access_token=${token}&protocol=17`;
		const refused = await knock(path);
		assert.equal(refused.status, status, name);
		assert.equal(refused.headers['access-control-allow-origin'], '*', name);
		assertNoSecret(refused.body, name);
		const validate = await fetch(daemon.url + path.replace('/rtc', '/rtc/validate'));
		assert.equal(validate.status, status, name);
		assert.equal(validate.headers.get('access-control-allow-origin'), '*');
		assert.ok((await validate.text()).length > 3);
	}
	const ok = await fetch(`${daemon.url}/rtc/validate?access_token=${media(good)}`);
	assert.equal(ok.status, 200);
	assert.equal(await ok.text(), 'success');
	const bearer = await fetch(`${daemon.url}/rtc/validate`, { headers: { authorization: `Bearer ${media(good)}` } });
	assert.equal(bearer.status, 200);
});

test('HEAD / answers with CORS for prepareConnection', async () => {
	const answer = await fetch(`${daemon.url}/`, { method: 'HEAD' });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.get('access-control-allow-origin'), '*');
});

test('a call is live while somebody is in its room, and its conversation says so', async () => {
	const watcher = await admin.events();
	const joined = await user.call('POST', '/api/v1/call/default/chat-user/join', { create: true });
	const { token } = joined.body.credentials;
	const { status, socket } = await knock(`/rtc?access_token=${token}&protocol=17&sdk=js&version=2.23.0`);
	assert.equal(status, 101);
	const started = await watcher.next('call.session_started');
	assert.equal(started.conversation_id, 'user');
	assert.equal(started.state.started_by.id, 'user');
	const list = (await admin.call('GET', '/api/v1/conversations')).body.conversations;
	assert.deepEqual(list.find((c) => c.id === 'user').call.participants.map((p) => p.id), ['user']);
	await admin.call('POST', '/api/v1/call/default/chat-user/reject', {});
	const rejected = await watcher.next('call.rejected');
	assert.equal(rejected.session_id, started.state.session_id);
	assert.equal(rejected.user.id, 'admin');
	socket.terminate();
	const ended = await watcher.next('call.session_ended', 45000);
	assert.equal(ended.session_id, started.state.session_id);
	assert.equal((await user.call('GET', '/api/v1/call/default/chat-user')).body.state, null);
	await watcher.close();
});

test('nonsense on the signalling socket closes it and nothing else', async () => {
	const victim = await knock(`/rtc?access_token=${media({ roomJoin: true, room: 'n' }, { sub: 'victim' })}`);
	for (const bytes of [Buffer.from([0xff, 0xff, 0xff]), Buffer.alloc(1000, 0x0a), Buffer.from([0x0a, 0x7f, 0x01])]) {
		const { socket } = await knock(`/rtc?access_token=${media({ roomJoin: true, room: 'n' }, { sub: `n${bytes.length}` })}`);
		const closed = new Promise((resolve) => socket.once('close', resolve));
		socket.send(bytes);
		const code = await Promise.race([closed, new Promise((resolve) => setTimeout(() => resolve('open'), 15_000))]);
		assert.ok([1003, 1007, 1008].includes(code), `closed with ${code}`);
	}
	assert.equal(victim.socket.readyState, WebSocket.OPEN);
	victim.socket.close();
	assert.equal((await fetch(`${daemon.url}/healthz`)).status, 200);
});

test('signing out ends the call legs of that sign-in within a second, and its media tokens', async () => {
	const eve = new Client(daemon.url);
	await eve.call('POST', '/api/auth/login', { userId: 'eve', password: PASSWORD });
	const enter = async (client) => {
		const { token } = (await client.call('POST', '/api/v1/call/default/leaving/join', { create: true })).body.credentials;
		const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/rtc?access_token=${token}`);
		await new Promise((resolve) => socket.once('message', resolve));
		return { token, socket, closed: new Promise((resolve) => socket.once('close', resolve)) };
	};
	const [leaving, staying] = [await enter(eve), await enter(stranger)]; // the same person, signed in twice
	const start = Date.now();
	await eve.call('POST', '/api/auth/logout', {});
	await leaving.closed;
	assert.ok(Date.now() - start < 10000);
	const validate = async ({ token }) => (await fetch(`${daemon.url}/rtc/validate?access_token=${token}`)).status;
	assert.equal(await validate(leaving), 401);
	assert.equal(staying.socket.readyState, WebSocket.OPEN);
	assert.equal(await validate(staying), 200);
	staying.socket.close();
	await staying.closed;
});

test('one person makes a thousand calls a day, and is told what to do', async () => {
	const make = (i) => stranger.call('POST', `/api/v1/call/default/of-many-${i}`, {});
	const answers = [];
	for (let i = 0; i < 1001; i += 50) answers.push(...(await Promise.all(Array.from({ length: Math.min(50, 1001 - i) }, (_, k) => make(i + k)))));
	const refused = answers.filter(({ status }) => status !== 201);
	assert.ok(refused.length >= 1 && refused.length < 10, `${refused.length} refused`); // the tests before made some
	for (const { status, body } of refused) assert.deepEqual([status, body.code], [429, 9]);
	assert.match(refused[0].body.message, /1000 calls in the last 24 hours; use one of them again/);
	assert.equal((await make(3)).status, 200, 'one of them');
	assert.equal((await user.call('POST', '/api/v1/call/default/of-another', {})).status, 201);
});
