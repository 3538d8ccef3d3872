// SPDX-License-Identifier: Apache-2.0
// Webhooks about calls and chat: signed over the raw body, repeated with the same id, in order, and logged.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { apiSecret } from '../lib/confabd.mjs';
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
	const { events, rooms } = (await people.boss.call('GET', '/api/v1/operator/webhooks')).body;
	assert.deepEqual(events.map((e) => [e.type, e.status, e.attempt]).reverse(), [['call.created', 503, 1], ['call.created', 503, 2], ['call.created', 200, 3], ['call.ring', 200, 1], ['message.new', 200, 1]]);
	assert.deepEqual(rooms, []);
	await people.boss.call('POST', '/api/v1/conversations/ann/read', { message_id: message.id });
	for (const end = Date.now() + 15000; types().at(-1) !== 'message.read'; await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, JSON.stringify(types()));
	const read = JSON.parse(seen.at(-1).body);
	assert.deepEqual([read.conversation_id, read.user.id, read.read.last_read_message_id], ['ann', 'boss', message.id]);
	const state = (await people.boss.call('GET', '/api/v1/operator/server')).body;
	assert.ok(state.memory_bytes > 1e6 && state.disk_free_bytes <= state.disk_bytes && Date.parse(state.started_at) <= Date.now(), JSON.stringify(state));
	assert.deepEqual([state.tls, state.certificate_ends_at], [false, null]);
	const { problems } = (await people.boss.call('GET', '/api/v1/operator/problems')).body;
	assert.deepEqual(problems.filter((p) => p.topic === 'hooks').map((p) => [p.level, p.text.includes('status=503')]), [['warn', true]], 'the first failure only');
});
