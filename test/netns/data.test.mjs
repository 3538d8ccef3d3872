// SPDX-License-Identifier: Apache-2.0
// Files to somebody behind a slow link: they arrive whole, and who sends them waits. Real clients: @livekit/rtc-node and libconfab,
// each way, from a fast link to one of 3 Mbit/s. In virtual time, with those who take nothing: test/sim/test_data.c.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { nodeDriver } from '../lib/participant/drivers.mjs';
import { payload, sum } from '../lib/participant/pattern.mjs';
import { Rig } from '../lib/rig.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, enterRoom } from '../lib/talk.mjs';

const LENGTH = 3_500_000; // more than the two connections keep
const least = ((LENGTH * 8) / 3_000_000) * 1000 * 0.8; // ms
let rig, daemon;

before(async () => {
	rig = await Rig.open({ clients: ['a', 'b'] });
	daemon = await rig.confabd();
	await rig.a.link.both({ delay: 5 });
	await rig.b.link.both({ delay: 20, rate: 3000, queue: 60_000 });
});
after(() => {
	endAll();
	return rig?.close();
});

async function enterNode(t, netns, room, identity) {
	const driver = await nodeDriver({ netns });
	t.after(() => driver.close());
	await driver.call(identity, 'connect', daemon.wsUrl, await mediaToken(room, identity));
	return driver;
}

test('from rtc-node to libconfab', { timeout: 120_000 }, async (t) => {
	const slow = await enterRoom(daemon.wsUrl, 'one', 'slow', { netns: rig.b.name });
	const fast = await enterRoom(daemon.wsUrl, 'one', 'fast', { netns: rig.a.name });
	const ann = await enterNode(t, rig.a.name, 'one', 'ann');
	await slow.event('joined', (l) => l.identity === 'ann');
	const start = Date.now();
	const sent = await ann.call('ann', 'sendFile', LENGTH, 4);
	for (const one of [slow, fast]) {
		const end = await one.event('stream closed', (l) => l.topic === 'file', 0, 60_000);
		assert.deepEqual([end.received, end.sum, end.error], [LENGTH, sent, null]);
	}
	assert.ok(Date.now() - start > least, `${Date.now() - start} ms`); // else the link was not slow
	await Promise.all([slow.end(), fast.end()]);
});

test('from libconfab to rtc-node', { timeout: 120_000 }, async (t) => {
	const slow = await enterNode(t, rig.b.name, 'two', 'slow');
	const ann = await enterRoom(daemon.wsUrl, 'two', 'ann', { netns: rig.a.name });
	const start = Date.now();
	await ann.ok(`file file ${LENGTH} 6`, 60_000);
	const { streams } = await until('it has the file', () => slow.call('slow', 'report'), (report) => report.streams.length === 1, 60_000);
	assert.deepEqual([streams[0].length, streams[0].sum, streams[0].error], [LENGTH, sum(payload(LENGTH, 6)), undefined]);
	assert.ok(Date.now() - start > least, `${Date.now() - start} ms`);
	await ann.end();
});
