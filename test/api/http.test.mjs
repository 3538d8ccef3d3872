// SPDX-License-Identifier: Apache-2.0
// The HTTP server itself: pages, headers, limits, malformed requests, TLS and HTTP/2.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { apiSecret, root, startConfabd } from '../lib/confabd.mjs';
import { Client, assertNoSecret } from '../lib/client.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

/** Writes bytes as they are (optionally in pieces) and returns what came back until the socket closed, `waitMs` were over, or `enough` fits. */
function raw(bytes, { pieces = 1, waitMs = 1500, enough } = {}) {
	return new Promise((resolve) => {
		const socket = net.connect(daemon.port, '127.0.0.1');
		let text = '';
		const timer = setTimeout(() => socket.destroy(), waitMs);
		socket.on('data', (chunk) => {
			text += chunk.toString('latin1');
			if (enough?.test(text)) socket.destroy();
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			clearTimeout(timer);
			resolve(text);
		});
		socket.on('connect', async () => {
			const data = Buffer.from(bytes, 'latin1');
			const size = Math.ceil(data.length / pieces);
			for (let at = 0; at < data.length; at += size) {
				socket.write(data.subarray(at, at + size));
				if (pieces > 1) await new Promise((next) => setTimeout(next, 10));
			}
		});
	});
}
const status = (text) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);

