// SPDX-License-Identifier: Apache-2.0
// Data channels with unmodified clients: rtc-node (Rust and libwebrtc) with each other, and livekit-client in Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { startOutside } from '../lib/outside.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

async function enter(t, room, ...guests) {
	const peers = [];
	t.after(async () => {
		for (const peer of peers) await peer.close();
	});
	for (const guest of guests) {
		const { identity, grant } = typeof guest === 'string' ? { identity: guest } : guest;
		const peer = await RtcPeer.start(identity);
		peers.push(peer);
		peer.joined = await peer.call('connect', daemon.wsUrl, await mediaToken(room, identity, { grant }));
	}
	return peers;
}

const got = (peer, fields, ms) => peer.event('data', (e) => Object.entries(fields).every(([key, value]) => e[key] === value), ms);

test('rtc-node to rtc-node: reliable and lossy, to all and to one, up to 60 KB', limit, async (t) => {
	const [ann, bob, eve] = await enter(t, 'data', 'ann', 'bob', 'eve');

	await ann.call('publishData', 'hello', { reliable: true, topic: 'greeting' });
	for (const peer of [bob, eve]) assert.deepEqual((await got(peer, { text: 'hello' })).from, 'ann');
	assert.equal((await got(bob, { text: 'hello' })).topic, 'greeting');

	// what is lossy does not wait for channels that are not open yet; what is reliable says that ann's are
	await bob.call('publishData', 'welcome', { reliable: true });
	await got(ann, { text: 'welcome' });
	await bob.call('publishData', 'quick', { reliable: false });
	assert.equal((await got(ann, { text: 'quick' })).lossy, true);
	await got(eve, { text: 'quick', from: 'bob' });

	const sum = await ann.call('publishData', { length: 60000 }, { reliable: true, destination_identities: ['eve'] });
	await got(eve, { length: 60000, sum, from: 'ann' });
	// In order: what was sent before to eve alone would have come to bob before this.
	await ann.call('publishData', 'after', { reliable: true });
	await got(bob, { text: 'after' });
	assert.ok(!bob.events.some((e) => e.length === 60000), 'bob was not meant');
	assert.ok(!ann.events.some((e) => e.event === 'data' && e.from === 'ann'), 'nobody hears himself');

	const sums = [];
	for (let i = 0; i < 40; i++) sums.push(await bob.call('publishData', { length: 1000 + 1400 * i, seed: i }, { reliable: true }));
	await got(ann, { length: 1000 + 1400 * 39, sum: sums[39] });
	assert.deepEqual(ann.events.filter((e) => e.event === 'data' && e.length >= 1000).map((e) => e.sum), sums);
});

test('rtc-node: RPC and text streams', limit, async (t) => {
	const [ann, bob, eve] = await enter(t, 'rpc', 'ann', 'bob', 'eve');
	await bob.call('answerRpc', 'greet', 'welcome');
	assert.equal(await ann.call('performRpc', 'bob', 'greet', 'now'), 'welcome ann now');
	await assert.rejects(ann.call('performRpc', 'bob', 'unknown', ''), /not supported|1400/i);
	const sum = await ann.call('sendText', 100000, { destinationIdentities: ['bob'] });
	const text = await bob.event('text');
	assert.deepEqual([text.from, text.length, text.sum], ['ann', 100000, sum]);
	assert.ok(!eve.events.some((e) => e.event === 'text'));
});

test('who may not publish data is not heard; a hidden one has no name', limit, async (t) => {
	const [mute, ghost, bob] = await enter(
		t, 'rights', { identity: 'mute', grant: { canPublishData: false } }, { identity: 'ghost', grant: { hidden: true } }, 'bob',
	);
	await mute.call('publishData', 'unheard', { reliable: true }).catch(() => {}); // the client may refuse by itself
	await ghost.call('publishData', 'boo', { reliable: true });
	const boo = await got(bob, { text: 'boo' });
	assert.ok(!boo.from, `from ${boo.from}`);
	await sleep(300);
	assert.ok(!bob.events.some((e) => e.text === 'unheard'));
});

test('data goes on after half a minute, when DTLS without data would be over', limit, async (t) => {
	const [ann, bob] = await enter(t, 'long', 'ann', 'bob');
	await sleep(33000);
	await ann.call('publishData', 'still here', { reliable: true });
	await got(bob, { text: 'still here', from: 'ann' });
});

test('livekit-client in Chromium and rtc-node: data, RPC and text streams, both ways', limit, async (t) => {
	const outside = await startOutside();
	const browser = await launchChromium();
	t.after(async () => {
		await browser.close();
		outside.close();
	});
	const [bob] = await enter(t, 'mixed', 'bob');
	await bob.call('answerRpc', 'greet', 'welcome');
	const { page } = await openPage(browser, outside.origin);
	await page.evaluate(
		async ({ url, token }) => {
			const room = (window.room = new window.LivekitClient.Room());
			const sum = (bytes) => bytes.reduce((total, byte, i) => (total * 31 + byte + i) >>> 0, 0);
			window.seen = [];
			window.sum = sum;
			room.on('dataReceived', (payload, participant, kind, topic) =>
				window.seen.push({ from: participant?.identity, lossy: kind === 1, topic, length: payload.length, sum: sum(payload) }));
			room.registerTextStreamHandler('text', async (reader, { identity }) => {
				const text = await reader.readAll();
				window.seen.push({ text: true, from: identity, length: text.length, sum: sum(new TextEncoder().encode(text)) });
			});
			room.registerRpcMethod('add', async ({ callerIdentity, payload }) => `${callerIdentity}: ${eval(payload)}`);
			await room.connect(url, token);
		},
		{ url: daemon.wsUrl, token: await mediaToken('mixed', 'web') },
	);
	const seen = (what, check) => until(what, () => page.evaluate(() => window.seen), (list) => list.some(check));

	const sent = await page.evaluate(async () => {
		const bytes = Uint8Array.from({ length: 60000 }, (_, i) => (i * 11) & 255);
		await window.room.localParticipant.publishData(bytes, { reliable: true, topic: 'big', destinationIdentities: ['bob'] });
		return [window.sum(bytes), window.sum(bytes.subarray(0, 1000))];
	});
	assert.equal((await got(bob, { length: 60000, sum: sent[0], from: 'web' })).topic, 'big');
	// now bob's channels are open: what is lossy does not wait for that
	await page.evaluate(() => window.room.localParticipant.publishData(Uint8Array.from({ length: 1000 }, (_, i) => (i * 11) & 255), { reliable: false }));
	assert.equal((await got(bob, { length: 1000, sum: sent[1], from: 'web' })).lossy, true);

	const sum = await bob.call('publishData', { length: 60000 }, { reliable: true });
	await seen('60 KB in the browser', (e) => e.from === 'bob' && e.sum === sum && !e.lossy);
	const small = await bob.call('publishData', { length: 500 }, { reliable: false });
	await seen('a lossy message in the browser', (e) => e.from === 'bob' && e.sum === small && e.lossy);

	assert.equal(await page.evaluate(() => window.room.localParticipant.performRpc({ destinationIdentity: 'bob', method: 'greet', payload: 'x' })), 'welcome web x');
	assert.equal(await bob.call('performRpc', 'web', 'add', '20 + 22'), 'bob: 42');
	const text = await bob.call('sendText', 50000);
	await seen('a text stream in the browser', (e) => e.text && e.from === 'bob' && e.length === 50000 && e.sum === text);
	await page.evaluate(() => window.room.localParticipant.sendText('z'.repeat(40000), { topic: 'text' }));
	assert.equal((await bob.event('text', (e) => e.from === 'web')).length, 40000);
});
