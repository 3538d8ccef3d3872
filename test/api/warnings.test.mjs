// SPDX-License-Identifier: Apache-2.0
// What the team is told of the server itself, wherever they are: a disk that is full or has failed, a certificate that ends. It
// goes when it is over, although nobody writes; customers hear nothing of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { failingDisk, smallDisk } from '../lib/disk.mjs';
import { firstEventOverTls } from '../lib/over-tls.mjs';

const LONG = 60000; // of a slow machine's patience
const kinds = (event) => event.warnings.map(({ kind }) => kind);

/** A daemon with its demo people, signed in, and what each of them hears. */
async function begin(t, options) {
	const daemon = await startConfabd(options);
	t.after(() => daemon.stop().catch(() => daemon.kill())); // a disk that has failed is no clean stop
	const [admin, user] = [new Client(daemon.url), new Client(daemon.url)];
	await admin.openLink(daemon.links.admin);
	await user.openLink(daemon.links.user);
	return { daemon, admin, user, team: await admin.events(), customer: await user.events() };
}

const upload = (daemon, user, bytes) => fetch(`${daemon.url}/api/v1/conversations/user/attachments?name=x`, {
	method: 'POST', headers: { 'content-type': 'application/octet-stream', cookie: user.cookie }, body: Buffer.alloc(bytes, 7),
});

/** Until a message is refused. */
async function writeUntilRefused(user) {
	for (let i = 0; ; i++) {
		const { status } = await user.call('POST', '/api/v1/conversations/user/messages', { text: 'x'.repeat(4000), client_id: `w${i}-${Math.random()}` });
		if (status === 503) return;
		assert.ok([200, 201].includes(status) && i < 5000, `${status} after ${i}`);
	}
}

test('a full disk: every admin hears of it, who comes later too, and that it is over though nobody writes', { timeout: 3 * LONG }, async (t) => {
	const disk = await smallDisk(24);
	t.after(() => disk.remove());
	const { daemon, admin, user, team, customer } = await begin(t, { data: path.join(disk.folder, 'data'), prefix: disk.prefix, args: ['--disk-floor', '0'] });
	assert.deepEqual([team.first.warnings, customer.first.warnings], [[], undefined]);

	// no room for a file
	disk.fill(200000);
	assert.equal((await upload(daemon, user, 3 << 20)).status, 507);
	assert.deepEqual(kinds(await team.next('server.warnings', LONG)), ['disk_full']);
	const later = await admin.events();
	assert.deepEqual(kinds(later.first), ['disk_full']);
	disk.free();
	for (const stream of [team, later]) assert.deepEqual(kinds(await stream.next('server.warnings', LONG)), []);

	// nor for a message
	disk.fill();
	await writeUntilRefused(user);
	assert.deepEqual(kinds(await team.next('server.warnings', LONG)), ['disk_full']);
	disk.free();
	assert.deepEqual(kinds(await team.next('server.warnings', LONG)), []);
	const { status } = await user.call('POST', '/api/v1/conversations/user/messages', { text: 'at last', client_id: 'at-last' });
	assert.equal(status, 201);
	const again = await admin.events();
	assert.deepEqual(again.first.warnings, []);
	assert.ok(!customer.seen.some(({ type }) => type === 'server.warnings'), 'customers get the error of their own message');
});

test('a disk that has failed stays so until a restart', { timeout: 2 * LONG }, async (t) => {
	const disk = failingDisk();
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-failing-'));
	t.after(() => {
		disk.remove();
		fs.rmSync(data, { recursive: true, force: true });
	});
	const { daemon, user, team } = await begin(t, { data, env: disk.env });
	disk.set('sync');
	await writeUntilRefused(user);
	assert.deepEqual(kinds(await team.next('server.warnings', LONG)), ['disk_failed']);
	disk.set('none');
	await daemon.stop().catch(() => {});
	const after = await startConfabd({ data });
	t.after(() => after.stop());
	const admin = new Client(after.url);
	await admin.openLink(after.links.admin);
	assert.deepEqual((await admin.events()).first.warnings, []);
});

/** What an admin is told who comes over TLS with a certificate of that many days. */
async function warningsWithCertificate(t, days) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-tls-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', `${folder}/tls.key`, '-out', `${folder}/tls.crt`], { stdio: 'ignore' });
	const ca = fs.readFileSync(`${folder}/tls.crt`);
	const daemon = await startConfabd({ args: ['--tls-cert', `${folder}/tls.crt`, '--tls-key', `${folder}/tls.key`] });
	t.after(() => daemon.stop());
	return (await firstEventOverTls(daemon, { ca })).warnings;
}

test('a certificate that ends within two weeks', { timeout: LONG }, async (t) => {
	const [warning, ...more] = await warningsWithCertificate(t, 5);
	assert.deepEqual([warning.kind, more], ['certificate_ends', []]);
	assert.ok(Math.abs(Date.parse(warning.ends_at) - Date.now() - 5 * 86400000) < 300000, warning.ends_at);
	assert.deepEqual(await warningsWithCertificate(t, 20), []);
});
