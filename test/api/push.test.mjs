// SPDX-License-Identifier: Apache-2.0
// Web Push: who gets a notification when, signed and encrypted as browsers want it; and where none may be sent.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { at, startWithPeople } from '../lib/people.mjs';
import { Browser, openVapid, startPushService } from '../lib/push.mjs';

const SUBSCRIPTION = '/api/v1/push/subscription';

async function start(t, args = ['--push-local', '--push-contact', 'mailto:ops@example.org']) {
	const service = await startPushService();
	const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }, { args });
	t.after(async () => {
		await daemon.stop();
		service.close();
	});
	const { public_key: publicKey } = (await people.ann.call('GET', '/api/v1/push')).body;
	const subscribe = async (client, name, language) => {
		const browser = new Browser(`${service.origin}/${name}`);
		const answer = await client.call('POST', SUBSCRIPTION, { ...browser.subscription, ...(language && { language }) });
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
		return browser;
	};
	return { daemon, people, service, publicKey, subscribe };
}
const write = async (client, conversation, text) => {
	const { status, body } = await client.call('POST', `/api/v1/conversations/${conversation}/messages`, { text, client_id: crypto.randomUUID() });
	assert.equal(status, 201, JSON.stringify(body));
	return body.message;
};

test('a message reaches browsers without an open page; a ring is urgent', { timeout: 90000 }, async (t) => {
	const { people: { ann, bob, boss }, service, publicKey, subscribe } = await start(t);
	const browsers = { '/boss': await subscribe(boss, 'boss'), '/bob': await subscribe(bob, 'bob', 'de'), '/ann': await subscribe(ann, 'ann') };
	const text = 'ü'.repeat(400);
	const message = await write(ann, 'ann', text);

	const [push] = await service.until(1);
	const claims = openVapid(push.headers.authorization, publicKey);
	assert.equal(claims.aud, service.origin);
	assert.equal(claims.sub, 'mailto:ops@example.org');
	assert.ok(claims.exp > Date.now() / 1000 && claims.exp <= Date.now() / 1000 + 86400, `exp ${claims.exp}`);
	assert.equal(push.path, '/boss');
	assert.deepEqual([push.headers['content-encoding'], push.headers.ttl, push.headers.urgency], ['aes128gcm', '86400', 'normal']);
	assert.match(push.headers.topic, /^[A-Za-z0-9_-]{32}$/);
	assert.deepEqual(browsers['/boss'].open(push.body), { type: 'message.new', conversation_id: 'ann', message_id: Number(message.id), user: { id: 'ann', name: 'Ann' }, text: text.slice(0, 250), attachments: 0, language: '' });

	// the answer to ann, then a call to bob: nothing else came to anybody
	await write(boss, 'ann', 'hello');
	await service.until(2);
	assert.equal((await ann.call('POST', at('default', 'rings'), { ring: true, data: { members: [{ user_id: 'bob' }] } })).status, 201);
	const seen = await service.until(3);
	assert.deepEqual(seen.map((p) => p.path), ['/boss', '/ann', '/bob']);
	assert.deepEqual([seen[2].headers.ttl, seen[2].headers.urgency], ['45', 'high']);
	const ring = browsers['/bob'].open(seen[2].body);
	assert.deepEqual([ring.type, ring.cid, ring.user, ring.language], ['call.ring', 'default:rings', { id: 'ann', name: 'Ann' }, 'de']);
	assert.notEqual(seen[2].headers.topic, seen[1].headers.topic);
	assert.equal(seen[0].headers.topic, seen[1].headers.topic);
});

