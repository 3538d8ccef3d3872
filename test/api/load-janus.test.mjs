// SPDX-License-Identifier: Apache-2.0
// `confab load --kind janus`: a small load in and out of Debian's Janus. Without the package there is nothing to test.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildFolder } from '../lib/confabd.mjs';
import { makeNamespace } from '../lib/netns.mjs';
import { until } from '../lib/until.mjs';

const library = spawnSync('sh', ['-c', 'dpkg -L janus | grep -m1 /janus/plugins$'], { encoding: 'utf8' }).stdout?.trim().replace(/\/plugins$/, '');
const port = 18188;
let namespace, folder, janus, output;

/** Only the videoroom and its WebSocket, in a folder of our own. */
function configure(address, room) {
	const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
	const others = (kind, keep) => fs.readdirSync(path.join(library, kind)).filter((name) => name.endsWith('.so') && !name.includes(keep)).join(',');
	write('janus.jcfg', `general: { configs_folder = "${folder}"
 plugins_folder = "${library}/plugins"
 transports_folder = "${library}/transports"
 debug_level = 5
 debug_colors = false }
media: { ipv6 = false }
nat: { ice_lite = true
 ice_enforce_list = "${address}" }
plugins: { disable = "${others('plugins', 'videoroom')}" }
transports: { disable = "${others('transports', 'websockets')}" }
events: { broadcast = false }
`);
	write('janus.plugin.videoroom.jcfg', `general: { ${room} }\n`);
	write('janus.transport.websockets.jcfg', `general: { ws = true
 ws_port = ${port}
 ws_ip = "${address}"
 wss = false }
admin: { admin_ws = false }
`);
}

async function listening() {
	for (let i = 0; i < 300; i++) {
		assert.equal(janus.exitCode, null, `Janus ended:\n${output.slice(-4000)}`);
		if (spawnSync('ip', ['netns', 'exec', namespace.name, 'bash', '-c', `echo > /dev/tcp/${namespace.address}/${port}`], { stdio: 'ignore' }).status === 0) return;
		await sleep(100);
	}
	assert.fail(`Janus does not listen:\n${output.slice(-4000)}`);
}

async function start(room) {
	output = '';
	configure(namespace.address, room);
	janus = spawn('ip', ['netns', 'exec', namespace.name, 'janus', '-F', folder, '-C', path.join(folder, 'janus.jcfg')]);
	for (const stream of [janus.stdout, janus.stderr]) stream.on('data', (bytes) => (output = (output + bytes).slice(-200000)));
	await listening();
}

async function stop() {
	if (janus?.exitCode !== null || janus.signalCode) return;
	const ended = new Promise((resolve) => janus.once('exit', resolve));
	janus.kill('SIGKILL');
	await ended;
}

const skip = library ? false : 'the Debian package janus is not installed';

before(async () => {
	if (skip) return;
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-janus-'));
	// It refuses loopback addresses, so both run in a namespace with an address of its own; nothing leaves it.
	namespace = makeNamespace(`confab-janus-${process.pid}`);
	await start('');
});

after(async () => {
	await stop();
	namespace?.remove();
	if (folder) fs.rmSync(folder, { recursive: true });
});

/** Meanwhile what Janus prints is read: it stands still when its pipe is full. */
async function load(...args) {
	const file = path.join(folder, 'load.json');
	const child = spawn('ip', ['netns', 'exec', namespace.name, path.join(buildFolder, 'confab'), 'load', '--kind', 'janus', '--server', `${namespace.address}:${port}`,
		'--pid', String(janus.pid), '--allow-remote', '--warmup', '0', '--seconds', '1', '--settle', '0', '--json', file, ...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60000 });
	let stderr = '';
	child.stderr.on('data', (bytes) => (stderr += bytes));
	const [status] = await once(child, 'close');
	return { status, stderr, figures: status === 0 ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined };
}

test('a broadcast reaches every subscriber of a videoroom', { skip }, async () => {
	const { figures: f, stderr } = await load('--publishers', '1', '--subscribers', '3');
	assert.ok(f, `${stderr}\n${output.slice(-4000)}`);
	assert.equal(f.server, 'janus');
	assert.equal(f.streams, 6, 'video and audio for each');
	assert.equal(f.streams_silent, 0);
	assert.equal(f.bad, 0, 'packets that are not authentic');
	assert.ok(f.received > 200 && f.sent > 70, JSON.stringify(f));
	assert.ok(f.us_per_forwarded_packet > 0 && f.rss_media_kb > 0, JSON.stringify(f));
});

test('meetings with simulcast, in two rooms: everybody gets everybody else of the room', { skip }, async () => {
	const { figures: f, stderr } = await load('--rooms', '2', '--publishers', '2', '--subscribers', '0', '--simulcast');
	assert.ok(f, `${stderr}\n${output.slice(-4000)}`);
	assert.equal(f.streams, 8);
	assert.equal(f.streams_silent, 0);
	assert.equal(f.bad, 0);
});

test('its rooms are gone afterwards', { skip }, async () => {
	const ended = () => output.match(/destroy an existing VideoRoom room/g)?.length ?? 0;
	await until('the rooms end', ended, (n) => n >= 3);
	assert.equal(ended(), 3, output.slice(-4000));
});

test('what Janus refuses is said in its words', { skip }, async () => {
	await stop();
	await start('admin_key = "only those who know it make rooms"');
	const refused = await load('--publishers', '1', '--subscribers', '0');
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /^confab: Janus: .*(admin_key|[Uu]nauthorized)/);
});
