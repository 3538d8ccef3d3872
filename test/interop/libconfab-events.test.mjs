// SPDX-License-Identifier: Apache-2.0
// What libconfab tells of a call: who is there, what they publish and say about themselves, how they are connected, and
// why something ended. Against a running server; the same in virtual time: test/unit/client/test_session.c.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { apiKey, apiSecret, root, startConfabd } from '../lib/confabd.mjs';
import { nodeDriver } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, enterRoom, Program, State } from '../lib/talk.mjs';
import { until } from '../lib/until.mjs';

const limit = { timeout: 240000 };
const Source = { camera: 1, microphone: 2 };
const Changed = { name: 1, metadata: 2, attributes: 4, permissions: 8 };
const Reason = { left: 1, duplicateIdentity: 2, removed: 4, roomDeleted: 5 };
let daemon, rooms;

before(async () => {
	daemon = await startConfabd();
	rooms = new RoomServiceClient(daemon.url, apiKey, apiSecret);
});
after(() => {
	endAll();
	return daemon.stop();
});

/** Until so many more frames came. */
async function heard(t, more) {
	const { code: before } = await t.do('frames');
	const frames = await until(`${more} frames`, async () => (await t.do('frames')).code, (now) => now >= before + more);
	return { frames };
}

const enter = (room, identity, options) => enterRoom(daemon.wsUrl, room, identity, { name: identity.toUpperCase(), ...options });

