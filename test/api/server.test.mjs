// SPDX-License-Identifier: Apache-2.0
// Corners of the HTTP server: pipelining, upgrades, slow readers, WebSockets inside HTTP/2.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import WebSocket from 'ws';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { until } from '../lib/until.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

/**
 * Sends bytes in one packet and returns the status codes of the answers: all until the server closes, or has been silent for `quiet` ms behind
 * the `wanted`th. Nobody is hurried for that one.
 */
function statuses(bytes, wanted = 1, { socket = net.connect(daemon.port, '127.0.0.1'), quiet = 500 } = {}) {
	return new Promise((resolve) => {
		let text = '';
		const found = () => [...text.matchAll(/HTTP\/1\.[01] (\d+)/g)].map((match) => Number(match[1]));
		let timer = setTimeout(() => socket.destroy(), 30_000);
		socket.on('data', (chunk) => {
			text += chunk.toString('latin1');
			if (found().length < wanted) return;
			clearTimeout(timer);
			timer = setTimeout(() => setImmediate(() => socket.destroy()), quiet); // what has come while this process stood still is read first
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			clearTimeout(timer);
			resolve(found());
		});
		socket.write(bytes);
	});
}

/** Processor time that the server has taken. */
function cpuMs() {
	const fields = readFileSync(`/proc/${daemon.pid}/stat`, 'utf8').split(') ')[1].split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

const head = 'Host: x\r\nContent-Type: application/json\r\n';
const get = `GET /healthz HTTP/1.1\r\n${head}\r\n`;
const post = `POST /api/auth/link HTTP/1.1\r\n${head}Content-Length: 13\r\n\r\n{"token":"x"}`;
const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test('pipelined requests are answered or closed, in order, and never keep the server busy', async () => {
	assert.deepEqual(await statuses(get + get + get, 3), [200, 200, 200]);
	assert.deepEqual(await statuses(post + get, 2), [401, 200]);
	const big = `POST /api/auth/link HTTP/1.1\r\n${head}Content-Length: 70000\r\n\r\n${'x'.repeat(70000)}`;
	assert.deepEqual(await statuses(big + get, 2), [413, 200]);
	for (const many of [post + post, post + post + post, get + post, get + post + get, get + post + post + get, post + post.slice(0, 60)]) {
		const got = await statuses(many, 1, { quiet: 1000 });
		assert.ok(got.length >= 1 && got.slice(1).every((status) => status >= 400 || status === 200), String(got));
	}
	const before = cpuMs();
	await new Promise((resolve) => setTimeout(resolve, 1000));
	assert.equal((await fetch(`${daemon.url}/healthz`)).status, 200);
	assert.ok(cpuMs() - before < 500, 'the server is busy with what is answered');
});

test('a connection takes one request after the other; who has said that nothing more comes is answered, too', async () => {
	// its answer comes from the store
	const slow = `POST /api/v1/conversations/user/messages HTTP/1.1\r\n${head}Cookie: __Host-confab=x\r\nContent-Length: 2\r\n\r\n{}`;
	const socket = net.connect(daemon.port, '127.0.0.1');
	const answers = [];
	let text = '';
	for (let i = 0; i < 30; i++) {
		socket.write(i % 3 ? slow : get);
		await new Promise((resolve, reject) => {
			socket.once('close', () => reject(new Error(`closed after ${answers}`)));
			socket.on('data', function more(chunk) {
				text += chunk.toString('latin1');
				const [, head, length] = /^([^]*?content-length: (\d+)[^]*?\r\n\r\n)/.exec(text) ?? [];
				if (!head || text.length < head.length + Number(length)) return;
				answers.push(Number(text.slice(9, 12)));
				text = text.slice(head.length + Number(length));
				socket.off('data', more).removeAllListeners('close');
				resolve();
			});
		});
	}
	socket.destroy();
	assert.equal(text, '');
	assert.deepEqual(answers, Array.from({ length: 30 }, (_, i) => (i % 3 ? 401 : 200)));

	const half = net.connect({ port: daemon.port, host: '127.0.0.1', allowHalfOpen: true });
	const got = statuses(slow, 2, { socket: half }); // there is one: then it closes
	half.end();
	assert.deepEqual(await got, [401]);
});

test('who is slow with a request holds nothing for long (R3)', async () => {
	const body = `POST /api/auth/login HTTP/1.1\r\n${head}Content-Length: 1000\r\n\r\n`;
	const cases = [
		['says nothing', '', ''],
		['stops in its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', ''],
		['drips its headers', 'GET / HTTP/1.1\r\nX: ', 'a'],
		['never sends its body', body, ''],
		['drips its body', body, ' '],
	];
	const closedAfter = ([name, bytes, drop]) => new Promise((resolve) => {
		const began = Date.now();
		const socket = net.connect(daemon.port, '127.0.0.1', () => socket.write(bytes));
		const dripping = setInterval(() => drop && socket.write(drop), 500);
		const limit = setTimeout(() => socket.destroy(), 24_000);
		socket.on('error', () => {}).on('data', () => {}).on('close', () => {
			clearInterval(dripping);
			clearTimeout(limit);
			resolve([name, Date.now() - began]);
		});
	});
	for (const [name, ms] of await Promise.all(cases.map(closedAfter))) assert.ok(ms < 20_000, `who ${name} was ended after ${ms} ms`); // 10 s, and what a busy machine takes
	assert.equal((await fetch(`${daemon.url}/healthz`)).status, 200);
});

test('only version 13 of WebSocket, with a key, on an address that has one', async () => {
	const events = `GET /api/v1/events HTTP/1.1\r\nHost: x\r\n${upgrade}`;
	assert.deepEqual(await statuses(`${events}${key}Sec-WebSocket-Version: 8\r\n\r\n`), [426]);
	assert.deepEqual(await statuses(`${events}Sec-WebSocket-Version: 13\r\n\r\n`), [400]);
	assert.deepEqual(await statuses(`GET /nothing/here.js HTTP/1.1\r\nHost: x\r\n${upgrade}${key}Sec-WebSocket-Version: 13\r\n\r\n`), [404]);
	assert.deepEqual(await statuses(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n').replace('/healthz', '/api/v1/events')), [426]);
	assert.deepEqual(await statuses('CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n'), []);
	assert.deepEqual(await statuses(`${get.slice(0, -2)}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}`), [400]);
});

test('messages over the limit close with 1009, also in fragments', async () => {
	const open = (send) =>
		new Promise((resolve) => {
			const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/v1/events`);
			socket.on('open', () => send(socket));
			socket.on('error', () => {});
			socket.on('close', resolve);
		});
	assert.equal(await open((socket) => socket.send('x'.repeat(70000))), 1009);
	assert.equal(await open((socket) => {
		for (let i = 0; i < 40; i++) socket.send('x'.repeat(2000), { fin: false });
	}), 1009);
	assert.equal(await open((socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false })), 1007);
});

test('a reader that is too slow is closed with 1013, and nobody else waits for it', async () => {
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	const [slow, fast] = [await user.events(), await user.events()];
	slow.socket._socket.pause();
	const count = 700; // of 10 kB: more than the queue and both kernels' buffers
	await Promise.all(Array.from({ length: 7 }, async (_, worker) => {
		for (let i = worker; i < count; i += 7) {
			const sent = await user.raw('POST', '/api/v1/conversations/user/messages', { body: { text: 'x'.repeat(9900), client_id: `slow-${i}` } });
			assert.equal(sent.status, 201);
		}
	}));
	await fast.next((event) => event.message?.client_id?.startsWith('slow-') && fast.seen.filter((e) => e.message).length === count);
	slow.socket._socket.resume();
	assert.ok([1013, 1006].includes((await slow.closed).code)); // 1006: it did not even read the close frame within 5 s
	await fast.close();
});

test('one more event socket than a person or an address may have is refused, and nobody else is (R61)', async () => {
	const [user, admin] = [new Client(daemon.url), new Client(daemon.url)];
	confab(['user', 'add', 'tabs', '--role', 'user', '--name', 'Tabs', '--password-stdin', '--data', daemon.data], 'tabs has a password\n');
	await user.call('POST', '/api/auth/login', { userId: 'tabs', password: 'tabs has a password' });
	await admin.openLink(daemon.links.admin);
	const refused = async () => Number(/^confab_event_sockets_refused_total (\d+)$/m.exec(await (await fetch(`${daemon.url}/metrics`)).text())[1]);
	const streams = await Promise.all(Array.from({ length: 50 }, () => user.events()));
	for (const { first } of streams) assert.equal(first.type, 'connection.ok');
	const { first, closed } = await user.events();
	assert.deepEqual([first.type, first.error.status_code, first.error.code, first.retry_after], ['connection.error', 429, 9, 15]);
	const { code, reason } = await closed;
	assert.deepEqual([code, reason], [1013, first.error.message]);
	assert.equal(await refused(), 1);
	const other = await admin.events();
	assert.equal(other.first.type, 'connection.ok');
	await streams[0].close();
	const again = await until('room for one', () => user.events(), (stream) => stream.first.type === 'connection.ok' || void stream.close());
	await Promise.all([...streams.slice(1), other, again].map((stream) => stream.close()));

	// strangers, as a proxy tells of them: those of one address may not all keep silent
	const stranger = (address) =>
		new Promise((resolve) => {
			const socket = net.connect(daemon.port, '127.0.0.1', () =>
				socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\n${upgrade}${key}Sec-WebSocket-Version: 13\r\n\r\n`));
			socket.on('error', () => {}).once('data', (data) => resolve({ socket, answer: String(data) }));
		});
	const silent = [];
	for (let i = 0; i < 10; i++) silent.push(...(await Promise.all(Array.from({ length: 50 }, () => stranger('203.0.113.9')))));
	assert.ok(silent.every(({ answer }) => answer.startsWith('HTTP/1.1 101 ')));
	const late = await stranger('203.0.113.9');
	assert.match(late.answer, /^HTTP\/1\.1 429 [^]*retry-after: 10[^]*"code":9/i);
	const elsewhere = await stranger('203.0.113.10');
	assert.match(elsewhere.answer, /^HTTP\/1\.1 101 /);
	for (const { socket } of [...silent, late, elsewhere]) socket.destroy();
});

test('HTTP/2: WebSockets inside it, refusals with CORS, bodies with and without a length', async () => {
	const folder = daemon.data;
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
		'-keyout', `${folder}/h2.key`, '-out', `${folder}/h2.crt`], { stdio: 'ignore' });
	const secure = await startConfabd({ args: ['--tls-cert', `${folder}/h2.crt`, '--tls-key', `${folder}/h2.key`] });
	const session = http2.connect(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false });
	try {
		const ask = (headers, body, send) =>
			new Promise((resolve) => {
				const stream = session.request(headers, { endStream: false });
				let [text, answer] = ['', undefined];
				const timer = send && setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), 10_000);
				stream.on('response', (got) => {
					answer = got;
					if (send && got[':status'] === 200) stream.write(send);
					else if (send) stream.close(http2.constants.NGHTTP2_CANCEL);
				});
				stream.on('data', (chunk) => {
					text += chunk.toString('latin1');
					if (send) stream.close(http2.constants.NGHTTP2_CANCEL); // one event is what is wanted
				});
				stream.on('error', () => {});
				stream.on('close', () => {
					clearTimeout(timer);
					resolve({ status: answer?.[':status'], answer, text });
				});
				if (!send) stream.end(body);
			});
		const json = { ':method': 'POST', 'content-type': 'application/json' };
		const short = '{"token":"x"}';
		const tlsSocket = tls.connect({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
		assert.deepEqual(await statuses(post + get + get, 3, { socket: tlsSocket }), [401, 200, 200]);
		assert.equal((await ask({ ...json, ':path': '/api/auth/link' }, short)).status, 401);
		assert.equal((await ask({ ...json, ':path': '/api/auth/link', 'content-length': short.length }, short)).status, 401);
		assert.equal((await ask({ ...json, ':path': '/api/auth/link' }, '{"token":')).status, 400); // never whole
		const big = 'x'.repeat(200000);
		assert.equal((await ask({ ...json, ':path': '/api/auth/link', 'content-length': big.length }, big)).status, 413);

		const mask = Buffer.from([1, 2, 3, 4]);
		const text = Buffer.from('{"type":"connect"}');
		const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, text.map((byte, i) => byte ^ mask[i % 4])]);
		const socket = { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':authority': `127.0.0.1:${secure.port}`, 'sec-websocket-version': '13' };
		const events = await ask({ ...socket, ':path': '/api/v1/events' }, undefined, frame);
		assert.equal(events.status, 200);
		assert.match(events.text, /connection\.error.*not signed in/);
		assert.equal((await ask({ ':path': '/healthz' }, '')).status, 200);
		const refused = await ask({ ...socket, ':path': '/rtc/v1' }, undefined, frame);
		assert.equal(refused.status, 404);
		assert.equal(refused.answer['access-control-allow-origin'], '*');
	} finally {
		session.destroy();
		await secure.stop();
	}
});
