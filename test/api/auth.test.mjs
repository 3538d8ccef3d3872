// SPDX-License-Identifier: Apache-2.0
// Accounts and sessions: sign-in links, passwords, cookies, CSRF rules.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

test('nobody is signed in at first', async () => {
	const answer = await new Client(daemon.url).call('GET', '/api/auth/session');
	assert.equal(answer.status, 200);
	assert.equal(answer.body.user, null);
});

test('the demo links name localhost for the admin and 127.0.0.1 for the user', () => {
	assert.equal(new URL(daemon.links.admin).hostname, 'localhost');
	assert.equal(new URL(daemon.links.user).hostname, '127.0.0.1');
});

test('a sign-in link works once, sets a __Host- cookie, and logout ends the session', async () => {
	const admin = new Client(daemon.url);
	const first = await admin.openLink(daemon.links.admin);
	assert.equal(first.status, 200);
	assert.equal(first.body.user.role, 'admin');
	assert.match(admin.setCookie, /^__Host-confab=[\w-]{43,};/);
	for (const attribute of [/; *HttpOnly/i, /; *Secure/i, /; *SameSite=(Lax|Strict)/i, /; *Path=\/(;|$)/i])
		assert.match(admin.setCookie, attribute);
	assert.doesNotMatch(admin.setCookie, /Domain=/i);

	const again = await new Client(daemon.url).openLink(daemon.links.admin);
	assert.equal(again.status, 401);
	assert.equal(again.body.code, 5);

	assert.equal((await admin.call('GET', '/api/auth/session')).body.user.role, 'admin');
	const stale = admin.cookie;
	assert.equal((await admin.call('POST', '/api/auth/logout', {})).status, 200);
	const ghost = new Client(daemon.url);
	ghost.cookie = stale;
	assert.equal((await ghost.call('GET', '/api/auth/session')).body.user, null);
	assert.equal((await ghost.call('GET', '/api/v1/conversations')).status, 401);
});

test('password sign-in, with the id sanitised', async () => {
	confab(['user', 'add', 'Eva', '--role', 'user', '--name', 'Eva', '--password-stdin', '--data', daemon.data], 'correct horse\n');
	const eva = new Client(daemon.url);
	const answer = await eva.call('POST', '/api/auth/login', { userId: ' EVA ', password: 'correct horse' });
	assert.equal(answer.status, 200);
	assert.deepEqual(answer.body.user, { id: 'eva', name: 'Eva', role: 'user' });
});

test('wrong password and unknown user get the same answer', async () => {
	const anybody = new Client(daemon.url);
	const wrong = await anybody.call('POST', '/api/auth/login', { userId: 'user', password: 'no' });
	const unknown = await anybody.call('POST', '/api/auth/login', { userId: 'nobody-here', password: 'no' });
	assert.equal(wrong.status, 401);
	assert.equal(wrong.body.code, 5);
	assert.deepEqual(unknown.body, wrong.body);
	assert.equal(anybody.cookie, undefined);
});

test('the database holds no usable session token', async () => {
	const eva = new Client(daemon.url);
	await eva.call('POST', '/api/auth/login', { userId: 'eva', password: 'correct horse' });
	const token = eva.cookie.split('=')[1];
	for (const file of fs.readdirSync(daemon.data)) {
		const full = path.join(daemon.data, file);
		if (!fs.statSync(full).isFile()) continue;
		const bytes = fs.readFileSync(full);
		assert.ok(!bytes.includes(token), `${file} holds a session token`);
		assert.ok(!bytes.includes(Buffer.from(token, 'base64url')), `${file} holds a session token's bytes`);
		assert.equal(fs.statSync(full).mode & 0o077, 0, `${file} is readable by others`);
	}
});

const mutations = [
	'/api/auth/login', '/api/auth/link', '/api/auth/logout', '/api/video-call/token', '/api/v1/conversations/user/messages',
	'/api/v1/call/default/csrf', '/api/v1/call/default/csrf/join', '/api/v1/call/default/csrf/reject',
];

test('cross-site requests are refused on every route that changes something', async () => {
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	for (const path of mutations) {
		for (const origin of ['http://evil.example', 'null', `${daemon.url}.evil.example`, `https://127.0.0.1:${daemon.port}`]) {
			const answer = await user.call('POST', path, {}, { origin });
			assert.equal(answer.status, 403, `${path} from ${origin}`);
			assert.equal(answer.body.code, 17);
		}
		const site = await user.call('POST', path, {}, { 'sec-fetch-site': 'cross-site' });
		assert.equal(site.status, 403, `${path} with Sec-Fetch-Site`);
		const form = await user.call('POST', path, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
		assert.equal(form.status, 415, `${path} as a form`);
		const text = await user.call('POST', path, '{}', { 'content-type': 'text/plain' });
		assert.equal(text.status, 415, `${path} as text/plain`);
	}
	assert.equal((await user.call('GET', '/api/auth/session')).body.user.role, 'user');
});

test('guessing passwords is slowed down, and the account is not locked', async () => {
	const guesser = new Client(daemon.url);
	const statuses = [];
	for (let i = 0; i < 30; i++) statuses.push((await guesser.call('POST', '/api/auth/login', { userId: 'user', password: `guess ${i}` })).status);
	assert.ok(statuses.includes(429), `30 guesses gave ${statuses}`);
	assert.ok(statuses.filter((status) => status === 401).length < 25);
});

test('bad bodies name their cause', async () => {
	const anybody = new Client(daemon.url);
	for (const [body, wanted] of [['{"userId": ', /JSON/i], ['[]', /object/i], ['{"userId": 5, "password": "x"}', /userId.*string/], ['{"userId": "user"}', /password/]]) {
		const answer = await anybody.call('POST', '/api/auth/login', body);
		assert.equal(answer.status, 400, body);
		assert.equal(answer.body.code, 4);
		assert.match(answer.body.message, wanted);
	}
	const big = await anybody.call('POST', '/api/auth/login', JSON.stringify({ userId: 'user', password: 'x'.repeat(70000) }));
	assert.equal(big.status, 413);
	assert.equal(big.body.code, 22);
	const deep = await anybody.call('POST', '/api/auth/login', '{"a":'.repeat(40) + '1' + '}'.repeat(40));
	assert.equal(deep.status, 400);
});
