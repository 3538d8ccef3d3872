// SPDX-License-Identifier: Apache-2.0
// R65: the server is killed in the middle of a call of four, and started again: all of them are back in the same call by themselves,
// with their tracks, their sound and what was muted. CONFAB_LONG=1: fifty times.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { addPerson } from '../lib/people.mjs';
import { endAll, Talk } from '../lib/talk.mjs';
import { until } from '../lib/until.mjs';

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-restart-'));
after(() => {
	endAll();
	fs.rmSync(data, { recursive: true, force: true });
});

const IDS = ['ann', 'bob', 'cem', 'dora'];
const rounds = process.env.CONFAB_LONG ? 50 : 3;

test(`kill -9 in a call of four, ${rounds} times: first sound`, { timeout: 1200_000 }, async () => {
	let daemon = await startConfabd({ data });
	const { port } = daemon;
	const talks = [];
	for (const id of IDS) {
		await addPerson(daemon, id);
		const talk = new Talk(daemon.url, { reconnectSeconds: 60 });
		await talk.connect(id, sign({ user_id: id, iat: now() - 5, exp: now() + 3600 }));
		await talk.ok('call default room');
		await talk.ok('join');
		await talk.ok('publish');
		talks.push(talk);
	}
	await talks[3].ok('mute 1');
	/** Each of the first three speaks until everybody hears something; what each has heard. */
	const frames = async () => Promise.all(talks.map(async (talk) => (await talk.do('frames')).code));
	const heardByAll = async () => {
		const before = await frames();
		await until('sound', async () => {
			for (const talk of talks.slice(0, 3)) await talk.do('sound 2');
			return frames();
		}, (list) => list.every((n, i) => n > before[i]), 30_000, 20);
	};
	await heardByAll();

	const gaps = [];
	for (let i = 0; i < rounds; i++) {
		const at = performance.now();
		daemon.kill();
		await daemon.exited;
		daemon = await startConfabd({ data, port });
		const ready = performance.now() - at;
		await heardByAll();
		gaps.push(performance.now() - at);
		if (i < 3) console.log(`started again after ${ready.toFixed(0)} ms, everybody hears after ${gaps[i].toFixed(0)} ms`);
	}
	gaps.sort((a, b) => a - b);
	const quantile = (q) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * q))];
	console.log(`${rounds} rounds: p50 ${quantile(0.5).toFixed(0)} ms, p95 ${quantile(0.95).toFixed(0)} ms`);
	assert.ok(quantile(0.5) < 15_000, String(gaps)); // the figures are for a quiet machine, this is for any
	for (const talk of talks) assert.deepEqual([talk.states.at(-1)], [4], 'joined, all of them');
	for (const talk of talks) await talk.end();
	await daemon.stop();
});
