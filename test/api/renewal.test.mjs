// SPDX-License-Identifier: Apache-2.0
// A renewed certificate is taken into use without a restart: by itself, and at once on SIGHUP. Connections that are open stay; what
// does not pass is not used.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { until } from '../lib/until.mjs';

let folder, daemon;

/** A new certificate in place of the one that is there, as certbot and the like put it: written beside, then renamed. */
function renew(name, days) {
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', `/CN=${name}`,
		'-keyout', `${folder}/new.key`, '-out', `${folder}/new.crt`], { stdio: 'ignore' });
	fs.renameSync(`${folder}/new.key`, `${folder}/tls.key`);
	fs.renameSync(`${folder}/new.crt`, `${folder}/tls.crt`);
}

async function connect() {
	const socket = tls.connect({ port: daemon.port, host: '127.0.0.1', rejectUnauthorized: false });
	await once(socket, 'secureConnect');
	return socket;
}

/** The name in the certificate that a new connection is shown. */
async function shown() {
	const socket = await connect();
	const name = socket.getPeerCertificate().subject.CN;
	socket.destroy();
	return name;
}

const is = (name) => until(`the certificate of ${name}`, shown, (found) => found === name);

before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-renewal-'));
	renew('first', 20);
	daemon = await startConfabd({ demo: false, args: ['--tls-cert', `${folder}/tls.crt`, '--tls-key', `${folder}/tls.key`] });
});
after(async () => {
	await daemon?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

test('by itself', { timeout: 60_000 }, async () => {
	assert.equal(await shown(), 'first');
	const open = await connect();
	renew('second', 30);
	await is('second');
	assert.equal(open.destroyed, false);
	open.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
	const [answer] = await once(open, 'data');
	assert.match(String(answer), /^HTTP\/1\.1 200 /);
	open.destroy();
	assert.match(daemon.log(), /info tls the certificate was read anew/);
});

test('on SIGHUP, and what does not pass is not used', { timeout: 60_000 }, async () => {
	const key = fs.readFileSync(`${folder}/tls.key`);
	fs.writeFileSync(`${folder}/tls.key`, 'half of it');
	daemon.child.kill('SIGHUP');
	await until('the complaint', () => daemon.log(), (log) => /error tls .*tls-key '.*tls\.key' is not the private key/.test(log));
	assert.equal(await shown(), 'second');
	fs.writeFileSync(`${folder}/tls.key`, key);
	renew('third', 30);
	daemon.child.kill('SIGHUP');
	await is('third');
});

test('without TLS SIGHUP ends nothing', async () => {
	const plain = await startConfabd({ demo: false });
	plain.child.kill('SIGHUP');
	assert.equal((await fetch(`${plain.url}/healthz`)).status, 200);
	await plain.stop(); // ends with 0 on SIGTERM
});
