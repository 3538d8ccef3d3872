// SPDX-License-Identifier: Apache-2.0
// An unmodified LiveKit client, @livekit/rtc-node, with tokens of livekit-server-sdk: as somebody else's bot would come.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiKey, startConfabd } from '../lib/confabd.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

/** Two or more peers in a room of their own; closed (and checked for crashes) after the test. */
async function enter(t, room, ...identities) {
	const peers = [];
	t.after(async () => {
		for (const peer of peers) if (!peer.killed) await peer.close();
	});
	for (const identity of identities) {
		const peer = await RtcPeer.start(identity);
		peers.push(peer);
		peer.joined = await peer.call('connect', daemon.wsUrl, await mediaToken(room, identity, { name: identity.toUpperCase() }));
	}
	return peers;
}

/** libwebrtc sends 3/4 or half of the size where it finds the processor too busy, in whole blocks. */
const ofSize = (e, width, height) => [1, 3 / 4, 1 / 2].some((part) => e.width === width * part && Math.abs(e.height - height * part) < 8);

async function assertFrames(peer, from, { width, height, colour, count = 40 }) {
	const frame = await peer.event('video', (e) => e.from === from && e.frames >= count && ofSize(e, width, height));
	const seen = peer.events.filter((e) => e.event === 'video' && e.from === from && e.frames > 1);
	const median = (field) => seen.map((e) => e[field]).sort((a, b) => a - b)[seen.length >> 1]; // the bar passes now and then
	assert.ok(Math.abs(median('upperLeft') - 200) < 30, `bright upper left, got ${median('upperLeft')}`);
	assert.ok(Math.abs(median('lowerRight') - 40) < 30, `dark lower right, got ${median('lowerRight')}`);
	assert.ok(Math.abs(frame.colour - colour) < 20, `${from}'s colour ${colour}, got ${frame.colour}`);
	const bars = seen.map((e) => e.bar);
	assert.ok(new Set(bars.map((bar) => bar.toFixed(2))).size >= 3, `the picture moves: ${bars}`);
}

test('two participants see and hear each other: VP8 and Opus, decoded', limit, async (t) => {
	const [ann, bob] = await enter(t, 'two', 'ann', 'bob');
	assert.equal(ann.joined.name, 'two');
	assert.match(ann.joined.sid, /^RM_/);
	assert.deepEqual(bob.joined.others, ['ann']);
	assert.equal((await ann.event('joined', (e) => e.who === 'bob')).name, 'BOB');

	const video = await ann.call('publishVideo', 'camera', { width: 640, height: 360, colour: 60 });
	await ann.call('publishAudio', 'microphone', { hertz: 440 });
	assert.match(video.sid, /^TR_/);
	assert.equal((await bob.event('subscribed', (e) => e.kind === 'video')).mime, 'video/VP8');
	await bob.call('publishVideo', 'camera', { width: 320, height: 240, colour: 190 });
	await bob.call('publishAudio', 'microphone', { hertz: 880 });

	await assertFrames(bob, 'ann', { width: 640, height: 360, colour: 60 });
	await assertFrames(ann, 'bob', { width: 320, height: 240, colour: 190 });
	const heard = (from, hertz) => (e) => e.from === from && e.peak > 6000 && Math.abs(e.hertz - hertz) < 20;
	await bob.event('audio', heard('ann', 440));
	await ann.event('audio', heard('bob', 880));
	for (const peer of [ann, bob]) assert.ok(!peer.events.some((e) => e.event === 'reconnecting'), `${peer.label} had to reconnect`);
});

test('mute and unmute are seen, and media comes back', limit, async (t) => {
	const [ann, bob] = await enter(t, 'mute', 'ann', 'bob');
	const { sid } = await ann.call('publishVideo', 'camera');
	await bob.event('video', (e) => e.frames >= 10);
	await ann.call('mute', 'camera', true);
	assert.equal((await bob.event('muted')).sid, sid);
	await ann.call('mute', 'camera', false);
	await bob.event('unmuted');
	await bob.next('video');
});

test('who comes later gets what is already published; leave and unpublish are seen', limit, async (t) => {
	const [ann] = await enter(t, 'later', 'ann');
	await ann.call('publishVideo', 'camera', { colour: 100 });
	const [bob, eve] = await enter(t, 'later', 'bob', 'eve');
	assert.deepEqual(eve.joined.others.sort(), ['ann', 'bob']);
	await assertFrames(bob, 'ann', { width: 640, height: 360, colour: 100 });
	await assertFrames(eve, 'ann', { width: 640, height: 360, colour: 100 });

	const screen = await eve.call('publishVideo', 'screen', { source: 'screen', width: 1280, height: 720, fps: 10, colour: 30 });
	await assertFrames(bob, 'eve', { width: 1280, height: 720, colour: 30, count: 20 });
	await eve.call('unpublish', 'screen');
	assert.equal((await bob.event('unpublished')).sid, screen.sid);
	await bob.next('video', (e) => e.from === 'ann'); // the other stream goes on
	// publishing again uses a section anew
	await eve.call('publishVideo', 'screen', { source: 'screen', width: 640, height: 480, fps: 10, colour: 210 });
	await assertFrames(bob, 'eve', { width: 640, height: 480, colour: 210, count: 20 });

	await ann.call('leave');
	await bob.event('left', (e) => e.who === 'ann');
	await eve.event('left', (e) => e.who === 'ann');
});