test('no push with an open page, after signing out, or once the service says gone', { timeout: 90000 }, async (t) => {
	const { daemon, people: { ann, bob, boss }, service, subscribe } = await start(t);
	await subscribe(ann, 'ann');
	const bosses = await subscribe(boss, 'boss');
	const page = await boss.events();
	await write(ann, 'ann', 'boss looks at the page');
	await write(boss, 'ann', 'first to ann');
	await service.until(1);
	page.socket.close();
	const metric = async (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(`${daemon.url}/metrics`)).text())[1]);
	for (const end = Date.now() + 20000; !service.seen.some((p) => p.path === '/boss'); await new Promise((resolve) => setTimeout(resolve, 50))) {
		assert.ok(Date.now() < end, 'no push after the page was closed');
		await write(ann, 'ann', `closed ${Date.now()}`);
	}
	assert.equal(service.seen[0].path, '/ann');

	service.gone.add('/ann');
	await write(boss, 'ann', 'gone');
	for (const end = Date.now() + 20000; (await metric('confab_push_gone_total')) < 1; await new Promise((resolve) => setTimeout(resolve, 50))) assert.ok(Date.now() < end);
	await boss.call('POST', '/api/auth/logout', {});
	await subscribe(bob, 'bob');
	assert.equal((await bob.call('DELETE', SUBSCRIPTION, {})).status, 200);
	await subscribe(bob, 'bob-again');
	const before = service.seen.length;
	await write(ann, 'ann', 'nobody hears this');
	await ann.call('POST', at('default', 'x'), { ring: true, data: { members: [{ user_id: 'bob' }] } });
	// what was written to the boss before may still be under way
	const now = () => service.seen.slice(before).filter(({ path: to, body }) => to !== '/boss' || bosses.open(body).text === 'nobody hears this');
	for (const end = Date.now() + 20000; now().length === 0; await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, 'no push');
	assert.deepEqual(now().map((p) => p.path), ['/bob-again']);
});

test('what the service does not take now is tried again, not before it wants it, and in its place only the latest', { timeout: 90000 }, async (t) => {
	const { daemon, people: { ann, boss }, service, subscribe } = await start(t);
	const browser = await subscribe(ann, 'ann');
	service.next = [[503], [429, { 'Retry-After': '2' }]];
	await write(boss, 'ann', 'worth it');
	const seen = await service.until(3);
	assert.ok(seen[1].at - seen[0].at >= 900, `${seen[1].at - seen[0].at} ms after 503`);
	assert.ok(seen[2].at - seen[1].at >= 1900, `${seen[2].at - seen[1].at} ms after Retry-After: 2`);
	assert.deepEqual(seen.map(({ body }) => browser.open(body).text), Array(3).fill('worth it'));
	assert.ok(Number(seen[2].headers.ttl) < Number(seen[0].headers.ttl), 'its time goes on');

	service.next = [[503, { 'Retry-After': '60' }]];
	await write(boss, 'ann', 'old');
	await service.until(4);
	await write(boss, 'ann', 'new');
	assert.equal(browser.open((await service.until(5))[4].body).text, 'new');
	// 400 is nobody's trouble but ours, and a pause beyond the life of a ring is no pause
	service.next = [[400], [503, { 'Retry-After': '600' }]];
	await write(boss, 'ann', 'refused');
	await service.until(6);
	assert.equal((await boss.call('POST', at('default', 'late'), { ring: true, data: { members: [{ user_id: 'ann' }] } })).status, 201);
	await service.until(7);
	const metric = async (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(`${daemon.url}/metrics`)).text())[1]);
	for (const end = Date.now() + 20000; (await metric('confab_push_dropped_total')) < 3; await new Promise((resolve) => setTimeout(resolve, 50))) assert.ok(Date.now() < end, 'not given up');
	assert.equal(await metric('confab_push_waiting'), 0);
	assert.equal(await metric('confab_push_sent_total'), 2);
});

