// SPDX-License-Identifier: Apache-2.0
// Webhooks about calls and chat: signed over the raw body, repeated with the same id, in order; and what the operator sees of
// them and can do.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { apiSecret, startConfabd } from '../lib/confabd.mjs';
import { at, startWithPeople } from '../lib/people.mjs';

test('events arrive in order, signed, and after failures with the same id', { timeout: 60000 }, async (t) => {
	const seen = [];
	const server = http.createServer(async (req, res) => {
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		seen.push({ headers: req.headers, body: Buffer.concat(chunks).toString() });
		res.writeHead(seen.length <= 2 ? 503 : 200).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${server.address().port}/events`;
	const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }, { args: ['--event-webhook', url] });
	t.after(async () => {
		await daemon.stop();
		server.closeAllConnections();
		server.close();
	});
	await people.ann.call('POST', at('default', 'told'), { ring: true, data: { members: [{ user_id: 'bob' }] } });
	const { message } = (await people.ann.call('POST', '/api/v1/conversations/ann/messages', { text: 'héllo', client_id: 'one' })).body;
	const types = () => seen.slice(2).map(({ body }) => JSON.parse(body).type);
	for (const end = Date.now() + 15000; !types().includes('message.new'); await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, JSON.stringify(types()));
	assert.deepEqual(types(), ['call.created', 'call.ring', 'message.new']);
	for (const { headers, body } of seen) {
		assert.equal(headers['x-signature'], crypto.createHmac('sha256', apiSecret).update(body).digest('hex'));
		assert.equal(headers['x-webhook-id'], JSON.parse(body).id);
	}
	assert.deepEqual(seen.slice(0, 3).map(({ headers }) => [headers['x-webhook-id'], headers['x-webhook-attempt']]), [1, 2, 3].map((n) => [seen[0].headers['x-webhook-id'], String(n)]));
	const { webhooks } = (await people.boss.call('GET', '/api/v1/operator/webhooks')).body;
	assert.deepEqual(webhooks.map(({ id, kind, url: shown, failed }) => [id, kind, shown, failed]), [['events-1', 'events', url, 0]]);
	assert.deepEqual(webhooks[0].deliveries.map((d) => [d.type, d.state, d.status, d.attempts]).slice(-3).reverse(), [['call.created', 'delivered', 200, 3], ['call.ring', 'delivered', 200, 1], ['message.new', 'delivered', 200, 1]]);
	await people.boss.call('POST', '/api/v1/conversations/ann/read', { message_id: message.id });
	for (const end = Date.now() + 15000; types().at(-1) !== 'message.read'; await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, JSON.stringify(types()));
	const read = JSON.parse(seen.at(-1).body);
	assert.deepEqual([read.conversation_id, read.user.id, read.read.last_read_message_id], ['ann', 'boss', message.id]);
	const state = (await people.boss.call('GET', '/api/v1/operator/server')).body;
	assert.ok(state.memory_bytes > 1e6 && state.disk_free_bytes <= state.disk_bytes && Date.parse(state.started_at) <= Date.now(), JSON.stringify(state));
	assert.deepEqual([state.tls, state.certificate_ends_at], [false, null]);
	const { problems } = (await people.boss.call('GET', '/api/v1/operator/problems')).body;
	assert.deepEqual(problems.filter((p) => p.topic === 'hooks').map((p) => [p.level, /not delivered, trying again .*status=(503|0) /.test(p.text)]), [['warn', true]], 'the first failure only'); // 0: it took too long
});

/** A receiver whose answer can be changed: {url(path), seen, answer}. */
async function receiver(t) {
	const it = { seen: [], answer: 200 };
	const server = http.createServer(async (req, res) => {
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		it.seen.push({ headers: req.headers, body: Buffer.concat(chunks).toString() });
		res.writeHead(it.answer).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	it.port = server.address().port;
	it.close = () => {
		server.closeAllConnections();
		server.close();
	};
	t.after(() => it.close());
	return it;
}

test('the operator sees what waits and what was given up, sends it again, and tests; nothing secret is shown', { timeout: 60000 }, async (t) => {
	const there = await receiver(t);
	const home = `127.0.0.1:${there.port}`;
	const url = `http://me:hush@${home}/hooks/${'hush'.repeat(10)}/in?token=hush`;
	const { daemon, people: { ann, boss } } = await startWithPeople({ ann: 'user', boss: 'admin' }, { args: ['--event-webhook', url, '--webhook', `http://${home}/rooms`] });
	t.after(() => daemon.stop());
	const look = async () => {
		const answer = await boss.call('GET', '/api/v1/operator/webhooks');
		assert.ok(!answer.text.includes('hush'), answer.text);
		return answer.body.webhooks;
	};
	const seen = async (what, check) => {
		for (const end = Date.now() + 20000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
			const [events] = await look();
			const found = events.deliveries.find(check);
			if (found) return { ...found, webhook: events };
			assert.ok(Date.now() < end, `${what}: ${JSON.stringify(events)}`);
		}
	};
	const again = (id) => boss.call('POST', `/api/v1/operator/webhooks/events-1/deliveries/${id}/again`, {});
	const say = (text) => ann.call('POST', '/api/v1/conversations/ann/messages', { text, client_id: text });

	const [events, rooms] = await look();
	assert.deepEqual([events.url, events.deliveries, rooms.id, rooms.kind, rooms.url], [`http://${home}/hooks/.../in?...`, [], 'rooms-1', 'rooms', `http://${home}/rooms`]);

	// it waits for the receiver, and goes at once when it is told to
	there.answer = 503;
	await say('one');
	const waits = await seen('one waits for its third attempt', (d) => d.state === 'waiting' && d.attempts >= 2);
	assert.deepEqual([waits.type, waits.status, waits.error, waits.webhook.waiting], ['message.new', 503, undefined, 1]);
	assert.ok(Date.parse(waits.next_attempt_at) > Date.parse(waits.attempted_at) && waits.duration_ms >= 0, JSON.stringify(waits));
	there.answer = 200;
	assert.equal((await again(waits.id)).status, 202);
	const came = await seen('one arrived', (d) => d.id === waits.id && d.state === 'delivered');
	assert.deepEqual([came.status, came.next_attempt_at, came.webhook.waiting, came.webhook.delivered], [200, null, 0, 1]);

	// it is given up at once when the receiver does not want it, and sent again as it was
	there.answer = 400;
	await say('two');
	const failed = await seen('two is given up', (d) => d.state === 'failed');
	assert.deepEqual([failed.attempts, failed.status, failed.webhook.failed], [1, 400, 1]);
	assert.deepEqual((await again(failed.id)).body.delivery.id, failed.id);
	await seen('two is given up once more', (d) => d.state === 'failed' && d.attempts === 2);
	there.answer = 200;
	await again(failed.id);
	const { webhook } = await seen('two arrived', (d) => d.id === failed.id && d.state === 'delivered');
	assert.deepEqual([webhook.delivered, webhook.failed], [2, 1], 'lost is counted once');
	const twos = there.seen.filter(({ headers }) => headers['x-webhook-id'] === failed.id);
	assert.deepEqual(twos.map(({ headers }) => headers['x-webhook-attempt']), ['1', '2', '3']);
	assert.equal(new Set(twos.map(({ body }) => body)).size, 1, 'the same to the letter');
	await say('three');
	await seen('three arrived', (d) => d.type === 'message.new' && d.id !== failed.id && d.id !== waits.id && d.state === 'delivered');
	assert.equal(JSON.parse(there.seen.at(-1).body).dropped, 1, 'the next one tells of the one that was lost');

	// a test event, to this one only
	const { body: { delivery } } = await boss.call('POST', '/api/v1/operator/webhooks/events-1/test', {});
	await seen('the test arrived', (d) => d.id === delivery.id && d.state === 'delivered');
	const { headers, body } = there.seen.at(-1);
	assert.equal(headers['x-signature'], crypto.createHmac('sha256', apiSecret).update(body).digest('hex'));
	assert.deepEqual([JSON.parse(body).type, JSON.parse(body).user.id], ['webhook.test', 'boss']);
	await boss.call('POST', '/api/v1/operator/webhooks/rooms-1/test', {});
	for (const end = Date.now() + 20000; (await look())[1].deliveries[0].state !== 'delivered'; ) assert.ok(Date.now() < end);
	assert.equal(JSON.parse(there.seen.at(-1).body).event, 'webhook_test');

	// nobody there
	there.close();
	await boss.call('POST', '/api/v1/operator/webhooks/events-1/test', {});
	const lost = await seen('the test waits', (d) => d.state === 'waiting');
	assert.equal(lost.status, null);
	assert.match(lost.error, /connect/i);

	for (const [path, status] of [['events-2/test', 404], ['rooms-0/test', 404], ['events/test', 404], ['events-1/deliveries/EV_x/again', 404]]) {
		assert.equal((await boss.call('POST', `/api/v1/operator/webhooks/${path}`, {})).status, status, path);
	}
	for (const bad of ['0', '201', 'x']) assert.equal((await boss.call('GET', `/api/v1/operator/webhooks?limit=${bad}`)).status, 400, bad);
	assert.ok(!daemon.log().includes('hush'), 'nor in the log');
});

test('what waits when the daemon is restarted goes on afterwards, in order, under its ids', { timeout: 60000 }, async (t) => {
	const there = await receiver(t);
	const args = ['--event-webhook', `http://127.0.0.1:${there.port}/in`];
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-hooks-'));
	t.after(() => fs.rmSync(data, { recursive: true, force: true }));
	const { daemon, people: { ann } } = await startWithPeople({ ann: 'user' }, { args, data });
	there.answer = 503;
	for (const text of ['one', 'two', 'three']) await ann.call('POST', '/api/v1/conversations/ann/messages', { text, client_id: text });
	for (const end = Date.now() + 20000; there.seen.length === 0; await new Promise((resolve) => setTimeout(resolve, 10))) assert.ok(Date.now() < end);
	await daemon.stop();
	const file = `${data}/webhooks-events.json`;
	assert.equal(fs.statSync(file).mode & 0o777, 0o600);
	const [first] = there.seen;
	there.seen.length = 0;
	there.answer = 200;
	const second = await startConfabd({ data, args });
	for (const end = Date.now() + 20000; there.seen.length < 3; await new Promise((resolve) => setTimeout(resolve, 10))) assert.ok(Date.now() < end, JSON.stringify(there.seen));
	assert.deepEqual(there.seen.map(({ body }) => JSON.parse(body).message.text), ['one', 'two', 'three']);
	assert.equal(there.seen[0].headers['x-webhook-id'], first.headers['x-webhook-id']);
	assert.equal(there.seen[0].body, first.body);
	assert.ok(Number(there.seen[0].headers['x-webhook-attempt']) > 1 && there.seen[1].headers['x-webhook-attempt'] === '1');
	assert.ok(!fs.existsSync(file), 'they are sent once');
	await second.stop();
	fs.writeFileSync(file, JSON.stringify([{ url: 'http://127.0.0.1/gone?key=hush', lost: 0, deliveries: [{}, {}] }]), { mode: 0o600 });
	const third = await startConfabd({ data, args });
	t.after(() => third.stop());
	assert.match(third.log(), /no webhook any more, what waited for it is dropped url=http:\/\/127\.0\.0\.1\/gone\?\.\.\. events=2/);
});

test('a reported message, by a person and by the word list, and what the team made of it', { timeout: 60000 }, async (t) => {
	const there = await receiver(t);
	const { daemon, people } = await startWithPeople({ ann: 'user', boss: 'admin', max: 'admin' }, { args: ['--event-webhook', `http://127.0.0.1:${there.port}/events`] });
	t.after(() => daemon.stop());
	const told = async (type, n = 1) => {
		const found = () => there.seen.map(({ body }) => JSON.parse(body)).filter((event) => event.type === type);
		for (const end = Date.now() + 15000; found().length < n; await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, `${type}: ${JSON.stringify(there.seen.map(({ body }) => JSON.parse(body).type))}`);
		return found()[n - 1];
	};
	const ask = async (status, client, ...request) => {
		const answer = await client.call(...request);
		assert.equal(answer.status, status, JSON.stringify(answer.body));
		return answer.body;
	};
	const path = '/api/v1/conversations/ann/messages';
	const { message } = await ask(201, people.boss, 'POST', path, { text: 'What do you want?', client_id: 'one' });
	await ask(201, people.ann, 'POST', `${path}/${message.id}/report`, { reason: 'rude' });
	const first = await told('message.reported');
	assert.deepEqual([first.conversation_id, first.message.text, first.user.id, first.reason, first.word, first.cursor], ['ann', 'What do you want?', 'ann', 'rude', undefined, undefined]);
	await ask(200, people.ann, 'POST', `${path}/${message.id}/report`, {}); // which is there already, and not told again
	await ask(200, people.max, 'POST', `/api/v1/reports/${message.id}/close`, {});
	const fine = await told('message.report_closed');
	assert.deepEqual([fine.message.id, fine.user.id, fine.deleted], [message.id, 'max', false]);

	await ask(200, people.boss, 'PUT', '/api/v1/words', { refuse: [], report: ['dratted'] });
	const { message: listed } = await ask(201, people.ann, 'POST', path, { text: 'the dratted teapot', client_id: 'two' });
	const second = await told('message.reported', 2);
	assert.deepEqual([second.message.id, second.word, second.user, second.reason], [listed.id, 'dratted', undefined, '']);
	await ask(200, people.max, 'POST', `/api/v1/reports/${listed.id}/close`, { delete_message: true });
	assert.equal((await told('message.report_closed', 2)).deleted, true);
	await told('message.deleted');
	const { webhooks } = await ask(200, people.boss, 'GET', '/api/v1/operator/webhooks');
	for (const type of ['message.reported', 'message.report_closed']) assert.equal(webhooks[0].deliveries.filter((d) => d.type === type && d.state === 'delivered').length, 2, type);
});
