// SPDX-License-Identifier: Apache-2.0
// TURN at the web port, with and without TLS: who asks is challenged, what is neither HTTP nor TURN is closed, and clients are told where
// it is. Whole calls over it: netns/turn.test.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import WebSocket from 'ws';
import { startConfabd } from '../lib/confabd.mjs';
import { mediaToken } from '../lib/rtc.mjs';

const ALLOCATE = Buffer.from('000300082112a4426162636465666768696a6b6c0019000411000000', 'hex');
let plain, secure, off, ca;

before(async () => {
	plain = await startConfabd({ demo: false });
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', `${plain.data}/tls.key`, '-out', `${plain.data}/tls.crt`], { stdio: 'ignore' });
	ca = fs.readFileSync(`${plain.data}/tls.crt`);
	const certificate = ['--tls-cert', `${plain.data}/tls.crt`, '--tls-key', `${plain.data}/tls.key`];
	[secure, off] = await Promise.all([startConfabd({ demo: false, args: certificate }), startConfabd({ demo: false, args: ['--no-turn'] })]);
});
after(() => Promise.all([plain, secure, off].map((daemon) => daemon?.stop())));

const connect = (daemon) => (daemon === secure ? tls.connect({ port: daemon.port, host: '127.0.0.1', ca }) : net.connect(daemon.port, '127.0.0.1'));

/** What comes back for these pieces until the server closes, or `enough` bytes are there. */
async function say(daemon, pieces, enough = Infinity, pause = 5) {
	const socket = connect(daemon);
	let got = Buffer.alloc(0);
	socket.on('data', (chunk) => {
		got = Buffer.concat([got, chunk]);
		if (got.length >= enough) socket.destroy();
	});
	socket.on('error', () => {});
	await once(socket, daemon === secure ? 'secureConnect' : 'connect');
	for (const piece of pieces) {
		socket.write(piece);
		await new Promise((resolve) => setTimeout(resolve, pause));
	}
	if (!socket.closed) await once(socket, 'close');
	return got;
}

/** 401 with a realm and a nonce, to this transaction. */
function assertChallenge(got) {
	assert.equal(got.toString('hex', 0, 2), '0113');
	assert.equal(got.length, 20 + got.readUInt16BE(2));
	assert.deepEqual(got.subarray(4, 20), ALLOCATE.subarray(4, 20));
	assert.equal(got.toString('hex', 20, 28), '0009001300000401');
	assert.match(got.toString('latin1'), /Unauthenticated\0\0\x14\0\x06confab\0\0\0\x15\0\x18[0-9a-f]{24}$/);
}

test('who has no credentials is told how to ask, in whatever pieces the request comes', async () => {
	for (const daemon of [plain, secure]) {
		assertChallenge(await say(daemon, [ALLOCATE], 84));
		assertChallenge(await say(daemon, [...ALLOCATE].map((byte) => Buffer.of(byte)), 84));
	}
});

test('a stranger gets four answers and is gone, and so is who says nothing in five seconds', async () => {
	const got = await say(plain, Array(5).fill(ALLOCATE), Infinity, 300); // the first is read after 250 ms
	assert.equal(got.length, 4 * 84);
	const start = performance.now();
	assert.equal((await say(secure, [ALLOCATE.subarray(0, 10)])).length, 0);
	assert.ok(performance.now() - start < 15_000); // and what a busy machine takes
});

test('what is neither HTTP nor TURN is closed, and HTTP goes on', async () => {
	for (const bytes of [Buffer.of(0, 3, 0xff, 0xff), Buffer.of(0x40, 0, 0, 4, 1, 2, 3, 4), Buffer.alloc(4000), Buffer.from('SSH-2.0-x\r\n'), Buffer.of(0xff, 0xfe)])
		for (const daemon of [plain, secure]) assert.equal((await say(daemon, [bytes])).length, 0, bytes.toString('hex', 0, 8));
	assert.match((await say(plain, ['GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'])).toString(), /^HTTP\/1\.1 200/);
	// behind a request, on the same connection
	assert.match((await say(plain, ['GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.from('SSH-2.0-x\r\n')])).toString(), /^HTTP\/1\.1 200[\s\S]*\}\s*$/);
	assert.match((await say(secure, ['GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'])).toString(), /^HTTP\/1\.1 200/);
});

test('many that come at once do not stay, and cost the others nothing', async () => {
	const before = plain.own();
	for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 100 }, () => say(plain, [ALLOCATE, Buffer.of(0xff)], 84)));
	if (!process.env.CONFAB_BUILD) assert.ok(plain.own() - before < 8000, `${before} ▸ ${plain.own()} KiB`); // a sanitizer keeps what is freed
	assertChallenge(await say(plain, [ALLOCATE], 84));
});

/** The first message on /rtc as text: the names in it are what counts here. */
async function join(daemon, headers = {}) {
	const url = `${daemon === secure ? 'wss' : 'ws'}://127.0.0.1:${daemon.port}/rtc?protocol=15&access_token=${await mediaToken('turn', 'ann')}`;
	const socket = new WebSocket(url, { ca, headers });
	const [first] = await once(socket, 'message');
	socket.close();
	return first.toString('latin1');
}

test('clients are told where it is, by the name by which they came; not through a proxy, and not with --no-turn', async () => {
	const credentials = /\x12.[0-9a-f]+:[01]:PA_\w{12}\x1a [0-9a-f]{32}/;
	const told = await join(plain);
	assert.ok(told.includes(`turn:127.0.0.1:${plain.port}?transport=tcp`), told);
	assert.match(told, credentials);
	assert.ok((await join(plain, { host: 'chat.example.com' })).includes('turn:chat.example.com:80?transport=tcp'));
	assert.ok((await join(secure, { host: 'chat.example.com' })).includes('turns:chat.example.com:443?transport=tcp'));
	assert.doesNotMatch(await join(plain, { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'https' }), /turns?:|PA_\w{12}\x1a/);
	assert.doesNotMatch(await join(off), /turns?:/);
	assert.match((await say(off, [ALLOCATE])).toString('latin1'), /^HTTP\/1\.[01] 403/);
});
