// SPDX-License-Identifier: Apache-2.0
// Messages that change, notes of the team, ticks, typing, presence, search.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { confab } from '../lib/confabd.mjs';
import { startWithStranger } from '../lib/people.mjs';

let daemon, user, admin, stranger;
before(async () => {
	({ daemon, user, admin, stranger } = await startWithStranger());
});
after(() => daemon.stop());

const base = '/api/v1/conversations/user';
const say = async (client, text, more = {}) => {
	const answer = await client.call('POST', `${base}/messages`, { text, client_id: `c${Math.random()}`, ...more });
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.message;
};
const overview = async (client) => (await client.call('GET', '/api/v1/conversations')).body.conversations.find((c) => c.id === 'user');

test('edit, react, delete: the answer, the event on both sides, and what a reload shows agree', async () => {
	const [a, u] = [await admin.events(), await user.events()];
	const { id } = await say(user, 'helo');
	const steps = [
		['message.updated', () => user.call('PATCH', `${base}/messages/${id}`, { text: 'hello' })],
		['reaction.new', () => admin.call('POST', `${base}/messages/${id}/reactions`, { type: '👍' })],
		['reaction.new', () => user.call('POST', `${base}/messages/${id}/reactions`, { type: '👍' })],
		['reaction.deleted', () => admin.call('DELETE', `${base}/messages/${id}/reactions/${encodeURIComponent('👍')}`, {})],
		['message.deleted', () => user.call('DELETE', `${base}/messages/${id}`, {})],
	];
	for (const [type, act] of steps) {
		const answer = await act();
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
		for (const stream of [a, u]) assert.deepEqual((await stream.next(type)).message, answer.body.message);
		assert.deepEqual((await user.call('GET', `${base}/messages`)).body.messages.at(-1), answer.body.message);
	}
	const gone = (await user.call('GET', `${base}/messages`)).body.messages.at(-1);
	assert.equal(gone.text, '');
	assert.ok(gone.deleted_at && gone.updated_at);
	assert.deepEqual(gone.reactions, []);
	await Promise.all([a.close(), u.close()]);
});

test('who may change what', async () => {
	const mine = await say(user, 'mine'), theirs = await say(admin, 'theirs');
	const expect = async (status, client, method, path, body) => {
		const answer = await client.call(method, path, body);
		assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
		return answer.body;
	};
	assert.match((await expect(403, admin, 'PATCH', `${base}/messages/${mine.id}`, { text: 'x' })).message, /writer/);
	await expect(403, user, 'PATCH', `${base}/messages/${theirs.id}`, { text: 'x' });
	await expect(403, user, 'DELETE', `${base}/messages/${theirs.id}`, {});
	await expect(200, admin, 'DELETE', `${base}/messages/${mine.id}`, {});
	await expect(404, admin, 'DELETE', `${base}/messages/${mine.id}`, {});
	for (const [method, path, body] of [
		['PATCH', `/messages/${theirs.id}`, { text: 'x' }], ['DELETE', `/messages/${theirs.id}`, {}],
		['POST', `/messages/${theirs.id}/reactions`, { type: '+1' }], ['DELETE', `/messages/${theirs.id}/reactions/x`, {}],
		['POST', '/read', { message_id: 1 }], ['POST', '/delivered', { message_id: 1 }], ['POST', '/typing', { typing: true }],
	]) {
		await expect(404, stranger, method, base + path, body);
		await expect(401, new Client(daemon.url), method, base + path, body);
	}
	for (const [method, path, body] of [
		['PATCH', `/messages/${theirs.id}`, { text: '' }], ['PATCH', `/messages/${theirs.id}`, { text: 5 }], ['PATCH', '/messages/x', { text: 'y' }],
		['PATCH', '/messages/0', { text: 'y' }], ['POST', `/messages/${theirs.id}/reactions`, { type: 'a b' }],
		['POST', `/messages/${theirs.id}/reactions`, {}], ['POST', '/read', { message_id: 'x' }], ['POST', '/read', {}],
		['POST', '/typing', { typing: 1 }], ['POST', '/messages', { text: 'x', client_id: 'q1', quoted_message_id: 'x' }],
		['POST', '/messages', { text: 'x', client_id: 'q2', private: 'yes' }],
	])
		await expect(400, admin, method, base + path, body);
	assert.equal((await admin.call('PATCH', `${base}/messages/${theirs.id}`, { text: 'x'.repeat(10001) })).status, 413);
});

test('a quote shows what it answers', async () => {
	const question = await say(user, 'Where is it?');
	const answer = await say(admin, 'On its way', { quoted_message_id: question.id });
	assert.deepEqual(answer.quoted, { id: question.id, user_id: 'user', user_name: question.user.name, text: 'Where is it?' });
	assert.equal((await admin.call('POST', `${base}/messages`, { text: 'x', client_id: 'n', quoted_message_id: 99999 })).status, 404);
});