test('how a ring ended goes to the browsers that were told of it', { timeout: 90000 }, async (t) => {
	const { people: { ann, bob, boss }, service, subscribe } = await start(t);
	const browser = await subscribe(bob, 'bob', 'de');
	const ring = async (id) => assert.equal((await ann.call('POST', at('default', id), { ring: true, data: { members: [{ user_id: 'bob' }] } })).status, 201);
	let n = 0;
	const next = async () => {
		const push = (await service.until(++n))[n - 1];
		return { ...push.headers, ...browser.open(push.body) };
	};
	// a group is named, in the ring, in its end and in the card that stays
	const group = (await boss.call('POST', '/api/v1/channels', { type: 'group', name: 'Roofers', members: ['bob'] })).body.channel.id;
	const called = at('default', `chat-${group}`);
	assert.equal((await boss.call('POST', called, { ring: true })).status, 201);
	const begin = await next();
	assert.deepEqual([begin.type, begin.channel_name, begin.user.name], ['call.ring', 'Roofers', 'Boss']);
	assert.equal((await boss.call('POST', `${called}/reject`, {})).status, 200);
	const over = await next();
	assert.deepEqual([over.type, over.channel_name, over.outcome], ['call.ring_ended', 'Roofers', 'missed']);
	const { messages } = (await bob.call('GET', `/api/v1/conversations/${group}/messages`)).body;
	assert.deepEqual(messages.flatMap(({ call }) => call ?? []).map(({ channel_name, outcome }) => [channel_name, outcome]), [['Roofers', 'cancelled']]);

	for (const [id, end, outcome, ttl] of [
		['cancelled', () => ann.call('POST', at('default', 'cancelled', 'reject'), {}), 'missed', '86400'],
		['declined', () => bob.call('POST', at('default', 'declined', 'reject'), {}), 'declined', '45'],
		['answered', () => bob.call('POST', at('default', 'answered', 'accept'), {}), 'answered', '45'],
	]) {
		await ring(id);
		const begin = await next();
		assert.deepEqual([begin.type, begin.cid], ['call.ring', `default:${id}`]);
		assert.equal((await end()).status, 200);
		const over = await next();
		assert.deepEqual([over.type, over.cid, over.outcome, over.user, over.language], ['call.ring_ended', `default:${id}`, outcome, { id: 'ann', name: 'Ann' }, 'de']);
		assert.deepEqual([over.topic, over.ttl, over.urgency], [begin.topic, ttl, 'normal']);
	}
	// who has answered is busy until that call is over; who had a page open was not told of the ring, and is not told of its end
	assert.equal((await ann.call('POST', at('default', 'answered', 'end'), {})).status, 200);
	const page = await bob.events();
	await ring('seen');
	assert.equal((await ann.call('POST', at('default', 'seen', 'reject'), {})).status, 200);
	page.socket.close();
	for (const end = Date.now() + 20000; service.seen.length === n; await new Promise((resolve) => setTimeout(resolve, 50))) {
		assert.ok(Date.now() < end, 'nothing came');
		await ring(`again-${Date.now()}`);
	}
	assert.equal(service.seen[n].path, '/bob');
	assert.match(browser.open(service.seen[n].body).cid, /again-/);
});

test('an operator who wants no notifications', { timeout: 60000 }, async (t) => {
	const { people: { ann }, publicKey } = await start(t, ['--no-push']);
	assert.equal(publicKey, null);
	const { status, body } = await ann.call('POST', SUBSCRIPTION, new Browser('https://push.example/x').subscription);
	assert.deepEqual([status, body.code], [400, 19]);
	assert.match(body.message, /--no-push/);
});

test('the key stays over a restart, in a secret file', { timeout: 60000 }, async (t) => {
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-test-'));
	t.after(() => fs.rmSync(data, { recursive: true }));
	const keys = [];
	for (const id of ['ann', 'bob']) {
		const { daemon, people } = await startWithPeople({ [id]: 'user' }, { data });
		keys.push((await people[id].call('GET', '/api/v1/push')).body.public_key);
		assert.equal(fs.statSync(path.join(data, 'vapid-key.pem')).mode & 0o777, 0o600);
		await daemon.stop();
	}
	assert.match(keys[0], /^[A-Za-z0-9_-]{87}$/);
	assert.equal(keys[1], keys[0]);
});

test('only https push services on public addresses', { timeout: 60000 }, async (t) => {
	const { daemon, people: { ann, boss }, service } = await start(t, []);
	const good = new Browser('https://push.example/x').subscription;
	for (const [change, word] of [
		[{ endpoint: `${service.origin}/x` }, 'endpoint'], [{ endpoint: 'file:///etc/passwd' }, 'endpoint'], [{ endpoint: 'https://user:word@push.example/' }, 'endpoint'],
		[{ endpoint: `https://push.example/${'x'.repeat(1024)}` }, 'endpoint'], [{ endpoint: 7 }, 'endpoint'], [{ keys: { ...good.keys, auth: 'c2hvcnQ' } }, 'keys.auth'],
		[{ keys: { ...good.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } }, 'keys.p256dh'], [{ keys: undefined }, 'keys.p256dh'], [{ language: 'x'.repeat(17) }, 'language'],
	]) {
		const { status, body } = await ann.call('POST', SUBSCRIPTION, { ...good, ...change });
		assert.equal(status, 400, JSON.stringify(change));
		assert.ok(body.message.includes(`\`${word}\``), body.message);
	}
	// a name or an address that leads inside is found when it is connected to
	const inside = new Browser(service.origin.replace('http:', 'https:').replace('127.0.0.1', 'localhost')).subscription;
	assert.equal((await ann.call('POST', SUBSCRIPTION, inside)).status, 200);
	await write(boss, 'ann', 'to nowhere');
	for (const end = Date.now() + 20000; !/^confab_push_failed_total 1$/m.test(await (await fetch(`${daemon.url}/metrics`)).text()); await new Promise((resolve) => setTimeout(resolve, 50))) assert.ok(Date.now() < end, 'the push did not fail');
	assert.equal(service.seen.length, 0);
});
