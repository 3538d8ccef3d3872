// SPDX-License-Identifier: Apache-2.0
// A network that lets only TCP to port 443 pass: media goes through the web port, as TURN over TLS (R71). Two real Chromiums behind the
// router's packet filter; it counts what it drops, so that nothing else can have carried the call.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { stats, until } from '../lib/browser.mjs';
import { enter, received, untilMedia } from '../lib/rig-call.mjs';
import { Rig } from '../lib/rig.mjs';

const limit = { timeout: 90_000 };
let rig, daemon, browsers;

/** Of this client's packets only TCP to and from the server's web port passes. */
function onlyWeb(label, on = true) {
	rig.router.run(`nft flush chain ip rig block-${label}`);
	if (!on) return;
	for (const rule of ['tcp dport 443 accept', 'tcp sport 443 accept', 'counter drop']) rig.router.run(`nft add rule ip rig block-${label} ${rule}`);
}

before(async () => {
	rig = await Rig.open({ clients: ['a', 'b'] });
	const file = (name) => path.join(rig.folder, name);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', file('key.pem'), '-out', file('cert.pem'),
		'-subj', `/CN=${rig.address}`, '-addext', `subjectAltName=IP:${rig.address}`], { stdio: 'ignore' });
	const started = await rig.confabd({ port: 443, args: ['--tls-cert', file('cert.pem'), '--tls-key', file('key.pem')] });
	daemon = { ...started, wsUrl: `wss://${rig.address}` };
	const key = new crypto.X509Certificate(fs.readFileSync(file('cert.pem'))).publicKey.export({ type: 'spki', format: 'der' });
	const trust = `--ignore-certificate-errors-spki-list=${crypto.createHash('sha256').update(key).digest('base64')}`;
	browsers = await Promise.all([rig.a.chromium({ args: [trust] }), rig.b.chromium({ args: [trust] })]);
});
after(() => rig?.close());

/** The local candidates of the selected pairs, as "relay tls". */
async function ways(tab) {
	const reports = new Map((await stats(tab.page)).map((r) => [`${r.connection} ${r.id}`, r]));
	const of = (r, id) => reports.get(`${r.connection} ${id}`);
	return [...reports.values()].filter((r) => r.type === 'transport' && r.selectedCandidatePairId).map((r) => {
		const local = of(r, of(r, r.selectedCandidatePairId).localCandidateId);
		return `${local.candidateType} ${local.relayProtocol ?? local.protocol}`;
	});
}

const took = (tab) => tab.page.evaluate(() => window.took);

/** Both in a room, both sending; ends when both have decoded pictures and sound. */
async function call(room, connect = {}) {
	const settings = { media: true, room, connect, options: { singlePeerConnection: false } };
	const [ann, bob] = await Promise.all([enter(browsers[0], daemon, 'ann', settings), enter(browsers[1], daemon, 'bob', settings)]);
	for (const tab of [ann, bob]) await until('media', () => received(tab), (now) => now.frames > 60 && now.samples > 0, 30_000);
	return [ann, bob];
}

async function leave(...tabs) {
	for (const tab of tabs) {
		tab.assertQuiet();
		await tab.context.close();
	}
}

test('only the web port is open: connected over TURN within 3 s, pictures and sound both ways', limit, async (t) => {
	for (const label of ['a', 'b']) onlyWeb(label);
	const tabs = await call('closed');
	for (const tab of tabs) {
		assert.deepEqual(await ways(tab), ['relay tls', 'relay tls'], 'both connections');
		t.diagnostic(`connected after ${Math.round(await took(tab))} ms`);
		assert.ok((await took(tab)) < 3000, `${await took(tab)} ms`);
	}
	const before = await Promise.all(tabs.map(received));
	await new Promise((resolve) => setTimeout(resolve, 3000));
	const after = await Promise.all(tabs.map(received));
	for (const [i, now] of after.entries()) {
		t.diagnostic(`${((now.frames - before[i].frames) / 3).toFixed(1)} fps, ${(((now.bytes - before[i].bytes) * 8) / 3000).toFixed(0)} kbit/s of pictures`);
		assert.ok(now.frames - before[i].frames > 30);
	}
	await leave(...tabs);
});

test('a client that wants relays only is content, too, where everything is open', limit, async (t) => {
	for (const label of ['a', 'b']) onlyWeb(label, false);
	const tabs = await call('relay', { rtcConfig: { iceTransportPolicy: 'relay' } });
	for (const tab of tabs) assert.deepEqual(await ways(tab), ['relay tls', 'relay tls']);
	t.diagnostic(`connected after ${Math.round(await took(tabs[0]))} ms`);
	await leave(...tabs);
});

test('an open network goes by UDP; when it closes in mid-call, media comes back through the web port, and nobody leaves', limit, async (t) => {
	const [ann, bob] = await call('closes');
	for (const tab of [ann, bob]) assert.deepEqual(await ways(tab), ['host udp', 'host udp']);
	const start = Date.now();
	onlyWeb('b');
	await until('a relay', () => ways(bob), (now) => now.length === 2 && now.every((way) => way === 'relay tls'), 40_000);
	await untilMedia(bob);
	const ms = Date.now() - start;
	t.diagnostic(`pictures and sound ${ms} ms after the network closed`);
	assert.ok(ms < 15_000, `${ms} ms`);
	assert.ok(!(await bob.page.evaluate(() => window.seen)).includes('disconnected'));
	assert.deepEqual(await ways(ann), ['host udp', 'host udp']);
	await leave(ann, bob);
});
