// SPDX-License-Identifier: Apache-2.0
// `confab load`: a small load in and out of the real daemon, and what it refuses to do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { apiKey, apiSecret, buildFolder, startConfabd } from '../lib/confabd.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon?.stop());

function load(...args) {
	const env = { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret };
	return spawnSync(path.join(buildFolder, 'confab'), ['load', ...args], { encoding: 'utf8', env, timeout: 60000 });
}

function figures(...args) {
	const file = path.join(daemon.data, 'load.json');
	const done = load('--server', `${daemon.host}:${daemon.port}`, '--pid', String(daemon.pid), '--warmup', '1', '--seconds', '2', '--json', file, ...args);
	assert.equal(done.status, 0, done.stderr);
	assert.match(done.stdout, /CPU-µs per forwarded packet/);
	return JSON.parse(fs.readFileSync(file, 'utf8'));
}

test('a broadcast reaches every subscriber, whole', () => {
	const f = figures('--publishers', '1', '--subscribers', '4');
	assert.equal(f.streams, 8, 'video and audio for each');
	assert.equal(f.streams_silent, 0);
	assert.equal(f.bad, 0, 'packets that are not authentic');
	assert.ok(f.received > 500 && f.sent > 150, JSON.stringify(f));
	assert.ok(f.loss < 0.05, JSON.stringify(f));
	assert.ok(f.us_per_forwarded_packet > 0 && f.rss_media_kb > 0 && f.delay_p99_ms > 0, JSON.stringify(f));
});

test('a meeting with simulcast: everybody gets everybody else', () => {
	const f = figures('--publishers', '3', '--subscribers', '0', '--simulcast');
	assert.equal(f.streams, 12);
	assert.equal(f.bad, 0);
	assert.ok(f.received > 300, JSON.stringify(f));
});

test('another machine is refused, and so are odd values', () => {
	for (const [args, expected] of [
		[['--server', '192.0.2.1:8080'], /192\.0\.2\.1 is another machine: say --allow-remote/],
		[['--server', 'example.org:80'], /takes an IP address, not a name/],
		[['--subscribers', '100000'], /--subscribers is '100000': it takes a number from 0 to 2000/],
		[['--rooms', '500', '--subscribers', '100'], /more than 2000 participants/],
		[['--kind', 'zoom'], /--kind is 'zoom': it takes confab, livekit, janus or bare/],
		[['--no-audio', '--no-video'], /nothing would be sent/],
	]) {
		const done = load(...args);
		assert.equal(done.status, 2, done.stderr);
		assert.match(done.stderr, expected);
	}
});

test('a server that is not there is an error with its address', () => {
	const done = load('--server', '127.0.0.1:1', '--seconds', '1');
	assert.equal(done.status, 1);
	assert.match(done.stderr, /signalling of participant 0 ended/);
});