test('simulcast: the best layer that arrives is forwarded', limit, async (t) => {
	const [ann, bob] = await enter(t, 'simulcast', 'ann', 'bob');
	await ann.call('publishVideo', 'camera', { width: 1280, height: 720, colour: 80, simulcast: true });
	await bob.event('video', (e) => e.width > 640 && ofSize(e, 1280, 720), 30000); // the other layers are 640 and 320 wide
});

test('a participant whose process dies is kept for a resume, and gone after 30 s', limit, async (t) => {
	const [ann, bob] = await enter(t, 'dies', 'ann', 'bob');
	await bob.kill();
	bob.killed = true;
	const start = Date.now();
	await ann.event('left', (e) => e.who === 'bob', 40000);
	assert.ok(Date.now() - start > 25000, 'it could have come back');
});

test('the same identity again: the old one is told why and makes room', limit, async (t) => {
	const [ann, bob, again] = await enter(t, 'same', 'ann', 'bob', 'bob');
	assert.match(String((await bob.event('disconnected')).reason), /DUPLICATE_IDENTITY/);
	assert.deepEqual(again.joined.others, ['ann']);
	await again.call('publishVideo', 'camera');
	await ann.event('video', (e) => e.from === 'bob' && e.frames >= 10);
});

test('own attributes: refused without the grant, seen by others with it', limit, async (t) => {
	const [ann, bob] = await enter(t, 'attributes', 'ann', 'bob');
	await bob.call('setAttributes', { hand: 'up' }); // rtc-node does not pass the refusal on
	const eve = await RtcPeer.start('eve');
	t.after(() => eve.close());
	await eve.call('connect', daemon.wsUrl, await mediaToken('attributes', 'eve', { grant: { canUpdateOwnMetadata: true } }));
	await eve.call('setAttributes', { hand: 'up' });
	assert.deepEqual((await ann.event('attributes', (e) => e.who === 'eve')).changed, { hand: 'up' });
	assert.ok(!ann.events.some((e) => e.event === 'attributes' && e.who === 'bob'));
});

test('bad tokens are refused with their cause', limit, async (t) => {
	const peer = await RtcPeer.start('nobody');
	t.after(() => peer.close());
	const answer = async (token) => {
		const response = await fetch(`${daemon.url}/rtc/validate?access_token=${token}`, { headers: { origin: 'https://elsewhere.example' } });
		assert.equal(response.headers.get('access-control-allow-origin'), '*');
		return { status: response.status, text: await response.text() };
	};
	const good = await mediaToken('r', 'ann');
	assert.deepEqual(await answer(good), { status: 200, text: 'success' });

	const refused = [
		['expired', await mediaToken('r', 'ann', { ttl: '-2h' }), /expired/i],
		['wrong secret', await mediaToken('r', 'ann', { secret: 'another-secret-that-is-long-enough-0123456789' }), /signature/i],
		['wrong key', await mediaToken('r', 'ann', { key: `${apiKey}x` }), /key/i],
		['no room', await mediaToken('', 'ann'), /room/i, 400],
		['may not join', await mediaToken('r', 'ann', { grant: { roomJoin: false } }), /join/i],
		['not a token', 'abc', /token/i],
		['none', '', /token/i],
	];
	for (const [what, token, cause, expected = 401] of refused) {
		const { status, text } = await answer(token);
		assert.equal(status, expected, `${what}: ${status} ${text}`);
		assert.match(text, cause, what);
		await assert.rejects(peer.call('connect', daemon.wsUrl, token), undefined, what);
	}
});

test('single peer connection is not served: a clean 404 that browsers can read', async () => {
	for (const path of ['/rtc/v1', '/rtc/v1/validate']) {
		const response = await fetch(`${daemon.url}${path}?access_token=x&join_request=${'A'.repeat(24000)}`, {
			headers: { origin: 'https://elsewhere.example' },
		});
		assert.equal(response.status, 404);
		assert.equal(response.headers.get('access-control-allow-origin'), '*');
		assert.doesNotMatch(await response.text(), /requested room does not exist/);
	}
});
