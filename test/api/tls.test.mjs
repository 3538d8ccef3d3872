// SPDX-License-Identifier: Apache-2.0
// R4: TLS 1.2 and 1.3 with AEAD and forward secrecy only; handshakes that stop half-way cost little and end; a new certificate is
// taken into use under two hundred open WebSockets, and none of them notices.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { until } from '../lib/until.mjs';

let folder, daemon;
function certify(name) {
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '90', '-subj', `/CN=${name}`,
		'-keyout', `${folder}/tls.key.new`, '-out', `${folder}/tls.crt.new`], { stdio: 'ignore' });
	fs.renameSync(`${folder}/tls.key.new`, `${folder}/tls.key`);
	fs.renameSync(`${folder}/tls.crt.new`, `${folder}/tls.crt`);
}

before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-tls-'));
	certify('first');
	daemon = await startConfabd({ demo: false, args: ['--tls-cert', `${folder}/tls.crt`, '--tls-key', `${folder}/tls.key`] });
});
after(async () => {
	await daemon?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

/** What a handshake with these options comes to: {protocol, cipher}, or what went wrong. */
const shake = (options) =>
	new Promise((resolve) => {
		const socket = tls.connect({ port: daemon.port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
			resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name, name: socket.getPeerCertificate().subject.CN });
			socket.destroy();
		});
		socket.on('error', (error) => resolve({ error: error.code ?? error.message }));
	});

test('only versions 1.2 and 1.3, only AEAD with an ephemeral key', async () => {
	assert.equal((await shake({})).protocol, 'TLSv1.3');
	for (const version of ['TLSv1', 'TLSv1.1']) {
		const { protocol, error } = await shake({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
		assert.ok(!protocol && error, `${version}: ${protocol}`);
	}
	const all = tls.getCiphers().map((name) => name.toUpperCase()).filter((name) => !name.startsWith('TLS_'));
	const taken = [];
	for (const cipher of all) {
		const { cipher: got } = await shake({ maxVersion: 'TLSv1.2', ciphers: `${cipher}:@SECLEVEL=0` });
		if (got) taken.push(got);
	}
	assert.ok(taken.length >= 2, String(taken));
	for (const name of taken) assert.match(name, /^ECDHE-.*(GCM|CHACHA20)/);
});

test('a thousand handshakes that stop half-way cost little, and end', { timeout: 90_000 }, async () => {
	const descriptors = () => fs.readdirSync(`/proc/${daemon.pid}/fd`).length;
	const health = () =>
		new Promise((resolve, reject) => {
			const began = performance.now();
			const socket = tls.connect({ port: daemon.port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'));
			socket.on('error', reject).once('data', (data) => {
				socket.destroy();
				resolve([String(data).slice(0, 15), performance.now() - began]);
			});
		});
	await health();
	const before = { memory: daemon.own(), descriptors: descriptors() };
	// the beginning of a ClientHello that says it is longer
	const half = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
	// a sanitizer's build is too slow to have a thousand at once before the first have ended
	const count = process.env.CONFAB_BUILD ? 100 : 1000;
	const sockets = [];
	let most = 0; // looked at from the beginning: on a busy machine the first may have ended when the last connects
	const looks = setInterval(() => (most = Math.max(most, descriptors())), 20).unref();
	while (sockets.length < count) {
		const some = Array.from({ length: 100 }, () => net.connect(daemon.port, '127.0.0.1').on('error', () => {}));
		await Promise.all(some.map((socket) => new Promise((resolve) => socket.once('connect', () => socket.write(half, resolve)))));
		sockets.push(...some);
	}
	await until('most of them there', () => most, (n) => n >= before.descriptors + count / 2);
	clearInterval(looks);
	const each = (daemon.own() - before.memory) / (most - before.descriptors);
	const waits = [];
	for (let i = 0; i < 20; i++) {
		const [status, ms] = await health();
		assert.equal(status, 'HTTP/1.1 200 OK');
		waits.push(ms);
	}
	console.log(`${each.toFixed(1)} KiB each; others wait ${Math.max(...waits).toFixed(0)} ms at most`);
	if (!process.env.CONFAB_BUILD) assert.ok(each < 64, `${each} KiB each`);
	await until('their end', descriptors, (n) => n <= before.descriptors + 2, 30_000); // by themselves
	for (const socket of sockets) socket.destroy();
});

test('a certificate is renewed under two hundred WebSockets: none drops, newcomers see the new one', { timeout: 60_000 }, async () => {
	const data = ['--data', daemon.data];
	const ids = ['ann', 'bob', 'cem', 'dora', 'eve'];
	for (const id of ids) confab(['user', 'add', id, '--role', 'user', '--name', id, '--password-stdin', ...data], 'a password of nobody\n');
	const closed = [];
	const sockets = await Promise.all(
		Array.from({ length: 200 }, (_, i) => new Promise((resolve, reject) => {
			const id = ids[i % ids.length];
			const socket = new WebSocket(`wss://127.0.0.1:${daemon.port}/api/v1/events`, { rejectUnauthorized: false });
			socket.on('open', () => socket.send(JSON.stringify({ type: 'connect', token: sign({ user_id: id, iat: now() - 5, exp: now() + 600 }) })));
			socket.once('message', (text) => (JSON.parse(text).type === 'connection.ok' ? resolve(socket) : reject(new Error(String(text)))));
			socket.on('error', reject).on('close', (code) => closed.push(code));
		})),
	);
	assert.equal((await shake({})).name, 'first');
	certify('second');
	daemon.child.kill('SIGHUP');
	await until('the new certificate', () => shake({}), ({ name }) => name === 'second');
	const pongs = await Promise.all(sockets.map((socket) => new Promise((resolve) => (socket.once('pong', () => resolve(true)), socket.ping()))));
	assert.deepEqual([pongs.length, closed], [200, []]);
	for (const socket of sockets) socket.terminate();
});
