// SPDX-License-Identifier: Apache-2.0
// Who is before the widget: visitors who come back, customers whom the shop vouches for, and everybody who only says so.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { apiKey, apiSecret, confab, startConfabd } from '../lib/confabd.mjs';
import { addPerson } from '../lib/people.mjs';

const shop = 'https://shop.example';
let daemon, secret;
before(async () => {
	daemon = await startConfabd({ args: ['--widget-origin', `${shop},https://Other.example:8443`] });
	secret = confab(['widget', 'secret', '--data', daemon.data], '', { CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }).trim();
});
after(() => daemon.stop());

const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest('hex');
const session = (body, headers = { origin: shop }) => new Client(daemon.url).call('POST', '/api/v1/widget/session', body, headers);
const customer = (id, more = {}) => session({ customer: { id, hash: hmac(secret, id), ...more } });
const as = (answer) => Object.assign(new Client(daemon.url), { token: answer.body.token });

test('a visitor writes, and comes back with the key', async () => {
	const first = await session({ visitor: {} });
	assert.equal(first.status, 201);
	const { user, key } = first.body;
	assert.match(user.id, /^visitor-/);
	assert.match(user.name, /^Visitor /);
	assert.equal(user.role, 'user');
	const sent = await as(first).call('POST', `/api/v1/conversations/${user.id}/messages`, { text: 'Is it in stock?', client_id: 'one' });
	assert.equal(sent.status, 201);

	const again = await session({ visitor: { id: user.id, key } });
	assert.deepEqual([again.status, again.body.user.id, again.body.key], [200, user.id, key]);
	const { body } = await as(again).call('GET', `/api/v1/conversations/${user.id}/messages`);
	assert.deepEqual(body.messages.map((message) => message.text), ['Is it in stock?']);
	assert.equal((await session({ visitor: { name: 'Ann' } })).body.user.name, 'Ann');
});

test("a visitor's key opens nothing else", async () => {
	const [one, two] = [await session({ visitor: {} }), await session({ visitor: {} })];
	for (const [id, key] of [
		[two.body.user.id, one.body.key], [one.body.user.id, ''], [one.body.user.id, 'x'.repeat(64)], [one.body.user.id, `${one.body.key}00`],
		['visitor-nobody', one.body.key], ['admin', one.body.key], ['../admin', one.body.key], ['', one.body.key], ['x'.repeat(500), one.body.key],
		[one.body.user.id, hmac(secret, one.body.user.id)], ['admin', hmac(apiSecret, 'admin')],
	]) {
		const answer = await session({ visitor: { id, key } });
		assert.deepEqual([answer.status, answer.body.code], [403, 17], `${id} ${key}`);
	}
	assert.equal((await as(one).call('GET', `/api/v1/conversations/${two.body.user.id}/messages`)).status, 404);
});

test('a customer is who the shop says', async () => {
	const first = await customer('Ann.Lee', { name: 'Ann Lee', image: 'https://shop.example/ann.png' });
	assert.deepEqual([first.status, first.body.user.name, first.body.user.role], [201, 'Ann Lee', 'user']);
	assert.match(first.body.user.id, /^customer-annlee-[0-9a-f]{20}$/);
	assert.equal(first.body.key, undefined);
	const again = await session({ customer: { id: 'Ann.Lee', hash: hmac(secret, 'Ann.Lee').toUpperCase() } });
	assert.deepEqual([again.status, again.body.user.id, again.body.user.name], [200, first.body.user.id, 'Ann Lee']);
	assert.equal((await as(again).call('GET', '/api/v1/conversations')).body.conversations[0].id, first.body.user.id);
});

test('two ids of the shop never become one account, nor one that was made here', async () => {
	await addPerson(daemon, 'annlee');
	const ids = ['Ann.Lee', 'annlee', 'ann-lee', 'ANNLEE', ' annlee', 'annlee ', 'admin', 'user', 'visitor-x', '客', '顾', '42', 'a'.repeat(256)];
	const seen = new Set();
	for (const id of ids) {
		const { status, body } = await customer(id);
		assert.ok(status === 200 || status === 201, `${id}: ${JSON.stringify(body)}`);
		assert.equal(body.user.role, 'user');
		assert.ok(body.user.id.length <= 64);
		seen.add(body.user.id);
	}
	assert.equal(seen.size, ids.length);
	for (const own of ['admin', 'user', 'annlee']) assert.ok(!seen.has(own));
});

test('forged hashes open nothing', async () => {
	const right = hmac(secret, 'mallory');
	for (const hash of [
		'', '0'.repeat(64), right.slice(1), `${right}0`, right.replace(/./, (c) => (c === '0' ? '1' : '0')), hmac(secret, 'bob'), hmac(secret, ' mallory'),
		hmac(apiSecret, 'mallory'), hmac(Buffer.from(secret, 'hex'), 'mallory'), hmac('', 'mallory'), crypto.createHash('sha256').update('mallory').digest('hex'),
		Buffer.from(right, 'hex').toString('base64'), secret,
	]) {
		const answer = await session({ customer: { id: 'mallory', hash } });
		assert.deepEqual([answer.status, answer.body.code, answer.body.token], [403, 17, undefined], hash);
		assert.ok(!JSON.stringify(answer.body).includes(right));
	}
	const list = confab(['user', 'list', '--data', daemon.data]);
	assert.doesNotMatch(list, /customer-mallory-/, 'nothing was made for a forger');
	assert.equal((await customer('mallory')).status, 201);
});

