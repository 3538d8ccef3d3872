// SPDX-License-Identifier: Apache-2.0
// R76: people come and go, sockets open and close, rooms are made and empty; afterwards everything that is counted is what it
// was before, exactly. CONFAB_LONG=1 does it for minutes, and looks at memory, too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { apiKey, apiSecret, buildFolder, startConfabd } from '../lib/confabd.mjs';
import { addPerson, at, enterRoom } from '../lib/people.mjs';
import { pause, until } from '../lib/until.mjs';

const long = Boolean(process.env.CONFAB_LONG);
const GAUGES = ['rooms', 'participants', 'published_tracks', 'calls_live', 'websockets', 'event_sockets', 'http_connections', 'webhooks_waiting', 'push_waiting'];

let daemon, people;
before(async () => {
	daemon = await startConfabd();
	people = await Promise.all(Array.from({ length: 5 }, (_, i) => addPerson(daemon, `p${i}`)));
});
after(() => daemon.stop());

async function metrics() {
	const text = await (await fetch(`${daemon.url}/metrics`)).text();
	return Object.fromEntries([...text.matchAll(/^confab_(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

/** What a leak would make grow. */
async function counted() {
	const all = await metrics();
	return {
		descriptors: fs.readdirSync(`/proc/${daemon.pid}/fd`).length,
		threads: fs.readdirSync(`/proc/${daemon.pid}/task`).length,
		...Object.fromEntries(GAUGES.map((name) => [name, all[name]])),
	};
}

/** Everything that comes and goes, once. */
async function round(n) {
	// connections of two kinds, with and without media: the latter are cut off, and kept for their resume
	const load = promisify(execFile)(path.join(buildFolder, 'confab'), ['load', '--server', `${daemon.host}:${daemon.port}`, '--rooms', '4', '--publishers', '2', '--subscribers', '2', '--warmup', '0', '--seconds', '1', '--settle', '0'],
		{ env: { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }, timeout: 60_000 });
	for (let i = 0; i < 6; i++) {
		const streams = await Promise.all(people.flatMap((person) => Array.from({ length: 8 }, () => person.events())));
		if (i % 2) streams.forEach(({ socket }) => socket.terminate());
		await Promise.all(streams.map((stream) => stream.close()));
	}
	await Promise.all(
		people.map(async (person, i) => {
			const call = `churn-${n}-${i}`;
			const room = await enterRoom(daemon, await person.call('POST', at('default', call, 'join'), { create: true }));
			await person.call('POST', at('default', call, 'end'), {});
			await room.closed;
		}),
	);
	await load;
}

test('everything that is counted is what it was', { timeout: long ? 1200_000 : 180_000 }, async () => {
	if (long) {
		await round('first'); // what is made once, and kept
		await pause(40_000); // handshakes are remembered for half a minute
	}
	// this process keeps its own connections to the server for some seconds; in the end there is the one that asks
	await until('one connection', metrics, (now) => now.http_connections === 1);
	const settled = await counted();
	const heap = (await metrics()).heap_bytes;
	const rounds = long ? 100 : 2;
	for (let i = 0; i < rounds; i++) await round(i);
	const same = (now) => Object.entries(settled).every(([name, value]) => now[name] === value);
	await until('what was before', counted, same, 60_000).catch(async (error) => {
		assert.deepEqual(await counted(), settled, error.message);
	});
	if (!long) return;
	await pause(40_000);
	const more = (await metrics()).heap_bytes - heap;
	console.log(`${rounds} rounds: heap ${more} bytes more`);
	assert.ok(more < rounds * 2000, `${more} bytes stayed of ${rounds} rounds`); // calls that were are in the store's cache
});
