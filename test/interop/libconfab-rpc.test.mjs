// SPDX-License-Identifier: Apache-2.0
// Remote procedure calls of libconfab, with itself, @livekit/rtc-node and livekit-client in Chromium, in both directions. The rules and
// the timers, in virtual time: test/unit/client/test_rpc.c.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, enterRoom, withBrowsers } from '../lib/talk.mjs';

const limit = { timeout: 240000 };
const Rpc = { unsupportedMethod: 1400, recipientNotFound: 1401, requestTooLarge: 1402, recipientDisconnected: 1503, responseTooLarge: 1504 };
let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => {
	endAll();
	return daemon.stop();
});

const enter = (room, identity, options) => enterRoom(daemon.wsUrl, room, identity, options);

/** Asks, and has the answer along: {code, message, text, length}. */
async function ask(t, line) {
	const from = t.lines.length;
	const end = await t.do(`rpc ${line}`);
	const { text, answer } = t.lines.slice(from).find((l) => 'answer' in l);
	return { ...end, text, length: answer };
}

// each has a room of its own, and waits most of its time
describe('libconfab', { concurrency: 6 }, () => {
	test('C asks C: answers, errors and their codes', limit, async () => {
		const [a, b] = [await enter('c', 'ann'), await enter('c', 'bob', { ownLoop: true })];
		for (const method of ['echo', 'fail', 'big', 'later']) await b.ok(`serve ${method}`);
		await a.event('joined', (l) => l.identity === 'bob');
		const good = await ask(a, 'bob echo how are you, "Bob"?');
		assert.deepEqual([good.code, good.text], [0, 'how are you, "Bob"?']);
		const asked = await b.event('rpc');
		assert.deepEqual([asked.identity, asked.method, asked.timeout], ['ann', 'echo', 15000]);
		const full = await ask(a, 'bob echo *15360');
		assert.deepEqual([full.code, full.length], [0, 15360]);
		assert.equal((await ask(a, 'bob echo *15361')).code, Rpc.requestTooLarge);
		const bad = await ask(a, 'bob fail the reason');
		assert.deepEqual([bad.code, bad.message, bad.text], [42, 'It does not work', 'the reason']);
		assert.deepEqual((await ask(a, 'bob big x')).code, Rpc.responseTooLarge);
		const unknown = await ask(a, 'bob nothing x');
		assert.deepEqual([unknown.code, unknown.message], [Rpc.unsupportedMethod, 'Method not supported at destination']);
		assert.equal((await ask(a, 'nobody echo x')).code, Rpc.recipientNotFound);
		await b.ok('unserve echo');
		assert.equal((await ask(a, 'bob echo x')).code, Rpc.unsupportedMethod);

		const from = a.lines.length;
		a.say('rpc bob later x'); // answered when it likes
		await b.event('rpc', (l) => l.method === 'later');
		await b.ok('answer now');
		await a.until((l) => l.text === 'now', 'the answer', from);
		a.say('rpc bob later x'); // who was asked goes
		await b.event('rpc', (l) => l.method === 'later', b.lines.findLastIndex((l) => l.event === 'rpc') + 1);
		const left = a.lines.length;
		await b.ok('leave');
		await b.ok('answer late'); // to nobody
		assert.equal((await a.until((l) => l.done === 'rpc', 'the end', left)).code, Rpc.recipientDisconnected);
		await Promise.all([a.end(), b.end()]);
	});

	for (const [name, start] of [...(withBrowsers ? [['Chromium', async () => {
		const page = await servePage();
		return { driver: await chromiumDriver(page.url), close: () => page.close() };
	}]] : []), ['rtc-node', async () => ({ driver: await nodeDriver(), close() {} })]]) {
		test(`C and ${name} ask each other`, limit, async (t) => {
			const { driver, close } = await start();
			t.after(async () => {
				await driver.call('ann', 'leave').catch(() => {});
				await driver.close();
				close();
			});
			const room = `with-${driver.kind}`;
			const c = await enter(room, 'device');
			for (const method of ['echo', 'fail', 'big']) await c.ok(`serve ${method}`);
			await driver.call('ann', 'connect', daemon.wsUrl, await mediaToken(room, 'ann'));
			await c.event('joined', (l) => l.identity === 'ann');

			const answer = await ask(c, 'ann echo grüezi');
			assert.deepEqual([answer.code, answer.text], [0, 'ann heard device: grüezi']);
			assert.equal((await ask(c, 'ann echo *15000')).length, 15000 + 'ann heard device: '.length);
			assert.equal((await ask(c, 'ann nothing x')).code, Rpc.unsupportedMethod);

			assert.equal(await driver.call('ann', 'rpc', 'device', 'hello'), 'hello');
			assert.equal((await c.event('rpc')).identity, 'ann');
			assert.equal(await driver.call('ann', 'rpc', 'device', 'x'.repeat(15360)), 'x'.repeat(15360));
			await assert.rejects(driver.call('ann', 'rpc', 'device', 'why', 'fail'), /It does not work/);
			await assert.rejects(driver.call('ann', 'rpc', 'device', 'x', 'big'), /too large/i);
			await assert.rejects(driver.call('ann', 'rpc', 'device', 'x', 'other'), /not supported/i);
			await c.end();
		});
	}
});
