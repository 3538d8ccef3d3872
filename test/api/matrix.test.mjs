// SPDX-License-Identifier: Apache-2.0
// Who may do what (R26): every route of the table × who asks × whose it is. Who may is said by api/openapi.yaml (x-access,
// x-capability): it must say what the table of src/control/routes.c says, and the server must do it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import YAML from 'yaml';
import { Client } from '../lib/client.mjs';
import { root } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { addPerson, at, enterRoom, startWithPeople } from '../lib/people.mjs';
import { routes, rowCount } from '../lib/routes.mjs';

const SEE = ['join-call', 'read-call', 'create-reaction'];
const TALK = [...SEE, 'send-audio', 'send-video', 'screenshare', 'send-event'];
const MODERATE = [...TALK, 'mute-users', 'update-call-permissions', 'block-users', 'kick-user', 'join-backstage', 'update-call-member', 'remove-call-member'];
const ALL = [...MODERATE, 'create-call', 'update-call', 'update-call-settings', 'end-call', 'join-ended-call'];

/** Bodies of a call's verbs that change nothing where that is possible. */
const CALL_BODY = {
	'POST ': { data: {} }, 'PATCH ': { custom: { a: 1 } },
	'POST /members': { update_members: [{ user_id: 'member', role: 'call_member' }] },
	'POST /request_permissions': { permissions: ['send-audio'] },
	'POST /user_permissions': { user_id: 'member', grant_permissions: ['send-audio'] },
	'POST /mute_users': { mute_all_users: true },
	'POST /reaction': { type: 'wave' }, 'POST /event': { custom: {} }, 'POST /feedback': { rating: 5 },
};
/** Protocols of their own, and the app's files: not in the contract. */
const NO_CONTRACT = /^(\/api\/v1\/events$|\/rtc|\/twirp|\/metrics|\/widget|\/shared\/|\/\{path|\/$)/;
/** Not about people's rights; each has tests of its own. */
const ELSEWHERE = /^(\/files\/|\/api\/v1\/conversations\/\{id\}\/attachments$|\/api\/auth\/(login|link|logout|session)$|\/api\/video-call$|\/healthz)/;

const document = YAML.parse(fs.readFileSync(path.join(root, 'api/openapi.yaml'), 'utf8'), { merge: true });
const contract = ({ method, pattern }) => document.paths[pattern]?.[method.toLowerCase()];

const NAMES = { host: 'user', member: 'user', moderator: 'user', exmember: 'user', blocked: 'user', outsider: 'user', boss: 'admin' };
let daemon, people, actors;
before(async () => {
	({ daemon, people } = await startWithPeople(NAMES));
	const put = await people.boss.call('PUT', '/api/v1/calltypes/private', {
		grants: { user: ['create-call'], guest: [], anonymous: [], call_member: TALK, moderator: MODERATE, host: ALL, admin: ALL },
	});
	assert.equal(put.status, 200);
	const withToken = (claims) => Object.assign(new Client(daemon.url), { token: sign({ iat: now() - 5, exp: now() + 600, ...claims }) });
	const guest = await new Client(daemon.url).call('POST', '/api/v1/guest', { user: { name: 'Passer-by' } });
	actors = {
		nobody: new Client(daemon.url),
		anonymous: withToken({ user_id: '!anon', call_cids: ['private:matrix', 'default:chat-host'] }),
		limited: withToken({ user_id: 'member', call_cids: ['default:something-else'] }),
		guest: Object.assign(new Client(daemon.url), { token: guest.body.token }),
		outsider: people.outsider, exmember: people.exmember, blocked: people.blocked,
		member: people.member, moderator: people.moderator, host: people.host, admin: people.boss,
	};
});
after(() => daemon.stop());

let cells = 0;
/** nobody: 401; a token for other calls: 403; who may not even read: 404; who may not do it: 403; else neither. */
function expected(name, rights, need) {
	if (name === 'nobody') return [401];
	if (name === 'limited') return [403];
	if (!rights.includes('read-call')) return [404];
	return rights.includes(need) ? null : [403];
}
async function cell(name, method, route, body, wanted, what) {
	cells++;
	const answer = await actors[name].call(method, route, method === 'GET' ? undefined : body ?? {});
	const text = `${what} by ${name}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
	if (wanted) assert.ok(wanted.includes(answer.status), `${text}, not ${wanted}`);
	else assert.ok(![401, 403, 404].includes(answer.status), text);
	return answer;
}

const calls = routes.filter((route) => route.access === 'call');
const verbOf = ({ method, pattern }) => `${method} ${pattern.replace('/api/v1/call/{type}/{id}', '')}`;

test('every route says who may ask, and the contract says the same', () => {
	assert.ok(routes.length > 50 && calls.length >= 20, 'the table was read');
	assert.ok(routes.length >= rowCount, 'each row was read');
	for (const route of routes) {
		const name = `${route.method} ${route.pattern}`;
		if (NO_CONTRACT.test(route.pattern)) {
			assert.ok(['public', 'key', 'local'].includes(route.access), `${name} is for ${route.access}`);
			continue;
		}
		assert.ok(contract(route), `${name} is not in api/openapi.yaml`);
		assert.equal(contract(route)['x-access'], route.access, `${name}: x-access of api/openapi.yaml, and src/control/routes.c`);
		assert.equal('x-capability' in contract(route), route.access === 'call', `${name}: x-capability is for calls`);
	}
	for (const [pattern, item] of Object.entries(document.paths))
		for (const method of Object.keys(item).filter((key) => key !== 'parameters'))
			assert.ok(routes.some((route) => route.pattern === pattern && route.method === method.toUpperCase()), `${method} ${pattern} is in the contract only`);
});

test('a private call: verbs × people', async () => {
	const rights = { anonymous: [], guest: [], outsider: [], exmember: [], blocked: [], member: TALK, moderator: MODERATE, host: ALL, admin: ALL };
	for (const route of calls) {
		const [need, body] = [contract(route)['x-capability'], CALL_BODY[verbOf(route)]];
		const id = verbOf(route) === 'GET ' ? 'matrix' : `matrix-${verbOf(route).replace(/\W+/g, '-')}`;
		const made = await people.host.call('POST', at('private', id), {
			data: { members: [['member'], ['moderator', 'moderator'], ['exmember'], ['blocked']].map(([user_id, role]) => ({ user_id, ...(role ? { role } : {}) })), backstage: false },
		});
		assert.equal(made.status, 201, JSON.stringify(made.body));
		assert.equal((await people.host.call('POST', at('private', id, 'members'), { remove_members: ['exmember'] })).status, 200);
		assert.equal((await people.host.call('POST', at('private', id, 'block'), { user_id: 'blocked' })).status, 200);
		for (const name of Object.keys(actors)) {
			const path = route.pattern.replace('{type}', 'private').replace('{id}', id);
			const wanted = name === 'anonymous' && id !== 'matrix' ? [403] : expected(name, rights[name] ?? [], need);
			// who may create is told 404, too: the call exists, and is not theirs
			await cell(name, route.method, path, body, wanted, `${route.method} ${path}`);
		}
	}
});

test("a conversation's call: verbs × people", async () => {
	const CUSTOMER = [...TALK, 'create-call', 'join-ended-call'];
	const rights = { host: CUSTOMER, admin: ALL };
	assert.equal((await people.host.call('POST', at('default', 'chat-host'), {})).status, 201);
	for (const route of calls) {
		const [need, body] = [contract(route)['x-capability'], CALL_BODY[verbOf(route)]];
		const path = route.pattern.replace('{type}', 'default').replace('{id}', 'chat-host');
		for (const name of Object.keys(actors)) await cell(name, route.method, path, body, expected(name, rights[name] ?? [], need), `${route.method} ${path}`);
		await people.boss.call('POST', at('default', 'chat-host', 'end'), {});
		await people.boss.call('POST', at('default', 'chat-host', 'go_live'), {});
	}
});

test('everything else: routes × people', async () => {
	const made = await people.boss.call('POST', '/api/v1/channels', { type: 'group', id: 'matrix', name: 'Matrix', members: ['host'] });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	assert.equal((await people.boss.call('POST', '/api/v1/channels/group.matrix/leave', {})).status, 200);
	const fill = (pattern) => pattern.replace('/channels/{id}', '/channels/group.matrix').replace('{id}', 'host').replace('{message}', '999999').replace('{reaction}', 'x').replace('{name}', 'no-such-type').replace('{user}', 'no-such-user').replace('{item}', '999999').replace('{webhook}', 'events-1').replace('{delivery}', 'EV_none');
	const mine = ['host', 'admin'];
	for (const route of routes.filter((r) => r.access !== 'call' && !NO_CONTRACT.test(r.pattern) && !ELSEWHERE.test(r.pattern))) {
		const may = contract(route)['x-access'];
		const seers = route.pattern.startsWith('/api/v1/channels/') ? ['host'] : mine; // the admin has left the group
		for (const name of Object.keys(actors)) {
			const cookie = !['nobody', 'anonymous', 'limited', 'guest'].includes(name);
			let wanted = null;
			if (may === 'public') wanted = null;
			else if (name === 'nobody' || (may === 'session' && !cookie)) wanted = [401];
			else if (['anonymous', 'limited'].includes(name)) wanted = [403];
			else if (may === 'team' && name !== 'admin') wanted = [403];
			else if (['conversation', 'team-of'].includes(may) && !seers.includes(name)) wanted = [404];
			else if (may === 'team-of' && name !== 'admin') wanted = [403];
			else assert.ok(['session', 'user', 'team', 'conversation', 'team-of'].includes(may), `${may} has no cells`);
			cells++;
			const answer = await actors[name].call(route.method, fill(route.pattern), route.method === 'GET' ? undefined : {});
			const text = `${route.method} ${route.pattern} by ${name}: ${answer.status} ${answer.body.message}`;
			if (wanted) assert.ok(wanted.includes(answer.status), `${text}, not ${wanted}`);
			else assert.ok(![401, 403].includes(answer.status), text);
		}
	}
});

test('calls of channels: lists × people; to an admin who is no member they are a number', async () => {
	const made = [
		await (await addPerson(daemon, 'chief', 'admin')).call('POST', '/api/v1/channels', { type: 'group', id: 'secret', name: 'Secret', members: ['host', 'member'] }),
		await people.boss.call('POST', '/api/v1/channels', { type: 'group', id: 'known', name: 'Known', members: ['host'] }),
		await people.boss.call('POST', '/api/v1/channels', { type: 'direct', user_id: 'host' }),
	].map(({ status, body }) => (assert.equal(status, 201, JSON.stringify(body)), body.channel.id));
	const [secret, ...known] = made;
	const lists = { calls: '/api/v1/operator/calls', cards: '/api/v1/operator/history', queried: '/api/v1/calls' };
	const seen = async (list, query = '') => {
		const answer = await people.boss.call(list === 'queried' ? 'POST' : 'GET', lists[list] + query, list === 'queried' ? {} : undefined);
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
		return answer.body;
	};
	const rooms = [];
	for (const id of made) {
		const call = at('default', `chat-${id}`);
		assert.equal((await people.host.call('POST', call, { ring: true })).status, 201);
		assert.equal((await people.host.call('POST', `${call}/reject`, {})).status, 200); // leaves a card
		rooms.push(await enterRoom(daemon, await people.host.call('POST', `${call}/join`, {})));
	}
	const live = await seen('calls');
	assert.deepEqual(live.calls.map((call) => call.conversation_id).filter((id) => made.includes(id)).sort(), [...known].sort());
	assert.deepEqual(live.private, { calls: 1, participants: 1 });
	const { cards } = await seen('cards');
	assert.deepEqual([...new Set(cards.map(({ cid }) => cid.slice('default:chat-'.length)))].filter((id) => made.includes(id)).sort(), [...known].sort());
	const { calls: queried } = await seen('queried');
	assert.deepEqual(queried.map(({ call }) => call.conversation_id).filter((id) => made.includes(id)).sort(), [...known].sort());
	for (const list of ['calls', 'cards', 'queried']) {
		cells += 2;
		assert.ok(!JSON.stringify(await seen(list)).includes('secret'), list);
	}
	for (const query of [`?conversation=${secret}`, `?cid=default:chat-${secret}`]) {
		cells++;
		assert.deepEqual((await seen('cards', query)).cards, [], 'not by asking for it either');
	}
	assert.ok((await seen('cards', `?conversation=${known[0]}`)).cards.length > 0);
	for (const { socket } of rooms) socket.close();
});

test('the event socket: who may listen, and what they hear of a private call', async () => {
	const made = await people.host.call('POST', at('private', 'heard'), { data: { members: [{ user_id: 'member' }, { user_id: 'exmember' }, { user_id: 'blocked' }], backstage: false } });
	assert.equal(made.status, 201);
	for (const [verb, body] of [['members', { remove_members: ['exmember'] }], ['block', { user_id: 'blocked' }]]) await people.host.call('POST', at('private', 'heard', verb), body);
	for (const name of ['anonymous', 'limited']) {
		cells++;
		const refused = await new Client(daemon.url).events({ token: actors[name].token });
		assert.equal(refused.first.type, 'connection.error', name);
		await refused.closed;
	}
	const streams = {};
	for (const [name, client] of Object.entries(actors))
		if (!['nobody', 'anonymous', 'limited'].includes(name)) streams[name] = await client.events(client.token ? { token: client.token } : {});
	await people.host.call('PATCH', at('private', 'heard'), { custom: { told: true } });
	await people.host.call('POST', at('private', 'heard', 'event'), { custom: { told: true } });
	await streams.host.next('custom');
	await Promise.all(Object.values(streams).map((stream) => stream.heard()));
	for (const [name, stream] of Object.entries(streams)) {
		cells += 2;
		const heard = stream.seen.filter((event) => event.cid === 'private:heard').map((event) => event.type);
		assert.deepEqual(heard, ['host', 'member'].includes(name) ? ['call.updated', 'custom'] : [], name);
		await stream.close();
	}
});

test('frames of the event socket: who may send where', async () => {
	const made = await people.boss.call('POST', '/api/v1/channels', { type: 'group', id: 'frames', name: 'Frames', members: ['host', 'member'] });
	assert.equal(made.status, 201);
	assert.equal((await people.boss.call('POST', '/api/v1/channels/group.frames/leave', {})).status, 200);
	const senders = { host: ['host', 'admin'], 'group.frames': ['host', 'member'], nowhere: ['admin'], 'group.nowhere': [] };
	for (const [name, client] of Object.entries(actors)) {
		if (['nobody', 'anonymous', 'limited'].includes(name)) continue; // no socket, see above
		const stream = await client.events(client.token ? { token: client.token } : {});
		for (const [conversation, may] of Object.entries(senders)) {
			cells++;
			const { status, body } = await stream.sendMessage(conversation, { text: 'hello', client_id: `frame-${name}` });
			// what nobody has is not there for the team, too
			assert.equal(status, may.includes(name) && conversation !== 'nowhere' ? 201 : 404, `${name} to ${conversation}: ${status} ${JSON.stringify(body)}`);
		}
		await stream.close();
	}
});

test('the matrix is large enough', () => assert.ok(cells >= 600, `${cells} cells`));
