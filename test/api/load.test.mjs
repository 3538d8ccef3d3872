// SPDX-License-Identifier: Apache-2.0
// `confab load`: a small load in and out of the real daemon, and what it refuses to do.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LIMIT, ROUNDS_MAX, runGate } from '../../bench/gate.mjs';
import { apiKey, apiSecret, buildFolder, startConfabd } from '../lib/confabd.mjs';

let daemon, printed;
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
	const done = load('--server', `${daemon.host}:${daemon.port}`, '--pid', String(daemon.pid), '--warmup', '1', '--seconds', '2', '--settle', '0', '--json', file, ...args);
	assert.equal(done.status, 0, done.stderr);
	printed = done.stdout;
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

test('one of three speaks at a time, and the silence of the others stays with the server', () => {
	const f = figures('--publishers', '3', '--subscribers', '1', '--no-video', '--speakers', '1', '--warmup', '3');
	assert.equal(f.speakers, 1);
	assert.ok(f.sent > 60 && f.sent < 220, `${f.sent} packets in 2 s, of 300 when all speak`);
	// to the two others and the listener: the one who speaks, and a second of the silence of who spoke before
	assert.ok(f.received > 150 && f.received <= 3 * f.sent - 20, `${f.received} received of ${f.sent} sent`);
	assert.equal(f.lost, 0);
});

test('every figure is in the table and in the JSON, and those of the server fit together', () => {
	const rows = ['packets forwarded per second', 'Mbit/s', 'server, CPU-µs per forwarded packet', 'packets per CPU-second', 'Mbit per CPU-second', 'server, share of a core',
		'server, CPU-ms per join', 'RSS idle, joined, under media, after, MiB', 'RSS per subscribing connection, KiB', 'delay p50, p99, ms', 'loss',
		'join to first packet p50, p99, ms', 'streams, of them silent', 'the loader itself: share of its core that it had, of which busy'];
	const f = figures('--publishers', '1', '--subscribers', '3');
	// below zero when what only the start took has gone from memory meanwhile
	for (const row of rows) assert.match(printed, new RegExp(`^\\| ${row.replaceAll('/', '.')} \\| ${row.startsWith('RSS per') ? '-?' : ''}[0-9]`, 'm'));
	const near = (a, b) => assert.ok(Math.abs(a / b - 1) < 0.01, `${a}, not ${b}: ${JSON.stringify(f)}`);
	near(f.packets_per_cpu_s, f.received / f.server_cpu_s);
	near(f.us_per_forwarded_packet, (1e6 * f.server_cpu_s) / f.received);
	near(f.mbit_per_cpu_s, (f.bytes * 8) / 1e6 / f.server_cpu_s);
	if (f.rss_media_kb !== f.rss_idle_kb) near(f.rss_per_subscriber_kb, (f.rss_media_kb - f.rss_idle_kb) / f.subscribing);
	assert.equal(f.subscribing, 4, 'the publisher has a connection to receive with, too');
	assert.ok(f.join_cpu_ms >= 0 && f.join_cpu_ms <= f.join_all_cpu_ms && f.joining_delay_p99_ms >= f.joining_delay_p50_ms, JSON.stringify(f));
	assert.ok(f.join_p50_ms > 0 && f.join_p99_ms >= f.join_p50_ms && f.delay_p99_ms >= f.delay_p50_ms, JSON.stringify(f));
	assert.ok(f.loader_cpu_s > 0 && f.loader_busy > 0 && f.loader_busy <= 1.001, JSON.stringify(f));
	assert.ok(f.feedbacks > 0, 'transport-wide feedback');
});

test('without --pid nothing is said about the server', () => {
	const file = path.join(daemon.data, 'load.json');
	const done = load('--server', `${daemon.host}:${daemon.port}`, '--subscribers', '1', '--warmup', '0', '--seconds', '1', '--settle', '0', '--json', file);
	assert.equal(done.status, 0, done.stderr);
	assert.doesNotMatch(done.stdout, /CPU-µs|RSS/);
	const f = JSON.parse(fs.readFileSync(file, 'utf8'));
	assert.ok(f.received > 0);
	assert.deepEqual(Object.keys(f).filter((name) => /server_|rss|us_per/.test(name)), []);
});

test('a meeting with simulcast: everybody gets everybody else', () => {
	const f = figures('--publishers', '3', '--subscribers', '0', '--simulcast');
	assert.equal(f.streams, 12);
	assert.equal(f.bad, 0);
	assert.ok(f.received > 300, JSON.stringify(f));
});

async function gauge(name) {
	const answer = await fetch(`${daemon.url}/metrics`);
	return Number(new RegExp(`^confab_${name} (.*)$`, 'm').exec(await answer.text())[1]);
}

/** Once everybody has left: the heap when it is at or below `limit`, or its lowest within 20 s. */
async function heapAtRest(limit, seconds) {
	let lowest = Infinity;
	for (const end = Date.now() + seconds * 1000; lowest > limit && Date.now() < end; await sleep(250)) lowest = Math.min(lowest, await gauge('heap_bytes'));
	return lowest;
}