test('the pages and their scripts come from the binary, with strict headers and no secret', async () => {
	const seen = new Set();
	const queue = ['/', '/signin', '/sdk/confab-client.js'];
	let scripts = 0;
	while (queue.length) {
		const at = queue.pop();
		if (seen.has(at)) continue;
		seen.add(at);
		const answer = await new Client(daemon.url).raw('GET', at);
		assert.equal(answer.status, 200, at);
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', at);
		if (answer.headers.get('content-type').includes('javascript')) scripts++;
		for (const [, link] of answer.text.matchAll(/(?:src|href)="(\/[^"#]+)"/g)) queue.push(link);
		for (const [, link] of answer.text.matchAll(/["'](\.{0,2}\/[\w./-]+\.(?:js|css))["']/g)) queue.push(new URL(link, `http://x${at}`).pathname);
		if (answer.headers.get('content-type').includes('html')) {
			const policy = answer.headers.get('content-security-policy');
			assert.match(policy, /default-src 'self'/);
			assert.match(policy, /frame-ancestors 'none'/);
			assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
		}
	}
	assert.ok(scripts >= 2, `only ${scripts} scripts found: ${[...seen]}`);
});

test('the web bundle on disk does not hold the secret either', () => {
	const dist = path.join(root, 'web/dist');
	let looked = 0;
	// without npm/, which another test may be writing
	for (const top of fs.readdirSync(dist).filter((name) => name !== 'npm')) {
		const inside = fs.statSync(path.join(dist, top)).isFile() ? [''] : fs.readdirSync(path.join(dist, top), { recursive: true });
		for (const file of inside.map((name) => path.join(dist, top, name)).filter((name) => fs.statSync(name).isFile())) {
			assert.ok(!fs.readFileSync(file).includes(apiSecret), file);
			looked++;
		}
	}
	assert.ok(looked > 10, `${looked} files`);
});

test('assets are cached by their hash, compressed when asked, and revalidated', async () => {
	const html = (await new Client(daemon.url).raw('GET', '/')).text;
	const script = /src="(\/[^"]+\.js)"/.exec(html)[1];
	const first = await fetch(daemon.url + script, { headers: { 'accept-encoding': 'gzip' } });
	assert.equal(first.headers.get('content-encoding'), 'gzip');
	assert.match(first.headers.get('cache-control'), /immutable/);
	const plain = await fetch(daemon.url + script, { headers: { 'accept-encoding': 'identity' } });
	assert.equal(plain.headers.get('content-encoding'), null);
	assert.equal(await plain.text(), await first.text());
	const page = await fetch(`${daemon.url}/`);
	const again = await fetch(`${daemon.url}/`, { headers: { 'if-none-match': page.headers.get('etag') } });
	assert.equal(again.status, 304);
});

test('unknown paths, wrong methods and traversal', async () => {
	const client = new Client(daemon.url);
	const api = await client.raw('GET', '/api/v1/nothing');
	assert.equal(api.status, 404);
	assert.equal(JSON.parse(api.text).code, 16);
	const page = await client.raw('GET', '/nothing.html');
	assert.equal(page.status, 404);
	assert.match(page.text, /width=device-width/, 'a phone shows it as large as it is');
	assert.match(page.headers.get('content-security-policy'), /^default-src 'none'/);
	assert.ok(!/script|\bon\w+=/.test(page.text), 'its policy lets styles in, and there is nothing else');
	const method = await client.raw('DELETE', '/api/video-call');
	assert.equal(method.status, 405);
	assert.match(method.headers.get('allow'), /GET/);
	for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/sdk/..%2f..%2fetc/passwd', '/sdk/%00', '//etc/passwd', '/sdk/....//etc/passwd']) {
		const text = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		assert.ok(!text.includes('root:'), path);
	}
});

test('malformed requests get an error or a closed connection, whole or in pieces, and the server lives on', async () => {
	const table = [
		'GARBAGE\r\n\r\n',
		'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
		'GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n',
		'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: abc\r\n\r\n{}',
		'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{}',
		'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n{}',
		'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
		'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n',
		`GET / HTTP/1.1\r\nHost: x\r\n${'X-Filler: y\r\n'.repeat(20000)}\r\n`,
		`GET /${'a'.repeat(200000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
	];
	for (const request of table) {
		for (const pieces of [1, 3]) {
			const text = await raw(request, { pieces });
			const got = status(text);
			assert.ok(got === 0 || got >= 400, `${JSON.stringify(request.slice(0, 60))} in ${pieces}: ${got}`);
			assertNoSecret(text, 'an error');
		}
	}
	assert.equal((await fetch(`${daemon.url}/healthz`)).status, 200);
});

test('a chunked or length-less body is refused early', async () => {
	const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
	for (const rest of ['Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', '\r\n'])
		assert.ok([400, 411].includes(status(await raw(head + rest, { waitMs: 30_000, enough: /^HTTP.* \d+ / }))), rest); // an answer, as late as it may be
});

test('HTTPS with HTTP/2 and HTTP/1.1, when a certificate is given', async () => {
	const folder = daemon.data;
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', `${folder}/tls.key`, '-out', `${folder}/tls.crt`], { stdio: 'ignore' });
	const ca = fs.readFileSync(`${folder}/tls.crt`);
	const secure = await startConfabd({ args: ['--tls-cert', `${folder}/tls.crt`, '--tls-key', `${folder}/tls.key`] });
	try {
		const origin = `https://127.0.0.1:${secure.port}`;
		assert.match(secure.links.admin, /^https:/);
		const session = http2.connect(origin, { ca });
		const ask = (headers, body) =>
			new Promise((resolve, reject) => {
				const stream = session.request(headers);
				let text = '';
				let answer;
				stream.setEncoding('utf8');
				stream.on('response', (got) => (answer = got));
				stream.on('data', (chunk) => (text += chunk));
				stream.on('end', () => resolve({ answer, text }));
				stream.on('error', reject);
				stream.end(body);
			});
		const asked = performance.now();
		const page = await ask({ ':path': '/' });
		assert.equal(page.answer[':status'], 200);
		const scripts = [...page.text.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map((m) => m[1]);
		assert.ok(scripts.length, page.text);
		await Promise.all(scripts.map((path) => ask({ ':path': path })));
		assert.ok(performance.now() - asked < 10000, `the page and its scripts took ${performance.now() - asked} ms`); // no frame waits for a timer
		assert.match(page.answer['strict-transport-security'], /max-age=\d{8}/);
		const token = new URL(secure.links.user).hash.slice(1);
		const login = await ask({ ':path': '/api/auth/link', ':method': 'POST', 'content-type': 'application/json', origin }, JSON.stringify({ token }));
		assert.equal(login.answer[':status'], 200, login.text);
		const cookie = login.answer['set-cookie'][0].split(';')[0];
		const operator = await ask({ ':path': '/api/auth/link', ':method': 'POST', 'content-type': 'application/json', origin }, JSON.stringify({ token: new URL(secure.links.admin).hash.slice(1) }));
		const state = JSON.parse((await ask({ ':path': '/api/v1/operator/server', cookie: operator.answer['set-cookie'][0].split(';')[0] })).text);
		assert.equal(state.tls, true);
		assert.ok(Math.abs(Date.parse(state.certificate_ends_at) - Date.now() - 2 * 86400000) < 300000, state.certificate_ends_at);
		const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
			ask({ ':path': '/api/v1/conversations/user/messages', ':method': 'POST', 'content-type': 'application/json', origin, cookie },
				JSON.stringify({ text: `over h2 ${i}`, client_id: `h2-${i}` }))));
		for (const { answer } of answers) assert.equal(answer[':status'], 201);
		const list = await ask({ ':path': '/api/v1/conversations/user/messages', cookie });
		assert.equal(JSON.parse(list.text).messages.length, 20);
		const missing = await ask({ ':path': '/api/v1/nothing' });
		assert.equal(missing.answer[':status'], 404);
		session.close();

		const old = await new Promise((resolve, reject) => https.get(`${origin}/healthz`, { ca, ALPNProtocols: ['http/1.1'] }, resolve).on('error', reject));
		assert.equal(old.statusCode, 200);
		old.resume();
	} finally {
		await secure.stop();
	}
});

test('behind a proxy on this machine people are told apart by X-Forwarded-For, by network, and the metrics stay here', async () => {
	const from = (address, route, body) =>
		fetch(`${daemon.url}${route}`, {
			method: body ? 'POST' : 'GET',
			headers: { 'x-forwarded-for': `198.51.100.1, ${address}`, 'x-forwarded-proto': 'http', ...(body ? { 'content-type': 'application/json' } : {}) },
			body: body && JSON.stringify(body),
		});
	assert.equal((await fetch(`${daemon.url}/metrics`)).status, 200);
	for (const address of ['203.0.113.9', 'unknown', '127.0.0.1', '::1']) assert.equal((await from(address, '/metrics')).status, 403, address);
	const guest = async (address) => (await from(address, '/api/v1/guest', { user: { name: 'Passer-by' } })).status;
	let refused = 0;
	for (let i = 1; i <= 70; i++) refused += (await guest(`2001:db8:0:1::${i.toString(16)}`)) === 429 ? 1 : 0;
	assert.ok(refused > 0 && refused <= 10, `${refused} of one network`);
	assert.equal(await guest('2001:db8:0:2::1'), 201, 'another network');
	assert.equal(await guest('203.0.113.9'), 201);
	assert.equal((await fetch(`${daemon.url}/api/v1/guest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":{"name":"x"}}' })).status, 201, 'this machine itself');
});