// each has a room of its own, and waits most of its time
describe('libconfab', { concurrency: 6 }, () => {
	test('a track is published, received, and no longer', limit, async () => {
		const [a, b] = [await enter('tracks', 'ann'), await enter('tracks', 'bob', { ownLoop: true })];
		assert.equal((await a.event('joined', (l) => l.identity === 'bob')).name, 'BOB');
		await a.ok('publish');
		await a.ok('sound 10');
		const published = await b.event('published');
		assert.match(published.id, /^TR_/);
		assert.deepEqual([published.identity, published.codec, published.source, published.mime], ['ann', 1, Source.microphone, 'audio/opus']);
		const subscribed = await b.event('subscribed');
		assert.equal(subscribed.id, published.id);
		assert.ok(b.lines.indexOf(published) < b.lines.indexOf(subscribed));
		await a.ok('unpublish');
		const gone = await b.event('unpublished');
		const over = await b.event('unsubscribed');
		assert.deepEqual([gone.id, gone.identity, over.id, over.identity], [published.id, 'ann', published.id, 'ann']);

		await a.ok('publish'); // whoever leaves takes their tracks along; whoever comes later hears of them
		await a.ok('sound 10');
		const late = await enter('tracks', 'eve');
		assert.equal((await late.event('published')).identity, 'ann');
		await late.event('subscribed');
		const from = b.lines.length;
		await a.ok('leave');
		const left = await b.event('left');
		assert.deepEqual([left.identity, left.reason], ['ann', Reason.left]);
		const names = b.lines.slice(from).map((l) => l.event).filter((event) => ['unpublished', 'unsubscribed', 'left'].includes(event));
		assert.deepEqual(names, ['unsubscribed', 'unpublished', 'left']);
		assert.equal((await late.event('left')).identity, 'ann');
		await Promise.all([a.end(), b.end(), late.end()]);
	});

	test('name, metadata, attributes and permissions: others’ and our own; the room’s metadata', limit, async () => {
		const [a, b] = [await enter('texts', 'ann'), await enter('texts', 'bob')];
		assert.equal((await a.event('room')).room, 'texts');
		await rooms.updateParticipant('texts', 'ann', { name: 'Ann B.', metadata: '{"seat":7}', attributes: { hand: 'up' } });
		for (const [t, identity] of [[b, 'ann'], [a, null]]) {
			const changed = await t.event('changed', (l) => l.metadata === '{"seat":7}');
			assert.deepEqual([changed.identity, changed.changed, changed.attributes.hand], [identity, Changed.name | Changed.metadata | Changed.attributes, 'up']);
		}
		assert.equal((await b.event('changed')).name, 'Ann B.');
		const late = await enter('texts', 'eve');
		const there = await late.event('joined', (l) => l.identity === 'ann');
		assert.deepEqual([there.metadata, there.attributes.hand, there.can_publish], ['{"seat":7}', 'up', 1]);
		await rooms.updateParticipant('texts', 'ann', { attributes: { hand: '' } });
		assert.equal((await b.event('changed', (l) => l.changed === Changed.attributes)).attributes.hand, undefined);
		await rooms.updateRoomMetadata('texts', 'agenda');
		assert.equal((await b.event('room', (l) => l.metadata === 'agenda')).participants, 3);
		await Promise.all([a.end(), b.end(), late.end()]);
	});

	test('a track that may not be published any more is taken back; the client may go on', limit, async () => {
		const [a, b] = [await enter('taken', 'ann'), await enter('taken', 'bob')];
		await a.ok('publish');
		await a.ok('sound 10');
		await b.event('subscribed');
		await rooms.updateParticipant('taken', 'ann', { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
		const taken = await a.event('unpublished');
		assert.match(taken.track, /^TR_/);
		assert.equal((await a.event('changed')).changed, Changed.permissions);
		assert.equal((await b.event('unpublished')).identity, 'ann');
		await b.event('unsubscribed');
		await a.ok('sound 5'); // dropped
		await a.ok('unpublish');
		assert.match((await a.do('publish')).message, /The track may not be published/);
		await rooms.updateParticipant('taken', 'ann', { permission: { canPublish: true, canSubscribe: true, canPublishData: true } });
		await a.event('changed', (l) => l.can_publish === 1);
		await a.ok('publish');
		await a.ok('sound 10');
		await b.event('subscribed', () => true, b.lines.findIndex((l) => l.event === 'unsubscribed'));
		await Promise.all([a.end(), b.end()]);
	});

	test('why it ended: put out, the same identity elsewhere, the room deleted', limit, async () => {
		const [a, b, c] = [await enter('ends', 'ann'), await enter('ends', 'bob'), await enter('ends', 'eve')];
		await rooms.removeParticipant('ends', 'ann');
		const out = await a.state(State.left);
		assert.equal(out.reason, Reason.removed);
		assert.match(out.error, /ended/);
		assert.equal((await b.event('left')).reason, Reason.removed);
		const again = await enter('ends', 'bob');
		assert.equal((await b.state(State.left)).reason, Reason.duplicateIdentity);
		await rooms.deleteRoom('ends');
		for (const t of [c, again]) assert.equal((await t.state(State.left)).reason, Reason.roomDeleted);
		await Promise.all([a.end(), b.end(), c.end(), again.end()]);
	});

	test('examples/publish: a file that says how loud it is is seen to speak, another is not', limit, async (t) => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-loud-'));
		t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
		const media = path.join(root, 'test/vectors/media');
		const tagged = path.join(folder, 'tagged.ogg');
		execFileSync('ffmpeg', ['-v', 'error', '-i', path.join(media, 'test.ogg'), '-c', 'copy', '-metadata:s:a', 'R128_TRACK_GAIN=-768', tagged]);
		const a = await enter('files', 'ann');
		const plays = async (identity, file) => new Program('examples/example_publish',
			[daemon.wsUrl, '-', await mediaToken('files', identity), 'files', '30', path.join(media, 'test.ivf'), file]);
		const loud = await plays('loud', tagged);
		const quiet = await plays('quiet', path.join(media, 'test.ogg'));
		for (const identity of ['loud', 'quiet']) await a.event('subscribed', (l) => l.identity === identity && l.codec === 1);
		const speaks = await a.event('speaking', (l) => l.state === 1 && l.identity === 'loud');
		assert.ok(speaks.level > 0.1, `level ${speaks.level}`); // 20 below full scale
		const { frames } = await heard(a, 200);
		assert.ok(!a.lines.some((l) => l.event === 'speaking' && l.identity === 'quiet'), `after ${frames} frames`);
		for (const program of [loud, quiet]) program.child.kill('SIGTERM');
		await a.end();
	});

	test('how loud, how well connected, and who may be received, with a rtc-node participant', limit, async (t) => {
		const driver = await nodeDriver();
		t.after(async () => {
			await driver.call('bob', 'leave');
			await driver.close();
		});
		const a = await enter('node', 'ann');
		await driver.call('bob', 'connect', daemon.wsUrl, await mediaToken('node', 'bob', { grant: { canUpdateOwnMetadata: true } }));
		await driver.call('bob', 'publishAudio', 'voice', { hertz: 440 });
		const published = await a.event('published', (l) => l.identity === 'bob');
		assert.equal(published.title, 'voice');
		const speaks = await a.event('speaking', (l) => l.state === 1 && l.identity === 'bob');
		assert.ok(speaks.level > 0 && speaks.level <= 1, `level ${speaks.level}`);
		for (const identity of ['bob', null]) await a.event('quality', (l) => l.identity === identity && l.state >= 1 && l.state <= 2);
		await driver.call('bob', 'describe', { attributes: { mood: 'fine' } });
		assert.equal((await a.event('changed', (l) => l.identity === 'bob')).attributes.mood, 'fine');

		await driver.call('bob', 'allow', []); // nobody
		const denied = await a.event('permission', (l) => l.state === 0);
		assert.deepEqual([denied.identity, denied.id], ['bob', published.id]);
		await a.event('unsubscribed', (l) => l.id === published.id);
		await driver.call('bob', 'allow'); // everybody
		await a.event('permission', (l) => l.state === 1);
		await a.event('subscribed', (l) => l.id === published.id, a.lines.findIndex((l) => l.event === 'unsubscribed'));
		await a.end();
	});
});
