// SPDX-License-Identifier: Apache-2.0
// One address opens connections until the server refuses more of it: a quarter of the descriptors. The others get in as before,
// it itself again once some of its own are closed, and a proxy on the same machine is not counted (R3, R60).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import readline from 'node:readline';
import { after, before, test } from 'node:test';
import { until } from '../lib/until.mjs';
import { Rig } from '../lib/rig.mjs';

const DESCRIPTORS = 400;
const SHARE = DESCRIPTORS / 4;
let rig, daemon;

before(async () => {
	rig = await Rig.open({ clients: ['a', 'x'] });
	daemon = await rig.confabd({ prefix: ['prlimit', `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`] });
});
after(() => rig?.close());

const descriptors = () => fs.readdirSync(`/proc/${daemon.pid}/fd`).length;
const here = () => ({ host: rig.address, port: daemon.port });

/** Opens connections inside a namespace and asks once over each; says how many were answered and how many closed. Holds them until `end`. */
class Crowd {
	static async open(namespace, { host, port }, count) {
		const script = `
			const net = require('node:net');
			const now = { answered: 0, closed: 0 };
			for (let i = 0; i < ${count}; i++) {
				const socket = net.connect(${port}, '${host}', () => socket.write('GET /healthz HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n'));
				let heard = false;
				socket.on('data', () => { if (!heard) now.answered++; heard = true; });
				socket.on('error', () => {});
				socket.on('close', () => now.closed++);
			}
			setInterval(() => console.log(JSON.stringify(now)), 50);`;
		const crowd = new Crowd();
		crowd.child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		readline.createInterface({ input: crowd.child.stdout }).on('line', (line) => (crowd.now = JSON.parse(line)));
		await until('all of them', () => crowd.now, (now) => now && now.answered + now.closed === count, 20_000);
		return crowd;
	}

	async end() {
		this.child.kill();
		await once(this.child, 'exit');
	}
}

test('one address cannot take all connections, another one gets in, and it does again when its own are closed', { timeout: 60_000 }, async () => {
	const before = descriptors();
	const crowd = await Crowd.open(rig.x, here(), 3 * SHARE);
	assert.deepEqual(crowd.now, { answered: SHARE, closed: 2 * SHARE });
	const other = await Crowd.open(rig.a, here(), SHARE);
	assert.deepEqual(other.now, { answered: SHARE, closed: 0 });
	assert.equal(daemon.log().match(/one address has a quarter of all connections: more of it are refused peer=10\.78\.11\.2 /g)?.length, 1, daemon.log());
	await crowd.end();
	await until('their end', descriptors, (n) => n <= before + SHARE);
	await new Promise((resolve) => setTimeout(resolve, 150)); // the server asks its sockets ten times a second
	const again = await Crowd.open(rig.x, here(), SHARE);
	assert.deepEqual(again.now, { answered: SHARE, closed: 0 });
	await Promise.all([again.end(), other.end()]);
});

test('a proxy on the same machine speaks for many', { timeout: 60_000 }, async () => {
	const inside = await rig.confabd({ host: '127.0.0.1', prefix: ['prlimit', `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`] });
	const proxy = await Crowd.open(rig.server, { host: '127.0.0.1', port: inside.port }, 2 * SHARE);
	assert.deepEqual(proxy.now, { answered: 2 * SHARE, closed: 0 });
	await proxy.end();
});
