// SPDX-License-Identifier: Apache-2.0
// One receiver on a link of 100 kbit/s that loses 30 % harms nobody: the others' pictures are as they were without (R73).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { encoded, enter, line, measure, pause, received } from '../lib/rig-call.mjs';
import { Rig } from '../lib/rig.mjs';

const SECONDS = process.env.CONFAB_LONG ? 30 : 8;
const limit = { timeout: (2 * SECONDS + 90) * 1000 };
const delay = { delay: 20 };
let rig, ann, bob, eve;

before(async () => {
	rig = await Rig.open({ clients: ['a', 'b', 'c'] });
	const daemon = await rig.confabd();
	await Promise.all(['a', 'b', 'c'].map((label) => rig[label].link.both(delay)));
	const browsers = await Promise.all([rig.a.chromium(), rig.b.chromium(), rig.c.chromium()]);
	ann = await enter(browsers[0], daemon, 'ann', { media: true });
	[bob, eve] = await Promise.all([enter(browsers[1], daemon, 'bob'), enter(browsers[2], daemon, 'eve')]);
	for (const tab of [bob, eve]) await until('media', () => received(tab), (now) => now.frames > 30 && now.samples > 0, 30000);
	await pause(2000);
});
after(() => rig?.close());

/** What the good receiver got, and the key frames that the publisher made for anybody. */
async function look() {
	const start = await encoded(ann);
	const m = await measure(ann, bob, SECONDS);
	return { ...m, made: (await encoded(ann)).keys - start.keys };
}

test('one bad receiver among others', limit, async (t) => {
	const control = await look();
	await rig.c.link.set({ up: { ...delay, loss: 30 }, down: { ...delay, loss: 30, rate: 100, queue: 12500 } });
	await pause(2000);
	const before = await received(eve);
	const m = await look();
	const bad = await received(eve);
	t.diagnostic(line('without', control));
	t.diagnostic(line('with', m));
	t.diagnostic(`key frames made ${control.made} and ${m.made}; the bad one: ${bad.frames - before.frames} frames, ${bad.plis - before.plis} PLI`);
	assert.ok(m.fps >= 0.85 * Math.min(m.madeFps, control.fps), `${m.fps.toFixed(1)} fps`);
	assert.ok(m.frozen <= control.frozen + 0.1 * SECONDS, `frozen for ${m.frozen.toFixed(1)} s`);
	assert.ok(m.concealed <= control.concealed + 0.02, `${m.concealed}`);
	assert.ok(m.made <= control.made + SECONDS, `${m.made} key frames`); // R50 would allow two a second
});
