// SPDX-License-Identifier: Apache-2.0
// The link emulator itself: what it is told is what happens to datagrams between two namespaces.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Rig } from '../lib/rig.mjs';

const PORT = 5000;
const echo = `const s = require('dgram').createSocket('udp4'); s.on('message', (m, from) => s.send(m, from.port, from.address)); s.bind(${PORT}, () => console.log('up'))`;
// Sends `count` numbered datagrams, one a millisecond; prints what came back: how many, twice, out of order, round trips. It rests while
// it or the other side is stopped: what the system then has no room for is not the emulator's doing.
const ping = (address, count, size) => `
const s = require('dgram').createSocket('udp4'), at = [], rtt = [], seen = new Set(); let twice = 0, swapped = 0, highest = -1, n = 0, start = performance.now(), last = start, heard = 0;
s.on('message', (m) => { heard = performance.now(); const i = m.readUInt32BE(0); if (seen.has(i)) { twice++; return; } seen.add(i); rtt.push(performance.now() - at[i]); if (i < highest) swapped++; highest = Math.max(i, highest); });
const timer = setInterval(() => {
	const now = performance.now(), rests = now - last > 50 || (heard && now - heard > 100 && now - heard < 5000);
	if (rests) start += now - last;
	last = now;
	for (; n < ${count} && performance.now() - start > n; n++) { const b = Buffer.alloc(${size}); b.writeUInt32BE(n); at[n] = performance.now(); s.send(b, ${PORT}, '${address}'); }
	if (n === ${count}) { clearInterval(timer); setTimeout(() => { rtt.sort((a, b) => a - b); console.log(JSON.stringify({ back: seen.size, twice, swapped, least: rtt[0], median: rtt[rtt.length >> 1] })); s.close(); }, 1500); }
}, 1);`;

let rig, server;
before(async () => {
	rig = await Rig.open({ clients: ['a'], seed: 7 });
	server = spawn('ip', ['netns', 'exec', rig.server.name, process.execPath, '-e', echo], { stdio: ['ignore', 'pipe', 'inherit'] });
	await new Promise((resolve) => server.stdout.once('data', resolve));
});
after(async () => {
	server?.kill();
	await rig?.close();
});

const send = (count, size = 100) =>
	JSON.parse(execFileSync('ip', ['netns', 'exec', rig.a.name, process.execPath, '-e', ping(rig.address, count, size)], { encoding: 'utf8' }));

test('nothing set, nothing lost', async () => {
	const result = send(1000);
	assert.equal(result.back, 1000);
	assert.equal(result.twice, 0);
	assert.equal(result.swapped, 0);
});

test('delay, random loss and bursts', async (t) => {
	await rig.a.link.set({ up: { delay: 30 }, down: { delay: 20, loss: 20 } });
	const random = send(2000);
	await rig.a.link.both({ delay: 10, burst: 5, burst_packets: 4 });
	const bursts = send(2000);
	t.diagnostic(JSON.stringify({ random, bursts }));
	assert.ok(random.least >= 50, `${random.least} ms`);
	assert.ok(random.median < 80, `${random.median} ms`);
	assert.ok(random.back > 1520 && random.back < 1680, `${random.back} of 2000`);
	// 5 % begin, 25 % end: a sixth is lost, each way
	assert.ok(bursts.back > 1260 && bursts.back < 1520, `${bursts.back} of 2000`);
});

test('duplication, reordering, blackout', async (t) => {
	await rig.a.link.set({ down: { duplicate: 10, reorder: 5, reorder_ms: 20, delay: 5 } });
	const odd = send(1000);
	t.diagnostic(JSON.stringify(odd));
	assert.ok(odd.twice > 60 && odd.twice < 140, `${odd.twice} twice`);
	assert.ok(odd.swapped > 20, `${odd.swapped} out of order`);
	await rig.a.link.set({ up: { down: true } });
	assert.equal(send(100).back, 0);
	await rig.a.link.both();
	assert.equal(send(100).back, 100);
});

test('a rate with a queue that is full at some point', async (t) => {
	const before = await rig.a.link.stats();
	await rig.a.link.set({ up: { rate: 2000, queue: 30000 } }); // 1000 bytes a millisecond are four times that
	const result = send(1000, 1000);
	const now = await rig.a.link.stats();
	t.diagnostic(JSON.stringify({ result, now }));
	assert.ok(result.back > 200 && result.back < 350, `${result.back} of 1000`);
	assert.ok(now.ab.queue_dropped - before.ab.queue_dropped > 600);
	assert.ok(now.ab.max_queue_us > 100_000 && now.ab.max_queue_us < 130_000, `${now.ab.max_queue_us} µs`);
});

test('the router: UDP block, a NAT that forgets, another address', async () => {
	await rig.a.link.both();
	rig.a.blockUdp();
	assert.equal(send(50).back, 0);
	rig.a.blockUdp(false);
	assert.equal(send(50).back, 50);
	const before = rig.a.address;
	await rig.a.changeAddress({ soft: 10 });
	assert.equal(send(50).back, 50);
	await rig.a.changeAddress();
	assert.notEqual(rig.a.address, before);
	assert.equal(send(50).back, 50);
});

test('what the emulator does not understand it says', async () => {
	await assert.rejects(rig.a.link.both({ lost: 3 }), /'lost' is not/);
	await assert.rejects(rig.a.link.both({ loss: -3 }), /'loss' is not/);
});
