// SPDX-License-Identifier: Apache-2.0
// R58: a ramp to more than what a media thread may use. Newcomers are refused in plain words and soon, nobody who is in loses
// anything for that, and afterwards everybody may come again. The limit is so low that a slow machine can make the load.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../lib/client.mjs';
import { apiKey, apiSecret, buildFolder, startConfabd } from '../lib/confabd.mjs';

const PATIENCE = 60_000; // of a slow machine's

async function metric(daemon, name) {
	const text = await (await fetch(`${daemon.url}/metrics`)).text();
	return Number(new RegExp(`^confab_${name}(?:{[^}]*})? (.*)$`, 'm').exec(text)[1]);
}

/** Joins until the answer has that status. */
async function joinUntil(user, status) {
	for (const end = Date.now() + PATIENCE; ; await sleep(100)) {
		const answer = await user.call('POST', '/api/v1/call/default/one-more/join', { create: true });
		if (answer.status === status) return answer;
		assert.ok(Date.now() < end, `${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
	}
}

test('a ramp beyond the limit is refused at it, and recovers', async (t) => {
	const daemon = await startConfabd({ args: ['--media-load', '4', '--workers', '1'] });
	t.after(() => daemon.stop());
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	const json = path.join(daemon.data, 'load.json');
	const loader = spawn(path.join(buildFolder, 'confab'), ['load', '--server', `${daemon.host}:${daemon.port}`, '--publishers', '1', '--subscribers', '90',
		'--rate', '30', '--warmup', '1', '--seconds', '2', '--settle', '0', '--refusals', '--no-data', '--json', json],
	{ env: { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }, stdio: ['ignore', 'ignore', 'pipe'] });
	let complaint = '';
	loader.stderr.on('data', (chunk) => (complaint += chunk));
	const ended = once(loader, 'exit');

	const refused = await joinUntil(user, 503);
	assert.equal(refused.body.code, 61, JSON.stringify(refused.body));
	assert.match(refused.body.message, /^This server is full right now/);
	assert.equal(refused.headers.get('retry-after'), '5');
	const before = await metric(daemon, 'joins_refused_full_total');
	assert.ok(before > 0);

	assert.equal((await ended)[0], 0, complaint);
	const f = JSON.parse(fs.readFileSync(json, 'utf8'));
	t.diagnostic(`refused ${f.refused} of 90, told after ${f.refusal_p50_ms} ms (p99 ${f.refusal_p99_ms}); loss ${f.loss}, delay p99 ${f.delay_p99_ms} ms`);
	assert.ok(f.refused > 9 && f.refused < 90, JSON.stringify(f));
	assert.equal(f.streams, 2 * (90 - f.refused), 'those who were let in get everything');
	assert.ok(f.streams_silent === 0 || f.loader_share < 0.8, JSON.stringify(f));
	assert.ok(f.loss < 0.005 || f.loader_share < 0.8, JSON.stringify(f));
	assert.ok(f.refusal_p50_ms < 100 || f.loader_share < 0.8, JSON.stringify(f));

	const gone = Date.now();
	await joinUntil(user, 200);
	t.diagnostic(`let in again after ${Date.now() - gone} ms`);
});
