// SPDX-License-Identifier: Apache-2.0
// A server behind a NAT that forwards to it (a cloud's 1:1 NAT, a home router): --rtc-ip PUBLIC/LOCAL offers what
// clients reach. A client outside, which cannot reach the server's own address, joins a call.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { buildFolder, confab } from '../lib/confabd.mjs';
import { Rig } from '../lib/rig.mjs';

const PUBLIC = '203.0.113.7';
let rig, daemon;

before(async () => {
	rig = await Rig.open({ clients: ['a'] });
	const nft = (...words) => execFileSync('ip', ['netns', 'exec', rig.router.name, 'nft', ...words]);
	rig.router.run(`ip addr add ${PUBLIC}/32 dev lo`);
	nft('add chain ip rig plain { type filter hook prerouting priority -300 ; }');
	nft(`add rule ip rig plain iifname agw ip daddr ${rig.address} drop`);
	nft('add chain ip rig forwarded { type nat hook prerouting priority -100 ; }');
	nft(`add rule ip rig forwarded ip daddr ${PUBLIC} dnat to ${rig.address}`);
	daemon = await rig.confabd({ demo: true, rtcIps: [`${PUBLIC}/${rig.address}`] });
});
after(() => rig?.close());

/** Joins from outside with examples/hello.c; what it printed. */
async function join(id) {
	const token = confab(['token', 'create', '--user', 'user', '--data', daemon.data], '', { CONFAB_API_KEY: 'test-key', CONFAB_API_SECRET: 'test-secret-that-no-answer-may-ever-contain-0123456789' }).trim();
	const program = path.join(buildFolder, 'examples/example_hello');
	const child = spawn('ip', ['netns', 'exec', rig.a.name, program, `http://${PUBLIC}:${daemon.port}`, 'user', token, id]);
	let text = '';
	child.stdout.on('data', (chunk) => {
		text += chunk;
		if (/state 4/.test(text)) child.stdin.end('\n'); // JOINED: media is up
	});
	child.stderr.on('data', (chunk) => (text += chunk));
	const [code] = await once(child, 'close');
	assert.equal(code, 0, text);
	assert.match(text, /state 3\nstate 4\n/);
}

test('the public address is what is offered', () => {
	assert.match(daemon.log(), new RegExp(`media   UDP ${PUBLIC.replaceAll('.', '\\.')}:\\d+`));
});

test('a client outside joins', { timeout: 60_000 }, () => join('outside'));

test('the port for media over TCP leads to it, too', () => {
	const [, port] = new RegExp(`TCP ${PUBLIC.replaceAll('.', '\\.')}:(\\d+)`).exec(daemon.log());
	const connect = `require('net').connect(${port}, '${PUBLIC}', () => process.exit(0)).on('error', (error) => { console.error(error); process.exit(1); })`;
	execFileSync('ip', ['netns', 'exec', rig.a.name, process.execPath, '-e', connect], { timeout: 20_000 });
});
