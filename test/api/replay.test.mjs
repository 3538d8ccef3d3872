// SPDX-License-Identifier: Apache-2.0
// Who was away is told what happened, each event once and in order (R29), however often the connection is cut; when that is too
// long ago, they are told to load everything anew, and miss nothing after it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { at, enterRoom, startWithPeople } from '../lib/people.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { loadSdk } from '../lib/sdk-node.mjs';

let daemon, people;
before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }));
});
after(() => daemon.stop());

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (what, check, ms = 60000) => {
	for (const end = Date.now() + ms; !check(); await pause(5)) if (Date.now() > end) assert.fail(`${what} not within ${ms} ms`);
};
const say = (who, text) => who.call('POST', '/api/v1/conversations/ann/messages', { text, client_id: text.replace(/ /g, '-') });

test('a call that began and ended meanwhile: its session events, once and in order, and then what is live', async () => {
	await people.ann.call('POST', at('default', 'away'), { data: { members: [{ user_id: 'bob' }] } });
	const first = await people.bob.events();
	const { cursor } = first.first;
	await first.close();

	const room = await enterRoom(daemon, await people.ann.call('POST', at('default', 'away', 'join'), {}));
	const ann = await people.ann.events({ since: cursor });
	await ann.next('call.session_participant_joined', 15000);
	await people.ann.call('POST', at('default', 'away', 'end'), {});
	await ann.next('call.session_ended', 15000);
	await room.closed;
	const stillAway = (event) => event.cid === 'default:away' && /^call\.session_/.test(event.type);

	const back = await people.bob.events({ since: cursor });
	await back.next('call.session_ended', 15000);
	const heard = back.seen.filter(stillAway);
	assert.deepEqual(heard.map(({ type }) => type), ['call.session_started', 'call.session_participant_joined', 'call.session_participant_left', 'call.session_ended']);
	assert.ok(heard.every((event, i) => event.cursor > (i ? heard[i - 1].cursor : cursor)), JSON.stringify(heard.map((e) => e.cursor)));
	assert.deepEqual(heard.slice(1, 3).map((event) => [event.user.id, event.state]), [['ann', null], ['ann', null]], 'that session is over');
	assert.equal(heard[0].state.session_id, heard[3].session_id);

	// from the middle of it: only what came after
	const middle = await people.bob.events({ since: heard[1].cursor });
	await middle.next('call.session_ended', 15000);
	assert.deepEqual(middle.seen.filter(stillAway).map((event) => event.cursor), heard.slice(2).map((event) => event.cursor));

	// and what comes next is live to both
	await people.ann.call('POST', at('default', 'next'), { data: { members: [{ user_id: 'bob' }] } });
	for (const stream of [back, middle]) assert.equal((await stream.next('call.created', 15000)).cid, 'default:next');
	for (const stream of [ann, back, middle]) await stream.close();
});

test('a connection that is cut again and again: every message once and in order, in the SDK', { timeout: 180000 }, async (t) => {
	const sdk = await loadSdk();
	t.after(() => sdk.end());
	const proxy = await startProxy(t, daemon);
	const readers = await Promise.all(['ann', 'boss'].map(async (id) => {
		const reader = { heard: [], opened: 0, resyncs: 0 };
		await sdk.connect(id, { baseURL: proxy.url.replace('ws', 'http'), backoff: { base: 20, max: 200, random: Math.random } }, (client) => {
			client.on('connection.ok', () => reader.opened++);
			client.on('resync', () => reader.resyncs++);
			client.on('message.new', (event) => reader.heard.push(event.message.id));
		});
		return reader;
	}));

	const sent = [];
	let writing = true;
	const writers = Array.from({ length: 4 }, async (_, lane) => {
		for (let i = 0; i < 60; i++) {
			const answer = await say(i % 2 ? people.ann : people.boss, `cut ${lane} ${i}`);
			assert.equal(answer.status, 201);
			sent.push(answer.body.message.id);
			await pause(20);
		}
	});
	const cutter = (async () => {
		for (let i = 0; writing || i < 12; i++) {
			// with the network gone for a moment, too; each client must have been there in between
			const wanted = readers.map(({ opened }) => opened);
			proxy.cut();
			proxy.closed = i % 3 === 0;
			await pause(30 + (i * 37) % 90);
			proxy.closed = false;
			await until('both are back', () => readers.every(({ opened }, n) => opened > wanted[n]));
		}
	})();
	await Promise.all(writers);
	writing = false;
	await cutter;
	sent.sort((a, b) => a - b);
	for (const reader of readers) {
		await until('the last one', () => reader.heard.includes(sent.at(-1)));
		assert.deepEqual(reader.heard.filter((id) => id >= sent[0]), sent);
		assert.ok(reader.opened > 12 && reader.resyncs === 0, `${reader.opened} connections, ${reader.resyncs} resyncs`);
	}
});

test('too long ago, or of another life of the database: load everything anew, and nothing after that is missed', async () => {
	const stream = await people.ann.events({ since: 1e12 });
	await stream.next('resync');
	const { cursor } = stream.first;
	await stream.close(); // before anything has happened
	await say(people.boss, 'while nobody looked');
	const back = await people.ann.events({ since: cursor });
	assert.equal((await back.next('message.new')).message.text, 'while nobody looked');
	await back.heard();
	assert.equal(back.seen.filter(({ type }) => type === 'resync').length, 0);
	await back.close();
});

test('a client that does not answer pings is ended after 35 s, one that does is not', { skip: !process.env.CONFAB_LONG && 'takes 40 s: CONFAB_LONG', timeout: 120000 }, async () => {
	const [mute, alive] = await Promise.all([people.ann.events({ autoPong: false }), people.bob.events()]);
	let pings = 0;
	mute.socket.on('ping', () => pings++);
	const begun = Date.now();
	await mute.closed;
	const seconds = (Date.now() - begun) / 1000;
	assert.ok(seconds > 30 && seconds < 60, `${seconds} s`);
	assert.equal(pings, 1);
	assert.equal(alive.socket.readyState, alive.socket.OPEN);
	await alive.close();
});
