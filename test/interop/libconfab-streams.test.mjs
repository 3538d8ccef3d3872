// SPDX-License-Identifier: Apache-2.0
// Data streams of libconfab: texts and files, with itself, @livekit/rtc-node and livekit-client in Chromium, both ways. The rules in
// virtual time: test/unit/client/test_streams_in.c, test_streams_out.c.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { payload, sum } from '../lib/participant/pattern.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, enterRoom, withBrowsers } from '../lib/talk.mjs';

const limit = { timeout: 240000 };
const Code = { aborted: 1008, network: 1003 };
let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => {
	endAll();
	return daemon.stop();
});

const enter = (room, identity, options) => enterRoom(daemon.wsUrl, room, identity, options);
const closed = (t, fits = () => true) => t.event('stream closed', fits);

describe('libconfab', { concurrency: 3 }, () => {
	test('C to C: texts and files, some for one alone, and one that is given up', limit, async () => {
		const [a, b, c] = [await enter('c', 'ann', { ownLoop: true }), await enter('c', 'bob'), await enter('c', 'cem', { ownLoop: true })];
		await a.event('joined', (l) => l.identity === 'cem');
		await a.ok('text hello grüezi, "Bob"');
		for (const t of [b, c]) {
			const opened = await t.event('stream opened');
			assert.deepEqual([opened.identity, opened.topic, opened.mime, opened.is_text, opened.attributes, opened.reply_to], ['ann', 'hello', 'text/plain', 1, 1, 'the-first']);
			assert.ok(Math.abs(opened.created_us / 1000 - Date.now()) < 60000);
			assert.deepEqual([(await closed(t)).text, (await closed(t)).whole], ['grüezi, "Bob"', 1]);
		}
		await b.ok('text long *500000');
		const long = await closed(a, (l) => l.topic === 'long');
		assert.deepEqual([long.received, long.whole, long.code], [1000000, 0, 0]);
		for (const sender of [a, b]) {
			await sender.ok('file big 3000000 5 cem');
			const from = sender === a ? 'ann' : 'bob';
			const { file, size, mime } = await c.event('stream opened', (l) => l.topic === 'big' && l.identity === from);
			assert.deepEqual([file, size, mime], ['door.jpg', 3000000, 'image/jpeg']);
			const end = await closed(c, (l) => l.topic === 'big' && l.identity === from);
			assert.deepEqual([end.received, end.sum, end.error], [3000000, sum(payload(3000000, 5)), null]);
		}
		await b.ok('file stopped 20000 1 - changed-my-mind');
		const stopped = await closed(c, (l) => l.topic === 'stopped');
		assert.deepEqual([stopped.code, stopped.error, stopped.received], [Code.aborted, 'changed-my-mind', 20000]);
		assert.equal(a.lines.filter((l) => l.topic === 'big').length, 0, 'what was for another');
		await Promise.all([a.end(), b.end(), c.end()]);
	});

	for (const [name, start] of [...(withBrowsers ? [['Chromium', async () => {
		const page = await servePage();
		return { driver: await chromiumDriver(page.url), close: () => page.close() };
	}]] : []), ['rtc-node', async () => ({ driver: await nodeDriver(), close() {} })]]) {
		test(`C and ${name}: texts and files, both ways`, limit, async (t) => {
			const { driver, close } = await start();
			t.after(async () => {
				await driver.call('ann', 'leave').catch(() => {});
				await driver.close();
				close();
			});
			const room = `with-${driver.kind}`;
			const c = await enter(room, 'device', { ownLoop: driver.kind === 'chromium' });
			await driver.call('ann', 'connect', daemon.wsUrl, await mediaToken(room, 'ann'));
			await c.event('joined', (l) => l.identity === 'ann');

			await c.ok('text text grüezi');
			await c.ok('text text *40000');
			await c.ok('file file 400000 3');
			await c.ok('file file 20000 3 ann changed-my-mind');
			const { streams } = await until(`${driver.kind} has them`, () => driver.call('ann', 'report'), (report) => report.streams.length === 4);
			const [short, long] = streams;
			// whichever its reader was done with first
			const [file, stopped] = [false, true].map((failed) => streams.find((s) => s.name === 'door.jpg' && Boolean(s.error) === failed));
			assert.deepEqual([short.from, short.text, short.topic, short.mimeType, short.attributes.mood], ['device', 'grüezi', 'text', 'text/plain', 'fine']);
			assert.deepEqual([long.length, long.text], [40000, 'ä'.repeat(100)]);
			assert.deepEqual([file?.name, file?.mimeType, file?.length, file?.sum], ['door.jpg', 'image/jpeg', 400000, sum(payload(400000, 3))]);
			assert.match(stopped?.error, /changed-my-mind/, JSON.stringify(streams));

			await driver.call('ann', 'sendText', 'how are you?', ['device']);
			await driver.call('ann', 'sendText', 'ö'.repeat(60000), ['device']);
			const total = await driver.call('ann', 'sendFile', 700000, 9, ['device']);
			assert.deepEqual((await closed(c, (l) => l.text !== null)).text, 'how are you?');
			const texts = await closed(c, (l) => l.topic === 'text' && l.received > 1000);
			assert.deepEqual([texts.received, texts.code, texts.whole], [120000, 0, 0]);
			const opened = await c.event('stream opened', (l) => l.topic === 'file');
			assert.deepEqual([opened.identity, opened.file, opened.size, opened.is_text], ['ann', 'window.jpg', 700000, 0]);
			const end = await closed(c, (l) => l.topic === 'file');
			assert.deepEqual([end.received, end.sum, end.code], [700000, total, 0]);
			await c.end();
		});
	}
});
