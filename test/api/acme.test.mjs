// SPDX-License-Identifier: Apache-2.0
// --domain: the server gets its certificate from an authority by itself, renews it under open connections, keeps it over a restart, and
// says what went wrong. The authority is test/lib/acme.mjs, which looks at each signature and at the proof.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { startAuthority } from '../lib/acme.mjs';
import { apiKey, apiSecret, confab, freeTcpPort, startConfabd } from '../lib/confabd.mjs';
import { firstEventOverTls } from '../lib/over-tls.mjs';
import { until } from '../lib/until.mjs';

const NAMES = ['localhost', 'chat.test']; // the first one has an address, for doctor
let ca, folder;

before(async () => {
	ca = await startAuthority();
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-domain-'));
});
after(() => {
	ca?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

/** A server for the names, on ports where the authority finds it. */
async function start(t, data, more = {}) {
	const port = await freeTcpPort('127.0.0.1');
	const httpPort = more.httpPort ?? (await freeTcpPort('127.0.0.1'));
	ca.ports = { http: httpPort, tls: port };
	const daemon = await startConfabd({ demo: more.demo ?? false, port, data: path.join(folder, data), args: ['--domain', NAMES.join(), '--http-port', String(httpPort), '--acme-contact', 'anna@chat.test', ...ca.args] });
	t.after(() => daemon.kill());
	return daemon;
}

/** What a new connection is shown, and whether who trusts the authority trusts it. */
async function shown(daemon, servername = NAMES[0]) {
	const socket = tls.connect({ host: '127.0.0.1', port: daemon.port, servername, ca: ca.root, rejectUnauthorized: false });
	await once(socket, 'secureConnect');
	const { serialNumber, subjectAltName } = socket.getPeerX509Certificate();
	const trusted = socket.authorized;
	socket.destroy();
	return { serialNumber, subjectAltName, trusted };
}

async function plain(daemon, target, headers = {}, method = 'GET') {
	const request = http.request({ host: '127.0.0.1', port: ca.ports.http, path: target, method, headers: { host: NAMES[0], ...headers } }).end();
	const [answer] = await once(request, 'response');
	answer.resume();
	return { status: answer.statusCode, location: answer.headers.location, hsts: answer.headers['strict-transport-security'] };
}

const trusted = (daemon) => until('a certificate of the authority', () => shown(daemon), (found) => found.trusted, 20000);
const said = (daemon, wanted) => until(String(wanted), () => daemon.log(), (log) => wanted.test(log), 20000);

test('from nothing to a certificate, its renewal under an open socket, and a restart without a question', { timeout: 60_000 }, async (t) => {
	let release;
	ca.hold = new Promise((resolve) => (release = resolve));
	ca.wrong = { badNonce: true };
	ca.life = [600, 308]; // a third is left in 5 s
	const daemon = await start(t, 'site');
	assert.match(daemon.log(), new RegExp(`listening on https://localhost:${daemon.port}\n`));

	const first = await shown(daemon);
	assert.deepEqual([first.trusted, first.subjectAltName], [false, 'DNS:localhost, DNS:chat.test']);
	assert.match(daemon.log(), /info acme there is no certificate for localhost yet: a self-signed one stands in/);
	const on = (target, headers, method) => plain(daemon, target, headers, method);
	assert.deepEqual(await on('/c/a%20b?x=1&y=%26%20'), { status: 308, location: `https://localhost:${daemon.port}/c/a%20b?x=1&y=%26%20`, hsts: undefined });
	assert.equal((await on('/', { host: 'CHAT.test:80' })).location, `https://chat.test:${daemon.port}/`);
	assert.equal((await on('//evil.test/', { host: 'evil.test' })).location, `https://localhost:${daemon.port}/evil.test/`);
	assert.equal((await on('/api/auth/login', { 'content-length': '0' }, 'POST')).status, 308);
	assert.equal((await on('/.well-known/acme-challenge/guessed')).status, 404);

	release();
	await trusted(daemon);
	assert.deepEqual(ca.proved, ['http-01', 'http-01']);
	assert.deepEqual(ca.accounts.map(({ contact }) => contact), [['mailto:anna@chat.test']]);
	assert.match(daemon.log(), /--domain agrees to the terms terms=https:\/\/localhost:\d+\/terms/);
	const own = path.join(daemon.data, 'acme', fs.readdirSync(path.join(daemon.data, 'acme'))[0]);
	for (const file of ['account-key.pem', 'certificate.pem']) assert.equal(fs.statSync(path.join(own, file)).mode & 0o777, 0o600, file);
	assert.equal(fs.statSync(own).mode & 0o777, 0o700);
	assert.deepEqual(fs.readdirSync(own).sort(), ['account-key.pem', 'certificate.pem']);

	const socket = new WebSocket(`wss://127.0.0.1:${daemon.port}/api/v1/events`, { ca: ca.root, servername: NAMES[0] });
	await once(socket, 'open');
	const before = await shown(daemon, NAMES[1]);
	assert.ok(before.trusted, 'for the other name, too');
	ca.life = [600, 90 * 86400];
	const renewed = await until('another certificate', () => shown(daemon), (found) => found.serialNumber !== before.serialNumber, 20000);
	assert.ok(renewed.trusted);
	socket.ping();
	await once(socket, 'pong');
	socket.terminate();
	assert.equal(ca.accounts.length, 1);
	const doctor = confab(['doctor', '--data', daemon.data], '', { SSL_CERT_FILE: ca.rootFile, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret });
	assert.match(doctor, new RegExp(`ok +url +Confab \\S+ answers at https://localhost:${daemon.port}\n`));
	assert.match(doctor, /ok +certificate +for localhost, chat\.test, \d+ days left/);
	assert.doesNotMatch(doctor, /^bad/m);

	await daemon.stop();
	const asked = ca.asked.length;
	const again = await start(t, 'site');
	assert.deepEqual(await shown(again), renewed);
	assert.match(again.log(), /the certificate of localhost is good until=/);
	again.child.kill('SIGHUP'); // there is nothing to do
	await new Promise((resolve) => setTimeout(resolve, 300));
	assert.equal(ca.asked.length, asked, 'the authority is not asked');
	await again.stop();
});

test('what fails is said and tried again, but never hurriedly; without port 80 the name is proved over TLS', { timeout: 60_000 }, async (t) => {
	ca.proved = [];
	ca.hold = null;
	ca.wrong = { cut: '/order/new', chain: true };
	const daemon = await start(t, 'fails', { httpPort: ca.port, demo: true }); // which is taken
	assert.match(daemon.log(), /warn http port \d+ cannot be had \(Address already in use\)/);
	await said(daemon, /error acme no new certificate: a self-signed one stands in, browsers warn name=localhost cause="https:\/\/localhost:\d+\/order\/new: [^"]+" fix="let this machine reach the authority/);

	// by itself, some seconds later; what comes then is of another key
	await said(daemon, /cause="what it gave is not taken: it is not of our key"/);
	assert.deepEqual(ca.proved, ['tls-alpn-01', 'tls-alpn-01']);
	assert.equal((await shown(daemon)).trusted, false);
	const again = (log) => Date.parse(/again=(\S+)/.exec(log.split('\n').findLast((line) => /no new certificate/.test(line)))[1]);
	const left = again(daemon.log()) - Date.now();
	assert.ok(left > 3590_000 && left < 4600_000, `${left} ms`);

	// no certificate is asked for that could not be kept; when there is room, it goes on by itself
	const before = ca.asked.length;
	const obstacle = path.join(folder, 'fails', 'acme', `localhost_${ca.port}`, 'certificate.try.new');
	fs.mkdirSync(obstacle); // as if the disk were full
	ca.wrong = { challenge: 'Timeout during connect (likely firewall problem)' };
	daemon.child.kill('SIGHUP');
	await said(daemon, /browsers warn name=localhost cause="\S+certificate\.pem cannot be written: [^"]+" fix="make room/);
	assert.equal(ca.asked.length, before);
	fs.rmdirSync(obstacle);
	await said(daemon, /cause="localhost: Timeout during connect \(likely firewall problem\)" fix="let ports 80 and 443/);

	const [warning, ...others] = (await firstEventOverTls(daemon, { rejectUnauthorized: false })).warnings;
	assert.deepEqual([warning.kind, warning.cause, Math.floor(Date.parse(warning.again_at) / 1000) * 1000, others], ['certificate_failed', 'localhost: Timeout during connect (likely firewall problem)', again(daemon.log()), []]);

	ca.wrong = { limited: 7200 };
	daemon.child.kill('SIGHUP');
	await said(daemon, /cause="it limits how often it is asked: too many certificates for this name"/);
	assert.ok(again(daemon.log()) - Date.now() > 7100_000);
	const asked = ca.asked.length;
	daemon.child.kill('SIGHUP');
	await said(daemon, /warn acme not again so soon/);
	const { serialNumber } = await shown(daemon);
	await daemon.stop();

	// a supervisor that starts it again and again does not hammer the authority either
	const restarted = await start(t, 'fails');
	await said(restarted, /warn acme it failed before the restart, and is tried again at/);
	assert.equal(ca.asked.length, asked);
	assert.equal((await shown(restarted)).serialNumber, serialNumber, 'it is the same that stands in');
	await restarted.stop();
});

test('a certificate and a domain are not given together', async () => {
	await assert.rejects(startConfabd({ demo: false, args: ['--domain', 'chat.test', '--tls-cert', ca.caFile, '--tls-key', ca.caFile] }), /domain gets a certificate by itself, and tls-cert gives one/);
	await assert.rejects(startConfabd({ demo: false, args: ['--domain', '10.0.0.1'] }), /domain '10\.0\.0\.1' is not a host name/);
});
