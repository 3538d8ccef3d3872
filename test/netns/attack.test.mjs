// SPDX-License-Identifier: Apache-2.0
// A real call while a stranger sprays the media port: its own address gets no byte back, a forged one neither, and the call
// goes on as before (R40, R41, R44, R46, R56). What the accountant counts is the router's nftables.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { stats, until } from '../lib/browser.mjs';
import { buildFolder } from '../lib/confabd.mjs';
import { enter, line, measure, pause, received } from '../lib/rig-call.mjs';
import { Rig } from '../lib/rig.mjs';

const long = Boolean(process.env.CONFAB_LONG);
const SECONDS = long ? 60 : 8;
const RATE = long ? 50000 : 10000; // datagrams a second; a machine with two cores also runs two browsers
const limit = { timeout: (SECONDS + 60) * 1000 };
const run = promisify(execFile);
let rig, daemon, ann, bob, control;

before(async () => {
	rig = await Rig.open({ clients: ['a', 'b', 'x'] });
	daemon = await rig.confabd();
	// The accountant: bytes from the server's UDP to the attacker.
	rig.router.run('nft add counter ip rig answers');
	rig.router.run(`nft add rule ip rig forward ip daddr ${rig.x.address} meta l4proto udp counter name answers`);
	for (const device of ['all', 'xgw']) rig.router.run(`sysctl -qw net.ipv4.conf.${device}.rp_filter=0`);
	[ann, bob] = await Promise.all([rig.a.chromium(), rig.b.chromium()]);
	[ann, bob] = [await enter(ann, daemon, 'ann', { media: true }), await enter(bob, daemon, 'bob')];
	await until('media', () => received(bob), (now) => now.frames > 30 && now.samples > 0);
	await pause(3000);
	control = await measure(ann, bob, 5);
});
after(() => rig?.close());

const answers = () => Number(/bytes (\d+)/.exec(rig.router.run('nft list counter ip rig answers'))[1]);
const ports = () => [...daemon.log().matchAll(/10\.78\.1\.2:(\d+)/g)].map((m) => m[1]).filter((port) => port !== String(daemon.port));
const memory = () => daemon.own();

async function spray(kind, port, ...from) {
	const words = ['netns', 'exec', rig.x.name, path.join(buildFolder, 'test/netns/spray'), kind, rig.address, port, String(RATE), String(SECONDS), ...from];
	return JSON.parse((await run('ip', words)).stdout);
}

/** The local and remote ends of the page's connection number i, as ICE chose them. */
async function clientPort(tab) {
	const reports = await stats(tab.page);
	const pair = reports.find((r) => r.type === 'candidate-pair' && r.nominated && r.state === 'succeeded');
	const of = (id) => reports.find((r) => r.id === id && r.connection === pair.connection);
	return { local: String(of(pair.localCandidateId).port), remote: String(of(pair.remoteCandidateId).port) };
}

test('from its own address: not a byte comes back, and the call does not notice', limit, async (t) => {
	const before = memory();
	const [sent, m] = await Promise.all([spray('mixed', ports()[0], 'own'), measure(ann, bob, SECONDS)]);
	t.diagnostic(`${JSON.stringify(sent)}, ${answers()} bytes to the attacker, memory ${before} -> ${memory()} KiB`);
	t.diagnostic(`without: ${line('', control)}`);
	t.diagnostic(`with: ${line('', m)}`);
	assert.ok(sent.sent > 0.8 * RATE * SECONDS, 'the attacker was too slow');
	assert.equal(sent.answered, 0);
	assert.equal(answers(), 0);
	assert.ok(memory() - before < 1024, 'memory grew');
	assert.ok(m.fps >= 0.9 * Math.min(m.madeFps, control.fps), `${m.fps.toFixed(1)} fps`);
	assert.ok(m.concealed < control.concealed + 0.02);
});

test('in the name of a participant: the call goes on', limit, async (t) => {
	const { local, remote } = await clientPort(ann);
	const [sent, m] = await Promise.all([spray('mixed', remote, rig.a.address, local), measure(ann, bob, SECONDS)]);
	t.diagnostic(`${JSON.stringify(sent)}; ${line('with', m)}`);
	assert.ok(m.fps >= 0.9 * Math.min(m.madeFps, control.fps), `${m.fps.toFixed(1)} fps`);
	assert.ok(m.concealed < control.concealed + 0.02);
	assert.equal((await ann.page.evaluate(() => window.room.state)), 'connected');
});

test('a call is set up in the middle of hellos', limit, async (t) => {
	const spraying = spray('dtls', ports()[0], 'own');
	const start = performance.now();
	const tab = await enter(await rig.b.chromium(), daemon, 'late', { media: true });
	await until('media', () => received(tab), (now) => now.frames > 10);
	t.diagnostic(`joined and saw pictures after ${(performance.now() - start).toFixed(0)} ms; ${JSON.stringify(await spraying)}`);
	assert.equal(answers(), 0);
});
