// SPDX-License-Identifier: Apache-2.0
// Deleting customers: softly, with all that is known of them, and with all they said.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { PASSWORD, startWithPeople } from '../lib/people.mjs';

let daemon, ann, bob, cat, eva;
before(async () => {
	({ daemon, people: { ann, bob, cat, eva } } = await startWithPeople({ ann: 'user', bob: 'user', cat: 'user', eva: 'admin', max: 'admin' }));
});
after(() => daemon.stop());

const path = (id) => `/api/v1/conversations/${id}`;
let number = 0;
async function say(client, id, text, more = {}) {
	const answer = await client.call('POST', `${path(id)}/messages`, { text, client_id: `c${++number}`, ...more });
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.message;
}
const erase = (client, id, mode) => client.call('DELETE', `/api/v1/users/${id}${mode ? `?mode=${mode}` : ''}`, {});
const messages = async (id) => (await eva.call('GET', `${path(id)}/messages`)).body.messages;
const overview = async (id) => (await eva.call('GET', '/api/v1/conversations')).body.conversations.find((c) => c.id === id);
const found = async (words) => (await eva.call('GET', `/api/v1/search?q=${words}`)).body.messages.length;
const signIn = (id) => new Client(daemon.url).call('POST', '/api/auth/login', { userId: id, password: PASSWORD });

test('who may not, and what is nonsense', async () => {
	assert.equal((await erase(ann, 'ann', 'hard')).status, 403);
	assert.equal((await erase(eva, 'nobody')).status, 404);
	assert.equal((await erase(eva, 'ann', 'all')).status, 400);
	for (const id of ['eva', 'max']) assert.match((await erase(eva, id, 'hard')).body.message, /team/);
	assert.equal((await ann.call('GET', '/api/v1/conversations')).status, 200);
	assert.equal((await signIn('max')).status, 200);
});

test('softly: the doors are shut, what was said stays; lifting the ban undoes it', async () => {
	await say(cat, 'cat', 'kept words');
	const stream = await cat.events();
	assert.equal((await erase(eva, 'cat')).status, 200);
	assert.match((await stream.next('connection.error')).error.message, /This account was deleted/);
	await stream.closed;
	assert.notEqual((await cat.call('GET', '/api/v1/conversations')).status, 200);
	assert.equal((await signIn('cat')).status, 403);
	assert.deepEqual((await messages('cat')).map((m) => [m.text, m.user.name]), [['kept words', 'Cat']]);
	assert.equal((await eva.call('DELETE', '/api/v1/bans/cat', {})).status, 200);
	assert.equal((await signIn('cat')).status, 200);
	assert.equal((await cat.call('GET', '/api/v1/conversations')).status, 401, 'the old sign-in is gone');
});

test('pruning: the name and what is known go, and everybody sees it at once', async () => {
	await say(bob, 'bob', 'still here');
	await bob.call('POST', '/api/v1/seen', { page: 'https://shop.example/cart', language: 'de' });
	await eva.call('PATCH', '/api/v1/customers/bob', { notes: 'likes tea' });
	const stream = await eva.events();
	assert.equal((await erase(eva, 'bob', 'pruning')).status, 200);
	assert.deepEqual((await stream.next('user.updated')).user, { id: 'bob', name: 'Deleted user', role: 'user' });
	assert.deepEqual((await messages('bob')).map((m) => [m.text, m.user.name]), [['still here', 'Deleted user']]);
	const { customer } = (await eva.call('GET', '/api/v1/customers/bob')).body;
	assert.deepEqual([customer.notes, customer.page, customer.user.name], ['', undefined, 'Deleted user']);
	assert.equal((await eva.call('DELETE', '/api/v1/bans/bob', {})).status, 200);
	assert.equal((await signIn('bob')).status, 401, 'the password is gone, too');
	await stream.close();
});

test('hard: words, files and search; who was away loads everything anew', async () => {
	const file = await ann.raw('POST', `${path('ann')}/attachments?name=secret.txt`, { body: 'secret', headers: { 'content-type': 'application/octet-stream' } });
	const { attachment } = JSON.parse(file.text);
	const first = await say(ann, 'ann', 'xylophone number', { attachments: [attachment.id] });
	await say(eva, 'ann', 'the xylophone is noted', { quoted_id: first.id });
	assert.equal(await found('xylophone'), 2);
	assert.equal((await fetch(daemon.url + attachment.url)).status, 200);
	const [stream, away] = [await eva.events(), await eva.events()];
	await away.close();

	assert.equal((await erase(eva, 'ann', 'hard')).status, 200);
	assert.equal((await stream.next('conversation.cleared')).conversation_id, 'ann');
	assert.deepEqual(await messages('ann'), []);
	assert.equal(await found('xylophone'), 0);
	const { last_message, support, user } = await overview('ann');
	assert.deepEqual([last_message, support.status, user.name], [null, 'resolved', 'Deleted user']);
	for (const deadline = Date.now() + 10_000; (await fetch(daemon.url + attachment.url)).status !== 404; ) {
		assert.ok(Date.now() < deadline, 'the file is still there');
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	const back = await eva.events({ since: away.first.cursor });
	await back.next('resync');
	const rows = (await eva.call('GET', '/api/v1/audit?action=user.delete')).body.audit;
	assert.deepEqual(rows.map((row) => [row.actor_id, row.target, row.detail]), [['eva', 'ann', 'hard'], ['eva', 'bob', 'pruning'], ['eva', 'cat', 'soft']]);
	await Promise.all([stream.close(), back.close()]);
});

test('a token that was given before opens nothing; after the ban is lifted the person begins anew', async () => {
	const bearer = Object.assign(new Client(daemon.url), { token: sign({ user_id: 'ann', iat: now() - 5, exp: now() + 600 }) });
	assert.equal((await bearer.call('GET', '/api/v1/conversations')).status, 403);
	assert.equal((await eva.call('DELETE', '/api/v1/bans/ann', {})).status, 200);
	await say(bearer, 'ann', 'hello again');
	assert.deepEqual((await messages('ann')).filter((m) => !m.activity).map((m) => m.text), ['hello again']);
});
