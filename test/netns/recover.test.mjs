// SPDX-License-Identifier: Apache-2.0
// A real call whose network goes away and comes back, forgets its address or gets another one (R70, R72).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { enter, pause, received, untilMedia } from '../lib/rig-call.mjs';
import { Rig } from '../lib/rig.mjs';

const long = Boolean(process.env.CONFAB_LONG);
const limit = { timeout: long ? 1200000 : 90000 };
const delay = { delay: 20 };
let rig, ann, bob;

before(async () => {
	rig = await Rig.open({ clients: ['a', 'b'], nat: true, seed: 3 });
	const daemon = await rig.confabd();
	await Promise.all([rig.a.link.both(delay), rig.b.link.both(delay)]);
	[ann, bob] = await Promise.all([rig.a.chromium(), rig.b.chromium()]);
	[ann, bob] = [await enter(ann, daemon, 'ann', { media: true }), await enter(bob, daemon, 'bob')];
	await until('media', () => received(bob), (now) => now.frames > 30 && now.samples > 0);
});
after(() => rig?.close());

const seen = (tab) => tab.page.evaluate(() => window.seen.filter((e) => !e.startsWith('track')));

/** The longest time without a decoded frame while `act` happens and until `ms` after it, in ms. */
async function gap(tab, act, ms = 10000) {
	const watch = tab.page.evaluate((ms) => new Promise((resolve) => {
		const video = document.querySelector('video');
		const start = performance.now();
		let last = start, longest = 0;
		const frame = () => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
			if (last - start < ms) video.requestVideoFrameCallback(frame);
		};
		video.requestVideoFrameCallback(frame);
		setTimeout(() => resolve(Math.max(longest, performance.now() - last)), ms + 500);
	}), ms);
	await pause(1000);
	await act();
	return watch;
}

async function blackout(link, seconds) {
	await link.both({ down: true });
	await pause(seconds * 1000);
	await link.both(delay);
	return untilMedia(bob);
}

for (const who of ['b', 'a'])
	for (const seconds of long ? [5, 15] : [5])
		test(`a blackout of ${seconds} s at the ${who === 'a' ? 'publisher' : 'subscriber'} ends within 3 s`, limit, async (t) => {
			const ms = await blackout(rig[who].link, seconds);
			t.diagnostic(`pictures and sound ${ms.toFixed(0)} ms after its end; ${await seen(ann)} ${await seen(bob)}`);
			assert.ok(ms <= 3000, `${ms.toFixed(0)} ms`);
			await pause(2000);
		});

for (const who of ['b', 'a'])
	test(`a NAT forgets the ${who === 'a' ? 'publisher' : 'subscriber'}: the server follows its next check`, limit, async (t) => {
		const longest = await gap(bob, () => rig[who].rebind(), 8000);
		t.diagnostic(`longest gap ${longest.toFixed(0)} ms; ${await seen(ann)} ${await seen(bob)}`);
		assert.ok(longest <= 3000, `${longest.toFixed(0)} ms`);
	});
