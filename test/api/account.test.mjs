// SPDX-License-Identifier: Apache-2.0
// One's own account: where one is signed in, signing out elsewhere, the name, the password.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignalResponse } from '@livekit/protocol';
import { Client } from '../lib/client.mjs';
import { addPerson, at, enterRoom, startWithPeople } from '../lib/people.mjs';

const OLD = 'a password of nobody in particular'; // people.mjs
const NEW = 'quite another long password';

let daemon, people;
before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', boss: 'admin' }));
});
after(() => daemon.stop());

async function signIn(id, password) {
	const client = new Client(daemon.url);
	const { status } = await client.call('POST', '/api/auth/login', { userId: id, password });
	return { client, status };
}
const who = async (client) => (await client.call('GET', '/api/auth/session')).body.user?.id;
const sessionsOf = async (client) => (await client.call('GET', '/api/auth/sessions')).body.sessions;

test("one sees one's own sign-ins, and which of them asks", async () => {
	const { client: second } = await signIn('ann', OLD);
	const sessions = await sessionsOf(second);
	assert.deepEqual(sessions.map(({ current }) => current), [true, false], 'the newest first');
	assert.ok(sessions.every(({ created_at, seen_at }) => created_at <= seen_at));
	assert.equal((await sessionsOf(people.boss)).length, 1);
	const named = async (agent) => {
		const login = await fetch(`${daemon.url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': agent }, body: JSON.stringify({ userId: 'ann', password: OLD }) });
		const cookie = login.headers.get('set-cookie').split(';')[0];
		const ask = async (path, body) => (await fetch(daemon.url + path, { headers: { cookie, 'content-type': 'application/json' }, ...(body && { method: 'POST', body }) })).json();
		const [own] = (await ask('/api/auth/sessions')).sessions;
		await ask('/api/auth/logout', '{}');
		return own.browser;
	};
	const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
	assert.equal(await named(firefox), firefox);
	assert.equal(await named('x'.repeat(301)), undefined, 'longer than any is none');
	assert.equal(await named('caf\xe9'), undefined, 'not UTF-8');
});

test('signing out elsewhere ends every other sign-in with its sockets, and nobody else', async () => {
	const { client: other } = await signIn('ann', OLD);
	const stream = await other.events();
	const bosses = await people.boss.events();
	const { status, body } = await people.ann.call('POST', '/api/auth/sessions/end_others', {});
	assert.equal(status, 200);
	assert.equal(body.ended, 2);
	await stream.closed;
	assert.equal(await who(other), undefined);
	assert.equal(await who(people.ann), 'ann');
	assert.equal(await who(people.boss), 'boss');
	assert.equal(bosses.socket.readyState, 1);
	assert.deepEqual((await sessionsOf(people.ann)).map(({ current }) => current), [true]);
	assert.equal((await people.ann.call('POST', '/api/auth/sessions/end_others', {})).body.ended, 0);
	await bosses.close();
});

test('the name is one line that says something', async () => {
	const { status, body } = await people.ann.call('POST', '/api/auth/name', { name: 'Ánn Łee 安' });
	assert.equal(status, 200);
	assert.equal(body.user.name, 'Ánn Łee 安');
	assert.equal((await people.ann.call('GET', '/api/auth/session')).body.user.name, 'Ánn Łee 安');
	for (const name of ['', 'two\nlines', 'x'.repeat(129), 7, null, 'nul\u0000l', undefined]) {
		const answer = await people.ann.call('POST', '/api/auth/name', { name });
		assert.equal(answer.status, 400, JSON.stringify(name));
		assert.equal(answer.body.code, 4);
	}
});

test('a new name is told to whoever sees it, and to nobody else', async () => {
	const { ann, boss } = people;
	const [cleo, dora] = [await addPerson(daemon, 'cleo'), await addPerson(daemon, 'dora')];
	const made = await boss.call('POST', '/api/v1/channels', { type: 'group', id: 'walk', name: 'Walk', members: ['ann', 'cleo'] });
	assert.equal(made.status, 201);
	const streams = await Promise.all([ann, boss, cleo, dora].map((person) => person.events()));
	const [anns, bosses, cleos, doras] = streams;
	const renamed = (event) => event.type === 'user.updated';
	assert.equal((await ann.call('POST', '/api/auth/name', { name: 'Ann the Second' })).status, 200);
	for (const stream of [anns, bosses, cleos]) {
		const { user } = await stream.next(renamed);
		assert.deepEqual([user.id, user.name], ['ann', 'Ann the Second']);
	}
	// what is sent after it has it, too, also from a socket that was open before
	await ann.call('POST', '/api/v1/conversations/group.walk/typing', { typing: true });
	assert.equal((await cleos.next((event) => event.type === 'typing.start')).user.name, 'Ann the Second');
	const channel = (await cleo.call('GET', '/api/v1/channels/group.walk')).body;
	assert.ok(JSON.stringify(channel).includes('Ann the Second'));
	// everybody sees the team; a stranger heard nothing of ann
	await boss.call('POST', '/api/auth/name', { name: 'The Boss' });
	assert.equal((await doras.next(renamed)).user.id, 'boss');
	assert.equal((await cleos.next(renamed)).user.id, 'boss', 'once, though they share a channel');
	await Promise.all(streams.map((stream) => stream.close()));
});

test('a new password needs the old one, ends other sign-ins, and only it opens the door', async () => {
	const { client: other } = await signIn('ann', OLD);
	const change = (password, new_password) => people.ann.call('POST', '/api/auth/password', { password, new_password });
	assert.equal((await change('wrong', NEW)).status, 403);
	for (const bad of ['short', 'ann', 7, undefined, 'x'.repeat(1025)]) assert.equal((await change(OLD, bad)).status, 400, String(bad));
	assert.equal((await change(OLD, NEW)).status, 200);
	assert.equal(await who(other), undefined);
	assert.equal(await who(people.ann), 'ann');
	assert.equal((await signIn('ann', OLD)).status, 401);
	assert.equal((await signIn('ann', NEW)).status, 200);
});

test('guessing the old password costs tries like guessing at the door', async () => {
	const cem = await addPerson(daemon, 'cem');
	let last;
	for (let i = 0; i < 40 && last?.status !== 429; i++) last = await cem.call('POST', '/api/auth/password', { password: `guess ${i}`, new_password: NEW });
	assert.equal(last.status, 429);
	assert.ok(Number(last.headers.get('retry-after')) > 0);
	assert.equal((await signIn('cem', OLD)).status, 429, 'the same account, from the same place');
});

test('an account without a password has none to change', async () => {
	const admin = new Client(daemon.url);
	await admin.openLink(daemon.links.admin);
	assert.equal((await admin.call('POST', '/api/auth/password', { password: '', new_password: NEW })).status, 403);
});

test('a link for one\'s other device: once, in the audit log, not for strangers, and not without end', async () => {
	await addPerson(daemon, 'two');
	const { client } = await signIn('two', OLD);
	assert.equal((await new Client(daemon.url).call('POST', '/api/auth/links', {})).status, 401);
	const made = await client.call('POST', '/api/auth/links', {});
	assert.equal(made.status, 201);
	const left = Date.parse(made.body.expires_at) - Date.now();
	assert.ok(left > 290_000 && left <= 300_000, `${left} ms`);
	const phone = new Client(daemon.url);
	assert.equal((await phone.call('POST', '/api/auth/link', { token: made.body.token })).body.user.id, 'two');
	assert.equal(await who(phone), 'two');
	assert.equal(await who(client), 'two', 'one is signed in on both');
	assert.equal((await new Client(daemon.url).call('POST', '/api/auth/link', { token: made.body.token })).status, 401, 'it is used up');
	let last, asked = 0;
	do last = await client.call('POST', '/api/auth/links', {}); while (last.status === 201 && ++asked < 30);
	assert.equal(last.status, 429);
	assert.equal(last.body.code, 9);
	const { audit } = (await people.boss.call('GET', '/api/v1/audit?limit=100&actor=two&action=session.link')).body;
	assert.equal(audit.length, asked + 1);
	assert.ok(!JSON.stringify(audit).includes(made.body.token));
});

test('a link ends with the sign-in that asked for it', async () => {
	await addPerson(daemon, 'out');
	const [{ client: stays }, { client: goes }] = [await signIn('out', OLD), await signIn('out', OLD)];
	const [kept, gone] = [await stays.call('POST', '/api/auth/links', {}), await goes.call('POST', '/api/auth/links', {})];
	assert.equal((await goes.call('POST', '/api/auth/logout', {})).status, 200);
	assert.equal((await new Client(daemon.url).call('POST', '/api/auth/link', { token: gone.body.token })).status, 401);
	assert.equal((await new Client(daemon.url).call('POST', '/api/auth/link', { token: kept.body.token })).status, 200);
});

test('the audit log has who signed in, who could not, and who signed out; not what strangers type', async () => {
	await addPerson(daemon, 'log');
	const { client } = await signIn('log', OLD);
	assert.equal((await signIn('log', 'wrong, but long enough')).status, 401);
	assert.equal((await signIn('my secret in the wrong field', OLD)).status, 401);
	assert.equal((await client.call('POST', '/api/auth/password', { password: 'wrong, but long enough', new_password: NEW })).status, 403);
	const cookie = client.cookie;
	assert.equal((await client.call('POST', '/api/auth/logout', {})).status, 200);
	client.cookie = cookie; /* a session that is over is nobody's */
	assert.equal((await client.call('POST', '/api/auth/logout', {})).status, 200);
	assert.equal((await people.boss.call('PUT', '/api/v1/bans/log', { reason: 'Spam' })).status, 200);
	assert.equal((await signIn('log', OLD)).status, 403);
	assert.equal((await people.boss.call('DELETE', '/api/v1/bans/log', {})).status, 200);
	const { audit } = (await people.boss.call('GET', '/api/v1/audit?limit=100')).body;
	const rows = audit.filter((row) => row.actor_id === 'log' || row.target === 'log').reverse();
	const last = rows.slice(rows.findIndex((row) => row.action === 'session.refuse') - 1);
	assert.deepEqual(last.map(({ actor_id, action, target }) => [actor_id, action, target]), [
		['log', 'session.begin', undefined], ['log', 'session.refuse', 'password'], ['log', 'account.refuse', 'password'], ['log', 'session.end', undefined],
		['boss', 'user.ban', 'log'], ['log', 'session.refuse', 'ban'], ['boss', 'user.unban', 'log'],
	]);
	assert.ok(last.filter(({ actor_id }) => actor_id === 'log').every(({ place, detail }) => place === '127.0.0.1' && detail === undefined), JSON.stringify(last));
	assert.ok(!JSON.stringify(audit).includes('secret'));
});

test('the guess after which the door is shut is in the audit log as that one', async () => {
	await addPerson(daemon, 'shut');
	let guesses = 0;
	while ((await signIn('shut', 'wrong, but long enough')).status === 401) guesses++;
	assert.ok(guesses > 1 && guesses < 40, `${guesses}`);
	const { audit } = (await people.boss.call('GET', '/api/v1/audit?limit=100&actor=shut&action=session.refuse')).body;
	assert.deepEqual(audit.map(({ target }) => target).reverse(), [...Array(guesses - 1).fill('password'), 'lockout'], 'and what comes before the wait is over adds nothing');
});

test('a new name reaches the call that one is in: media, its list of people, and what rings', async () => {
	const [nora, otto, pia] = await Promise.all(['nora', 'otto', 'pia'].map((id) => addPerson(daemon, id)));
	const call = at('default', 'renamed');
	const members = ['otto', 'pia'].map((user_id) => ({ user_id }));
	const host = await enterRoom(daemon, await nora.call('POST', `${call}/join`, { create: true, ring: true, data: { members } }));
	const guest = await enterRoom(daemon, await otto.call('POST', `${call}/join`, {}));
	// every message: two may come in one read
	const heard = new Promise((resolve) => {
		guest.socket.on('message', (data) => {
			const { case: kind, value } = SignalResponse.fromBinary(data).message;
			const now = kind === 'update' && value.participants.find(({ identity }) => identity.startsWith('nora:'));
			if (now && now.name !== 'Nora') resolve(now.name);
		});
	});
	assert.equal((await nora.call('POST', '/api/auth/name', { name: 'Nora Lee' })).status, 200);
	assert.equal(await heard, 'Nora Lee');
	const { state, ring } = (await pia.call('GET', call)).body;
	assert.deepEqual(state.participants.map(({ name }) => name).sort(), ['Nora Lee', 'Otto']);
	assert.equal(state.started_by.name, 'Nora Lee');
	assert.equal(ring.caller.name, 'Nora Lee');
	for (const { socket } of [host, guest]) socket.close();
});
