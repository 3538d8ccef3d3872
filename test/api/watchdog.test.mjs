// SPDX-License-Identifier: Apache-2.0
// R63: a thread that stands still is in the log, with its stack; what lasts ends the process, for whoever starts it again. A
// process that was stopped is not at fault.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { failingDisk } from '../lib/disk.mjs';
import { pause, until } from '../lib/until.mjs';

let faults;
before(() => (faults = failingDisk()));
after(() => faults.remove());

const start = (times) => startConfabd({ demo: false, args: ['--workers', '1'], env: { ...faults.env, CONFAB_TEST_WATCHDOG: times } });
const warnings = (daemon) => daemon.log().match(/^.* (?:warn|error) watchdog .*$/gm) ?? [];

/** A datagram, for the media thread to read. */
function knock(daemon) {
	const socket = dgram.createSocket('udp4');
	socket.send('?', daemon.rtcPort, '127.0.0.1', () => socket.close());
}

test('who stands still is said, and goes on', { timeout: 120_000 }, async () => {
	const daemon = await start('600,60000');
	try {
		await pause(1500);
		daemon.child.kill('SIGSTOP'); // the whole process, for longer
		await pause(2500);
		daemon.child.kill('SIGCONT');
		await pause(1000);
		assert.deepEqual(warnings(daemon), []);

		faults.set('media', 60_000);
		knock(daemon);
		const [media] = await until('the warning', () => warnings(daemon), (list) => list.length > 0);
		faults.goOn();
		assert.match(media, /a thread does not go on thread=media-0 ms=\d{3,4} state=S stack=".*libfaults\.so:recvmmsg\+0x[0-9a-f]+ confabd\+0x/);
		await until('the end of it', () => daemon.log(), (log) => /info watchdog the thread goes on again thread=media-0/.test(log));

		faults.set('control', 60_000);
		const late = fetch(`${daemon.url}/healthz`);
		await until('the other warning', () => warnings(daemon), (list) => list.length === 2);
		faults.goOn();
		assert.equal((await late).status, 200); // late, but answered
		assert.match(warnings(daemon)[1], /thread=control ms=\d{3,4} state=S stack=".*libfaults\.so:recv\+0x/);
		await until('the end of it', () => daemon.log(), (log) => /goes on again thread=control/.test(log));
	} finally {
		await daemon.stop();
	}
});

test('what lasts ends the process', { timeout: 120_000 }, async () => {
	for (const [kind, touch] of [['media', knock], ['control', ({ url }) => void fetch(`${url}/healthz`).catch(() => {})]]) {
		const daemon = await start('300,1000');
		faults.set(kind, 60_000);
		touch(daemon);
		const { signal } = await daemon.exited;
		assert.equal(signal, 'SIGABRT', daemon.log());
		assert.match(warnings(daemon).at(-1), /error watchdog a thread does not go on: the process ends, to be started again thread=(media-0|control) ms=[1-9]\d{3}$/);
	}
});