// a sanitizer's allocator stands before the one whose figures these are; there LeakSanitizer looks
const sanitized = /-(asan|tsan)$/.test(buildFolder) && 'the heap is a sanitizer\'s';
test('what people took is given back when they have left, however often they come', { skip: sanitized }, async () => {
	const people = 31, rounds = 4;
	// not spawnSync: somebody has to read the daemon's log meanwhile
	const args = ['load', '--server', `${daemon.host}:${daemon.port}`, '--publishers', '1', '--subscribers', String(people - 1), '--rate', '200', '--warmup', '0', '--seconds', '1'];
	const env = { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret };
	const round = () => promisify(execFile)(path.join(buildFolder, 'confab'), args, { env, timeout: 60000 });
	const daily = await heapAtRest(0, 1);
	await round();
	assert.ok((await gauge('heap_bytes')) > 0 && daily > 0, 'the figure is there');
	const before = await heapAtRest(0, 4); // rings and caches have been used once
	for (let i = 0; i < rounds; i++) await round();
	// those who left are remembered for a minute, 200 bytes each; the store's cache rests at 64 KiB at most
	const limit = before + 64 * 1024 + rounds * people * 400;
	const heap = await heapAtRest(limit, 20);
	assert.ok(heap <= limit, `${rounds} times ${people} people left ${heap - before} bytes`);
});

test('another machine is refused, and so are odd values', () => {
	for (const [args, expected] of [
		[['--server', '192.0.2.1:8080'], /192\.0\.2\.1 is another machine: say --allow-remote/],
		[['--server', 'example.org:80'], /takes an IP address, not a name/],
		[['--subscribers', '100000'], /--subscribers is '100000': it takes a number from 0 to 2000/],
		[['--rooms', '500', '--subscribers', '100'], /more than 2000 participants/],
		[['--kind', 'zoom'], /--kind is 'zoom': it takes confab, livekit, janus or bare/],
		[['--no-audio', '--no-video'], /nothing would be sent/],
		[['--seconds', '601'], /--seconds is '601': it takes a number from 1 to 600/],
		[['--seconds', '5s'], /--seconds is '5s': it takes a number from 1 to 600/],
		[['--rate', '-1'], /--rate is '-1': it takes a number from 1 to 1000/],
		[['--server', '127.0.0.1'], /--server is '127\.0\.0\.1': it takes ADDRESS:PORT/],
		[['--server', '127.0.0.1:99999'], /port is '99999': it takes a number from 1 to 65535/],
		[['--pid', '999999999'], /--pid is '999999999': there is no such process/],
		[['--pids', '1'], /there is no option --pids/],
		[['--json'], /--json needs a value/],
	]) {
		const done = load(...args);
		assert.equal(done.status, 2, done.stderr);
		assert.match(done.stderr, expected);
	}
});

test('what would fail in the end is said before anything is loaded', () => {
	for (const [args, expected] of [
		[['--json', '/nowhere/load.json'], /--json: cannot write \/nowhere\/load\.json: No such file or directory/],
		[['--cpu', '1023'], /--cpu is 1023: it takes a CPU of this machine, 0 to \d+/],
	]) {
		const began = Date.now();
		const done = load('--server', `${daemon.host}:${daemon.port}`, '--seconds', '30', ...args);
		assert.equal(done.status, 1, done.stderr);
		assert.match(done.stderr, expected);
		assert.ok(Date.now() - began < 25000, 'the run was not begun');
	}
});

test('a server that is not there is an error with its address', () => {
	const done = load('--server', '127.0.0.1:1', '--seconds', '1');
	assert.equal(done.status, 1);
	assert.match(done.stderr, /signalling of participant 0 ended/);
});

test('the gate on CPU per packet: passes, fails, and is void on a machine that is too busy', async () => {
	const good = { us_per_forwarded_packet: 4, loader_share: 0.99, loader_busy: 0.7, loss: 0, streams_silent: 0 };
	const costs = (times) => ({ ...good, us_per_forwarded_packet: good.us_per_forwarded_packet * times });
	const starved = { ...good, loader_share: 0.4 };
	let sizes;
	/** `confab` are its figures, round after round (the last go on); so `bare`. */
	const run = async (confab, bare) => {
		const lines = [];
		sizes = [];
		const verdict = await runGate(async (server, viewers) => {
			if (server === 'bare') sizes.push(viewers);
			const list = server === 'bare' ? bare : confab;
			return list.length > 1 ? list.shift() : list[0];
		}, (line) => lines.push(line));
		return [verdict, lines.length];
	};
	assert.deepEqual(await run([costs(1.4)], [good]), ['passed', 2]);
	assert.deepEqual(await run([costs(LIMIT)], [good]), ['passed', 2]);
	assert.deepEqual(await run([costs(LIMIT + 0.1)], [good]), ['failed', 3]);
	assert.deepEqual(await run([costs(3), costs(1.4)], [good]), ['passed', 3]); // one bad round is noise
	assert.deepEqual(await run([costs(3), costs(1.4), costs(3)], [good]), ['failed', 4]);
	assert.deepEqual(sizes, [400, 400, 400, 400]);
	assert.deepEqual(await run([costs(1.4)], [starved, starved, good]), ['passed', 4]);
	assert.deepEqual(sizes, [400, 200, 100, 100]); // a slow core may have no room for 400
	assert.deepEqual(await run([{ ...costs(3), loss: 0.2 }, costs(3)], [good]), ['failed', 4]); // nor may it hide behind its loss
	assert.deepEqual(await run([costs(3)], [starved, starved, good]), ['failed', 5]);
	assert.deepEqual(await run([starved], [good]), ['void', ROUNDS_MAX]);
	assert.deepEqual(await run([{ ...good, loss: 0.2 }], [good]), ['void', ROUNDS_MAX]);
	assert.deepEqual(await run([{ ...good, loader_busy: 0.99 }], [good]), ['void', ROUNDS_MAX]);
	assert.deepEqual(await run([{ error: 'it fell over' }], [good]), ['failed', 3]); // it is not void that we do not work
	assert.deepEqual(await run([{ error: 'a' }], [{ error: 'b' }]), ['void', ROUNDS_MAX]);
});