test("the team's notes never reach the customer", async () => {
	const [a, u] = [await admin.events(), await user.events()];
	const { cursor } = u.first;
	await say(admin, 'before');
	const note = await say(admin, 'A difficult customer', { private: true });
	const last = await say(admin, 'after');
	await u.next((e) => e.message?.text === 'after');
	assert.equal((await a.next((e) => e.message?.id === note.id)).message.private, true);
	await u.heard();
	assert.ok(!u.seen.some((e) => e.message?.id === note.id), 'live');
	const again = await user.events({ since: cursor });
	await again.next((e) => e.message?.id === last.id);
	await again.heard();
	assert.ok(!again.seen.some((e) => e.message?.id === note.id), 'replayed');
	const texts = async (client) => (await client.call('GET', `${base}/messages`)).body.messages.map((m) => m.text);
	assert.ok((await texts(admin)).includes('A difficult customer'));
	assert.ok(!(await texts(user)).includes('A difficult customer'));
	assert.equal((await user.call('GET', '/api/v1/search?q=difficult')).body.messages.length, 0);
	assert.equal((await admin.call('GET', '/api/v1/search?q=difficult')).body.messages.length, 1);
	assert.equal((await user.call('POST', `${base}/messages`, { text: 'x', client_id: 'p', private: true })).status, 403);
	await say(admin, 'a note at the end', { private: true });
	assert.equal((await overview(user)).last_message.text, 'after');
	await Promise.all([a.close(), u.close(), again.close()]);
});

test('unread counts and ticks', async () => {
	await say(admin, 'all read up to here'); // writing is reading
	const first = await say(user, 'one');
	const second = await say(user, 'two');
	assert.equal((await overview(admin)).unread, 2);
	assert.equal((await overview(user)).unread, 0);
	const u = await user.events();
	await admin.call('POST', `${base}/delivered`, { message_id: second.id });
	let event = await u.next('message.read');
	assert.equal(event.user.id, 'admin');
	assert.equal(event.read.last_delivered_message_id, second.id);
	assert.ok(event.read.last_read_message_id < first.id);
	await admin.call('POST', `${base}/read`, { message_id: first.id });
	event = await u.next('message.read');
	assert.equal(event.read.last_read_message_id, first.id);
	assert.equal((await overview(admin)).unread, 1);
	await admin.call('POST', `${base}/read`, { message_id: 1 }); // not back
	assert.deepEqual((await overview(admin)).reads.find((r) => r.user_id === 'admin'),
		{ user_id: 'admin', role: 'admin', last_read_message_id: first.id, last_delivered_message_id: second.id });
	await u.close();
});

test('marked unread: for oneself only, on every page of one\'s own, until one reads or writes', async () => {
	const first = await say(user, 'three'), second = await say(user, 'four');
	await admin.call('POST', `${base}/read`, { message_id: second.id });
	const [u, here, there] = [await user.events(), await admin.events(), await admin.events()];
	const told = (await overview(user)).reads.find((r) => r.user_id === 'admin');
	const unread = async (client, message_id, status = 200) => {
		const answer = await client.call('POST', `${base}/unread`, { message_id });
		assert.equal(answer.status, status, JSON.stringify(answer.body));
		return answer.body;
	};
	const answer = await unread(admin, first.id);
	assert.deepEqual([answer.unread, answer.mentions, answer.read.first_unread_message_id, answer.read.last_read_message_id], [2, 0, first.id, first.id - 1]);
	for (const stream of [here, there]) {
		const { read, unread: left } = await stream.next('message.unread');
		assert.deepEqual({ read, unread: left }, { read: answer.read, unread: 2 });
	}
	assert.equal((await overview(admin)).unread, 2);
	assert.deepEqual((await overview(admin)).reads.find((r) => r.user_id === 'admin'), answer.read);
	assert.deepEqual((await overview(user)).reads.find((r) => r.user_id === 'admin'), told, 'what the customer was told stays');

	// having more is not reading it; the customer hears of that, and of nothing else
	const third = await say(user, 'five');
	await admin.call('POST', `${base}/delivered`, { message_id: third.id });
	assert.equal((await there.next((e) => e.type === 'message.read' && e.user.id === 'admin')).read.first_unread_message_id, first.id);
	const heard = await u.next((e) => e.type === 'message.read' && e.user.id === 'admin');
	assert.deepEqual(heard.read, { ...told, last_delivered_message_id: third.id });
	await unread(admin, second.id);
	await admin.call('POST', `${base}/read`, { message_id: third.id });
	assert.equal((await there.next((e) => e.type === 'message.read' && e.read.first_unread_message_id === undefined)).read.last_read_message_id, third.id);
	assert.equal((await overview(admin)).unread, 0);
	await unread(admin, second.id);
	await admin.call('POST', `${base}/read`, { message_id: third.id }); // again: the customer knows
	await there.next((e) => e.type === 'message.read' && e.read.first_unread_message_id === undefined);
	await unread(admin, second.id);
	await say(admin, 'Here is the answer.'); // writing is reading
	assert.equal((await overview(admin)).unread, 0);
	await u.next((e) => e.message?.text === 'Here is the answer.');
	await u.heard();
	assert.equal(u.seen.filter((e) => e.type === 'message.read' && e.user.id === 'admin').length, 2);
	assert.ok(!u.seen.some((e) => e.type === 'message.unread'));

	await unread(user, first.id, 403);
	await unread(stranger, first.id, 404);
	await unread(admin, 99999, 404);
	for (const bad of [undefined, 'x', 0, -1, 1.5]) await unread(admin, bad, 400);
	await Promise.all([u.close(), here.close(), there.close()]);
});