test('what makes no sense is refused with its reason', async () => {
	for (const body of [
		{}, { visitor: null }, { visitor: [] }, { visitor: {}, customer: {} }, { customer: { id: 'ann' } }, { customer: { id: 7, hash: 'x' } }, { customer: { id: null, hash: 'x' } },
		{ visitor: { id: 'visitor-x' } }, { visitor: { key: 'x' } }, { visitor: { name: 5 } }, { visitor: { name: 'two\nlines' } },
		{ customer: { id: '', hash: hmac(secret, '') } }, { customer: { id: 'x'.repeat(257), hash: hmac(secret, 'x'.repeat(257)) } },
		{ customer: { id: 'new', hash: hmac(secret, 'new'), image: 'javascript:alert(1)' } }, { customer: { id: 'new', hash: hmac(secret, 'new'), name: 'x'.repeat(129) } },
	]) {
		const answer = await session(body);
		assert.deepEqual([answer.status, answer.body.code], [400, 4], JSON.stringify(body));
	}
	const text = await new Client(daemon.url).raw('POST', '/api/v1/widget/session', { body: '{"visitor":{}}', headers: { origin: shop, 'content-type': 'text/plain' } });
	assert.equal(text.status, 415, 'a form of another site cannot send it');
});

test('only pages on the list, and our own', async () => {
	const people = () => confab(['user', 'list', '--data', daemon.data]).split('\n').length;
	for (const origin of [shop, 'https://other.example:8443', daemon.url]) assert.equal((await session({ visitor: {} }, { origin })).status, 201, origin);
	assert.equal((await session({ visitor: {} }, {})).status, 201, 'a program says no origin');
	const before = people();
	for (const origin of ['http://shop.example', 'https://shop.example.evil.example', 'https://evil.example', 'https://shop.example:444', 'https://other.example', 'null']) {
		const answer = await session({ visitor: {} }, { origin });
		assert.deepEqual([answer.status, answer.body.code], [403, 17], origin);
		assert.equal(answer.headers.get('access-control-allow-credentials'), null);
	}
	assert.equal(people(), before);

	const preflight = await new Client(daemon.url).raw('OPTIONS', '/api/v1/widget/session', { headers: { origin: shop, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
	assert.equal(preflight.status, 204);
	assert.match(preflight.headers.get('access-control-allow-methods'), /POST/);
	assert.match(preflight.headers.get('access-control-allow-headers'), /content-type/);
});

test('a passer-by sees whether the team is there, from any page, and no names', async () => {
	const team = async () => {
		const answer = await new Client(daemon.url).call('GET', '/api/v1/widget/team', undefined, { origin: shop });
		assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [200, '*']);
		return answer.body;
	};
	assert.deepEqual(await team(), { online: false });
	const admin = new Client(daemon.url);
	await admin.openLink(daemon.links.admin);
	const stream = await admin.events();
	assert.deepEqual(await team(), { online: true });
	const hours = { enabled: true, time_zone: 'UTC', week: Array(7).fill([]), holidays: [], away_text: '', ask: true };
	assert.equal((await admin.call('PUT', '/api/v1/support/hours', hours)).status, 200);
	assert.deepEqual(await team(), { online: true, hours: { open: false, opens_at: null } });
	assert.equal((await admin.call('PUT', '/api/v1/support/hours', { ...hours, enabled: false })).status, 200);
	await stream.close();
});

test('the demo shop is there in the demo only', async () => {
	assert.equal((await new Client(daemon.url).raw('GET', '/demo/shop.html')).status, 200);
	const plain = await startConfabd({ demo: false });
	try {
		assert.equal((await new Client(plain.url).raw('GET', '/demo/shop.html')).status, 404);
	} finally {
		await plain.stop();
	}
});

test('every script of the widget may be taken by other sites, and the media library is one file for all', async () => {
	const seen = new Set(['/widget.js']);
	for (const path of seen) {
		const answer = await new Client(daemon.url).raw('GET', path);
		assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('cross-origin-resource-policy')], [200, '*', 'cross-origin'], path);
		for (const [, link] of answer.text.matchAll(/["'](\.{0,2}\/[\w./-]+\.js)["']/g)) seen.add(new URL(link, `http://x${path}`).pathname);
	}
	const sdk = (await new Client(daemon.url).raw('GET', '/sdk/confab-client.js')).text;
	const media = /"(\.\/confab-livekit-[^"]+)"/.exec(sdk)[1];
	const library = /"\.\.(\/shared\/livekit-client-[^"]+)"/.exec((await new Client(daemon.url).raw('GET', `/sdk/${media}`)).text)[1];
	assert.ok(seen.has(library), `${library} is not among ${[...seen]}`);
});

test('an origin that is none stops the start', async () => {
	for (const bad of ['shop.example', 'https://shop.example/', 'https://shop.example/path', '*', 'https://', 'ftp://shop.example'])
		await assert.rejects(startConfabd({ args: ['--widget-origin', bad] }), /widget-origin/, bad);
});
