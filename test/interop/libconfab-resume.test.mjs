// SPDX-License-Identifier: Apache-2.0
// libconfab when its signalling is cut: by a proxy in between, for a moment, for longer, and for good.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startConfabd } from '../lib/confabd.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { endAll, enterRoom, State } from '../lib/talk.mjs';
import { pause, until } from '../lib/until.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => {
	endAll();
	return daemon.stop();
});

/** Waits until it has heard more frames than it had. */
const hearsMore = (t, had) => until(`a frame after ${had}`, async () => (await t.do('frames')).code, (n) => n > had, 30000, 20);

for (const ownLoop of [false, true]) {
	test(`signalling is cut: resumed, the same participant and tracks, nobody sees it${ownLoop ? '; on the caller’s loop' : ''}`, async (t) => {
		const proxy = await startProxy(t, daemon);
		const room = `cut-${ownLoop}`;
		const a = await enterRoom(proxy.url, room, 'anna', { ownLoop });
		const b = await enterRoom(daemon.wsUrl, room, 'berta');
		for (const one of [a, b]) await one.ok('publish');
		for (const one of [a, b]) await one.ok('sound 5'); // offered to the other, who hears what comes after it took it
		await b.event('subscribed', (l) => l.identity === 'anna');
		await a.event('subscribed', (l) => l.identity === 'berta');
		const { code: before } = await b.do('frames');
		const sound = Promise.all([a.do('sound 150', 60000), b.do('sound 150', 60000)]);
		const [fromA, fromB] = [a.lines.length, b.lines.length];
		proxy.cut(); // a short loss
		await sound;
		await a.ok('mute 1'); // signalling works again
		await b.event('muted', (l) => l.identity === 'anna' && l.muted === 1);
		await a.ok('mute 0');
		const heard = (await b.do('frames')).code - before;
		assert.ok(heard > 130, `${heard} of 150 packets: media does not need signalling`);
		assert.deepEqual(a.states, [State.joining, State.joined]); // too short to be told

		proxy.closed = true; // a long one: longer than it goes unnoticed
		proxy.cut();
		await a.state(State.reconnecting);
		await a.ok('data 5 1 meanwhile'); // the media connection carries it
		await b.event('data', (l) => l.topic === 'meanwhile');
		proxy.closed = false;
		await a.state(State.joined, a.lines.findIndex((l) => l.state === State.reconnecting));
		assert.deepEqual(a.states, [State.joining, State.joined, State.reconnecting, State.joined]);
		const had = [(await a.do('frames')).code, (await b.do('frames')).code];
		await Promise.all([a.ok('sound 50'), b.ok('sound 50')]);
		await hearsMore(a, had[0]);
		await hearsMore(b, had[1]);
		await a.ok('unpublish');
		await b.event('unsubscribed');
		for (const lines of [a.lines.slice(fromA), b.lines.slice(fromB)]) {
			assert.deepEqual(lines.filter((l) => ['joined', 'left', 'subscribed'].includes(l.event)), [], 'nobody came, went or was subscribed to again');
		}
		await Promise.all([a.end(), b.end()]);
	});
}

test('a track that is published while the signalling is cut is there when it is back', async (t) => {
	const proxy = await startProxy(t, daemon);
	const a = await enterRoom(proxy.url, 'meanwhile', 'anna');
	const b = await enterRoom(daemon.wsUrl, 'meanwhile', 'berta');
	await a.ok('publish'); // so that there is a connection that offers
	proxy.closed = true;
	proxy.cut();
	await pause(500); // less than it takes to be told
	const published = a.do('publish');
	await pause(500);
	proxy.closed = false;
	const began = Date.now();
	assert.equal((await published).code, 0);
	assert.ok(Date.now() - began < 14000, 'the first resume did it, not the server that missed the media'); // after 15 s
	await a.ok('sound 10');
	await b.event('subscribed', (l) => l.identity === 'anna');
	await Promise.all([a.end(), b.end()]);
});

test('who was put out while the signalling was cut stays out', async (t) => {
	const proxy = await startProxy(t, daemon);
	const a = await enterRoom(proxy.url, 'put-out', 'anna');
	const b = await enterRoom(daemon.wsUrl, 'put-out', 'berta');
	proxy.closed = true;
	proxy.cut();
	const again = await enterRoom(daemon.wsUrl, 'put-out', 'anna'); // takes the other's place
	proxy.closed = false;
	await a.state(State.left);
	await Promise.all([a.end(), b.end(), again.end()]);
});

test('a session that cannot be resumed in time: the call gives up when it was told to', async (t) => {
	const proxy = await startProxy(t, daemon);
	const a = await enterRoom(proxy.url, 'give-up', 'anna', { reconnectSeconds: 4 });
	proxy.closed = true;
	proxy.cut();
	await a.state(State.reconnectingFailed);
	assert.deepEqual(a.states, [State.joining, State.joined, State.reconnecting, State.reconnectingFailed]);
	await a.end();
});
