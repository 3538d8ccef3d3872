// SPDX-License-Identifier: Apache-2.0
// What was acknowledged is there (R31, R33, R34): a server that is killed, whose disk fills up, whose disk fails, at
// random moments while people write. CONFAB_LONG=1: 200 rounds of each; CONFAB_SEED replays a run's moments.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { failingDisk, smallDisk } from '../lib/disk.mjs';
import { integrity, Ledger } from '../lib/ledger.mjs';

const long = !!process.env.CONFAB_LONG;
const rounds = (short) => Number(process.env.CONFAB_ROUNDS ?? (long ? 200 : short));
const seed = Number(process.env.CONFAB_SEED ?? Date.now() % 1e9);
let state = seed;
const chance = (below) => {
	state = (state * 1103515245 + 12345) % 2147483648;
	return Math.floor((state / 2147483648) * below);
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (what, check, ms = 30000) => {
	for (const end = Date.now() + ms; !check(); await pause(2)) if (Date.now() > end) assert.fail(`${what} not within ${ms} ms`);
};

/**
 * A daemon's data folder over many starts: {start, daemon, cookie, ledger}. A round that fails leaves a daemon and writers
 * behind, and the test's process would wait for them for ever: they end with the test.
 */
async function begin(t, options) {
	let running;
	const start = async () => (running = await startConfabd(options));
	t.after(async () => {
		running?.kill();
		await ledger.end();
	});
	const ledger = new Ledger('user');
	const daemon = await start();
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	const first = await user.call('POST', '/api/v1/conversations/user/messages', { text: 'first', client_id: 'first' });
	ledger.checkedTo = first.body.message.id;
	return { start, daemon, cookie: user.cookie, ledger };
}

const summary = (t, ledger, stored, ready, n) => {
	const slowest = Math.max(...ready);
	assert.ok(ledger.bySocket > 0, 'some went over the socket');
	t.diagnostic(`${n} rounds (seed ${seed}): ${ledger.acknowledged.size} acknowledged, ${ledger.bySocket} of them over the event socket, ${stored} stored, 0 lost, 0 twice; started again within ${slowest} ms`);
};

test('kill -9 at random moments loses nothing that was acknowledged', async (t) => {
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-killed-'));
	let { start, daemon, cookie, ledger } = await begin(t, { data });
	const [n, ready] = [rounds(8), []];
	let stored = 0;
	for (let i = 0; i < n; i++) {
		const writers = ledger.start(daemon, cookie);
		await until('answers', () => writers.answers() > 5);
		await pause(chance(250));
		daemon.kill();
		await daemon.exited;
		await writers.stop();
		if (i % 10 === 0) assert.equal(integrity(data), 'ok');
		const begun = Date.now();
		daemon = await start();
		ready.push(Date.now() - begun);
		stored = await ledger.check(daemon, cookie);
	}
	await daemon.stop();
	assert.equal(integrity(data), 'ok');
	assert.ok(ledger.acknowledged.size > 5 * n, `${ledger.acknowledged.size} acknowledged: too few to say anything`);
	assert.equal(ledger.refused.length, 0);
	summary(t, ledger, stored, ready, n);
	fs.rmSync(data, { recursive: true });
});

test('what a killed server had not brought to the disk is brought there before anybody is told that it is stored', async (t) => {
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-unsynced-'));
	const disk = failingDisk();
	let { start, daemon } = await begin(t, { data, env: disk.env });
	daemon.kill();
	await daemon.exited;
	disk.set('sync');
	await assert.rejects(start(), /confab\.db-wal cannot be written to the disk: Input\/output error/);
	disk.set('none');
	daemon = await start();
	await daemon.stop();
	assert.equal(integrity(data), 'ok');
	disk.remove();
	fs.rmSync(data, { recursive: true });
});

test('a full disk is said clearly, loses nothing, and heals by itself', async (t) => {
	const disk = await smallDisk(24);
	t.after(() => disk.remove());
	const options = { data: path.join(disk.folder, 'data'), prefix: disk.prefix };
	let { start, daemon, cookie, ledger } = await begin(t, options);
	const [n, ready] = [rounds(5), [0]];
	const admin = new Client(daemon.url);
	await admin.openLink(daemon.links.admin);
	let stored = 0;
	for (let i = 0; i < n; i++) {
		const writers = ledger.start(daemon, cookie);
		const before = ledger.refused.length;
		await pause(chance(60));
		disk.fill(chance(200000));
		// as long as there is room in the log of the database, which is used again and again, nothing needs the disk to grow
		await until('a refusal', () => ledger.refused.length > before, 300000);
		await until('a word to the operator', () => /error store the disk is full/.test(daemon.log()));
		if (i === 0) { // and the operator's page says it
			const { body } = await admin.call('GET', '/api/v1/operator/problems');
			assert.ok(body.problems.some(({ topic, text }) => topic === 'store' && /the disk is full/.test(text)), JSON.stringify(body));
		}
		// calls and reading go on
		assert.equal((await fetch(`${daemon.url}/api/v1/conversations`, { headers: { cookie } })).status, 200);
		disk.free();
		const acknowledged = ledger.acknowledged.size;
		await until('messages again', () => ledger.acknowledged.size > acknowledged);
		await until('a word of it', () => /warn store messages are stored again/.test(daemon.log()));
		if (chance(3) === 0) { // and a crash on top
			daemon.kill();
			await daemon.exited;
			const begun = Date.now();
			daemon = await start();
			ready.push(Date.now() - begun);
		}
		await writers.stop();
		stored = await ledger.check(daemon, cookie);
	}
	await daemon.stop();
	assert.equal(integrity(options.data, disk.prefix), 'ok');
	for (const { status, code, message, retryAfter } of ledger.refused) {
		assert.equal(`${status} ${code}`, '503 9', message);
		assert.match(message, /disk is full/);
		assert.ok(Number(retryAfter) > 0);
	}
	summary(t, ledger, stored, ready, n);
});

for (const [kind, what] of [['sync', 'fdatasync'], ['write', 'write']]) {
	test(`after an I/O error of ${what} nothing is acknowledged until a restart, and nothing was lost`, async (t) => {
		const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-failing-'));
		const disk = failingDisk();
		let { start, daemon, cookie, ledger } = await begin(t, { data, env: disk.env });
		const [n, ready] = [rounds(4), []];
		let stored = 0;
		for (let i = 0; i < n; i++) {
			const writers = ledger.start(daemon, cookie);
			await until('an answer', () => writers.answers() > 0);
			disk.set(kind, chance(kind === 'sync' ? 30 : 120));
			await until('a failure', () => ledger.refused.length > 0);
			await until('a word to the operator', () => /error store the disk failed/.test(daemon.log()));
			disk.set('none'); // an error that is over is no reason to trust the disk again
			await writers.settled(); // what was acknowledged before may be read after the first refusal
			const acknowledged = ledger.acknowledged.size;
			const refused = ledger.refused.length;
			await until('refusals', () => ledger.refused.length > refused + 8);
			assert.equal(ledger.acknowledged.size, acknowledged, 'nothing is acknowledged after the error');
			await daemon.stop().catch((error) => assert.match(error.message, /did not stop cleanly/));
			await writers.stop();
			for (const { status, code, message } of ledger.refused.splice(0)) assert.match(`${status} ${code} ${message}`, /^503 9 .*(full or failing|restarting)/);
			const begun = Date.now();
			daemon = await start();
			ready.push(Date.now() - begun);
			stored = await ledger.check(daemon, cookie);
		}
		await daemon.stop();
		assert.equal(integrity(data), 'ok');
		summary(t, ledger, stored, ready, n);
		disk.remove();
		fs.rmSync(data, { recursive: true });
	});
}