test('typing reaches the other side and nobody else', async () => {
	const [a, eve] = [await admin.events(), await stranger.events()];
	await user.call('POST', `${base}/typing`, { typing: true });
	assert.equal((await a.next('typing.start')).user.id, 'user');
	await user.call('POST', `${base}/typing`, { typing: false });
	await a.next('typing.stop');
	await eve.heard();
	assert.ok(!eve.seen.some((e) => e.type.startsWith('typing')));
	await Promise.all([a.close(), eve.close()]);
});

test('presence: the team knows of everybody, customers of the team; several tabs count once', async () => {
	confab(['user', 'add', 'zoe', '--role', 'user', '--name', 'Zoe', '--password-stdin', '--data', daemon.data], 'zoe has a password\n');
	const zoe = new Client(daemon.url);
	await zoe.call('POST', '/api/auth/login', { userId: 'zoe', password: 'zoe has a password' });
	const isZoe = (e) => e.type === 'user.presence.changed' && e.user.id === 'zoe';
	const a = await admin.events();
	const [one, two] = [await zoe.events(), await zoe.events()];
	assert.equal((await a.next(isZoe)).online, true);
	const list = (await admin.call('GET', '/api/v1/conversations')).body;
	assert.ok(list.online.includes('zoe') && list.online.includes('admin'));
	assert.deepEqual((await zoe.call('GET', '/api/v1/conversations')).body.online, ['admin']);
	await one.close();
	await two.close();
	const gone = await a.next(isZoe, 20000);
	assert.equal(gone.online, false);
	assert.equal(a.seen.filter(isZoe).length, 2);
	await a.close();
});

test('search, and the way from a result into its context', async () => {
	for (let i = 0; i < 5; i++) await say(user, `filler ${i}`);
	const hit = await say(user, 'The café closes at noon');
	for (let i = 5; i < 10; i++) await say(user, `filler ${i}`);
	const found = (await user.call('GET', `/api/v1/search?q=${encodeURIComponent('CAFE clos')}`)).body.messages;
	assert.deepEqual(found.map((m) => m.id), [hit.id]);
	const older = (await user.call('GET', `${base}/messages?before=${hit.id + 1}&limit=3`)).body.messages.map((m) => m.text);
	const newer = (await user.call('GET', `${base}/messages?after=${hit.id}&limit=2`)).body;
	assert.deepEqual([...older, ...newer.messages.map((m) => m.text)], ['filler 3', 'filler 4', hit.text, 'filler 5', 'filler 6']);
	assert.equal(newer.has_more, true);
	assert.equal((await admin.call('GET', '/api/v1/search?q=filler&conversation=eve')).body.messages.length, 0);
	const texts = async (query) => (await user.call('GET', `/api/v1/search?q=filler&${query}`)).body.messages.map((m) => m.text).sort();
	const answer = await say(admin, 'filler of the team');
	assert.deepEqual(await texts(`from=${answer.user.id}`), [answer.text]);
	assert.equal((await texts(`from=${hit.user.id}`)).length, 10);
	assert.deepEqual(await texts(`since=${answer.created_at}`), [answer.text]);
	assert.equal((await texts(`until=${answer.created_at}`)).length, 10);
	assert.deepEqual(await texts('has=attachment'), []);
	const file = await (await fetch(`${daemon.url}${base}/attachments?name=list.txt`, { method: 'POST', headers: { cookie: user.cookie, 'content-type': 'application/octet-stream' }, body: 'tea' })).json();
	await user.call('POST', `${base}/messages`, { text: 'filler with a file', client_id: 'with-a-file', attachments: [file.attachment.id] });
	assert.deepEqual(await texts('has=attachment'), ['filler with a file']);
	assert.deepEqual(await texts(`has=attachment&from=${answer.user.id}`), []);
	for (const bad of ['', `?q=${'x'.repeat(201)}`, '?q=x&has=cheese', '?q=x&since=yesterday', '?q=x&until=']) assert.equal((await user.call('GET', `/api/v1/search${bad}`)).status, 400);
	for (const odd of ['"', '*', 'a AND', 'NEAR(x', 'text:y', "'"]) assert.equal((await user.call('GET', `/api/v1/search?q=${encodeURIComponent(odd)}`)).status, 200, odd);
	assert.equal((await user.call('GET', `${base}/messages?before=5&after=1`)).status, 400);
});
