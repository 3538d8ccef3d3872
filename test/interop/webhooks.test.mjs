// SPDX-License-Identifier: Apache-2.0
// Webhooks, received and checked by livekit-server-sdk's WebhookReceiver: order, signature, failing and coming back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { RoomServiceClient, WebhookReceiver } from 'livekit-server-sdk';
import { apiKey, apiSecret, startConfabd } from '../lib/confabd.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';
import { until } from '../lib/until.mjs';

const limit = { timeout: 240000 };

/** A receiver on loopback; `answer(n)` says what the n-th request gets: a status, or nothing for 200. */
async function receive(t, answer = () => 200) {
	const receiver = new WebhookReceiver(apiKey, apiSecret);
	const seen = { events: [], requests: [], waiting: [] };
	const server = http.createServer(async (req, res) => {
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		const body = Buffer.concat(chunks).toString();
		const status = answer(seen.requests.length, body);
		seen.requests.push({ path: req.url, method: req.method, headers: req.headers, body, at: Date.now() });
		if (status === 'hang') return;
		if (status === 200) {
			assert.equal(req.headers['content-type'], 'application/webhook+json');
			seen.events.push(await receiver.receive(body, req.headers.authorization));
		}
		res.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('x');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	seen.url = `http://127.0.0.1:${server.address().port}/hook`;
	seen.until = async (check, ms = 15000) => {
		for (const end = Date.now() + ms; !check(); ) {
			assert.ok(Date.now() < end, `not in time; got ${seen.events.map((e) => e.event)} in ${seen.requests.length} requests`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	};
	return seen;
}

async function start(t, ...hooks) {
	const daemon = await startConfabd({ args: hooks.flatMap((hook) => ['--webhook', hook.url]) });
	t.after(() => daemon.stop());
	daemon.rooms = new RoomServiceClient(daemon.url, apiKey, apiSecret);
	return daemon;
}

test('a call, told in order to every URL', limit, async (t) => {
	const [one, two] = [await receive(t), await receive(t)];
	const daemon = await start(t, one, two);
	const peer = await RtcPeer.start('ann');
	t.after(() => peer.close());
	const began = Date.now() / 1000;
	await daemon.rooms.createRoom({ name: 'hall', departureTimeout: 1, metadata: 'blue' });
	const made = Date.now() / 1000;
	await peer.call('connect', daemon.wsUrl, await mediaToken('hall', 'ann'));
	const { sid } = await peer.call('publishVideo', 'camera');
	await one.until(() => one.events.some((e) => e.event === 'track_published'));
	await peer.call('unpublish', 'camera');
	await peer.call('publishAudio', 'microphone');
	await one.until(() => one.events.filter((e) => e.event === 'track_published').length === 2);
	await peer.call('leave');
	for (const hook of [one, two]) {
		await hook.until(() => hook.events.some((e) => e.event === 'room_finished'));
		assert.deepEqual(
			hook.events.map((e) => e.event),
			['room_started', 'participant_joined', 'track_published', 'track_unpublished', 'track_published', 'track_unpublished', 'participant_left', 'room_finished'],
		);
	}
	const [started, joined, published] = one.events;
	assert.deepEqual([started.room.name, started.room.metadata], ['hall', 'blue']);
	assert.match(started.room.sid, /^RM_/);
	assert.equal(started.participant, undefined);
	assert.equal(joined.participant.identity, 'ann');
	assert.deepEqual([published.track.sid, published.track.mimeType, published.participant.identity], [sid, 'video/VP8', 'ann']);
	const left = one.events.find((e) => e.event === 'participant_left');
	assert.equal(left.participant.disconnectReason, 1);
	assert.equal(new Set(one.events.map((e) => e.id)).size, one.events.length, 'ids are unique');
	assert.deepEqual(one.events.map((e) => e.id), two.events.map((e) => e.id));
	assert.ok(Number(started.createdAt) > began - 1 && Number(started.createdAt) <= made, `${started.createdAt}, not from ${began} to ${made}`);
	assert.doesNotMatch(one.requests[0].headers.authorization, /Bearer/);
});

test('a receiver that fails is tried again with growing pauses, nothing is lost or swapped', limit, async (t) => {
	const failures = ['hang', 500, 503, 429]; // a request that hangs is cut off after five seconds
	const hook = await receive(t, (n) => failures[n] ?? 200);
	const healthy = await receive(t);
	const daemon = await start(t, hook, healthy);
	for (const name of ['a', 'b', 'c']) await daemon.rooms.createRoom({ name });
	await healthy.until(() => healthy.events.length === 3);
	assert.equal(hook.events.length, 0, 'one URL does not wait for the other'); // which takes twelve seconds to have its first
	await hook.until(() => hook.events.length === 3, 60000);
	assert.deepEqual(hook.events.map((e) => e.room.name), ['a', 'b', 'c']);
	assert.equal(new Set(hook.requests.slice(0, 5).map((r) => JSON.parse(r.body).id)).size, 1, 'the same event each time');
	const pauses = [1, 2, 3].map((i) => hook.requests[i + 1].at - hook.requests[i].at);
	assert.ok(pauses[0] >= 900 && pauses[1] >= 1900 && pauses[2] >= 3900, `pauses grow: ${pauses}`);
	// the last one is delivered when its answer has come back
	const metrics = async () => (await fetch(`${daemon.url}/metrics`)).text();
	assert.match(await until('six are delivered', metrics, (text) => /^confab_webhooks_delivered_total 6$/m.test(text)), /^confab_webhooks_failed_total 4$/m);
});

test('a refusal is final, a redirect is not followed, and the next event says how many were lost', limit, async (t) => {
	const hook = await receive(t, (n) => [400, 302][n] ?? 200);
	const daemon = await start(t, hook);
	for (const name of ['a', 'b', 'c']) await daemon.rooms.createRoom({ name });
	await hook.until(() => hook.events.length === 1);
	await daemon.rooms.createRoom({ name: 'd' });
	await hook.until(() => hook.events.length === 2);
	assert.deepEqual(hook.events.map((e) => e.room.name), ['c', 'd']);
	assert.equal(hook.events[0].numDropped + hook.events[1].numDropped, 2, 'each loss is told once');
	assert.ok(hook.requests.every((r) => r.path === '/hook' && r.method === 'POST'));
});

test('one whose media never came up is an aborted connection', limit, async (t) => {
	const hook = await receive(t);
	const daemon = await start(t, hook);
	const { WebSocket } = await import('ws');
	const socket = new WebSocket(`${daemon.wsUrl}/rtc?access_token=${await mediaToken('r', 'ann')}`);
	await once(socket, 'message');
	socket.terminate();
	await hook.until(() => hook.events.length === 2, 45000); // until then the session could be resumed
	assert.deepEqual(hook.events.map((e) => e.event), ['room_started', 'participant_connection_aborted']);
});

test('a bad URL stops the start with its name', async () => {
	for (const url of ['ftp://example.org/x', 'nonsense', 'http://', 'http://a b/'])
		await assert.rejects(startConfabd({ args: ['--webhook', url] }), (e) => e.message.includes('webhook') && e.message.includes(url));
});
