// SPDX-License-Identifier: Apache-2.0
// What the server does besides passing media on, as @livekit/rtc-node shows it to an app: who speaks, how good the
// connections are, who may subscribe, who is hidden, and what participants say about themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { until } from '../lib/browser.mjs';
import { apiKey, apiSecret, startConfabd } from '../lib/confabd.mjs';
import { nodeDriver } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon, rooms, driver;

before(async () => {
	daemon = await startConfabd();
	rooms = new RoomServiceClient(daemon.url, apiKey, apiSecret);
	driver = await nodeDriver();
}, limit);
after(async () => {
	await driver?.close();
	await daemon?.stop();
});

/** A participant of a test. All live in one process, under names that are unique among all tests. */
class Person {
	constructor(room, identity) {
		Object.assign(this, { room, identity, id: `${room}-${identity}` });
	}

	static async enter(t, room, identity, { grant, ...options } = {}) {
		const person = new Person(room, identity);
		const token = await mediaToken(room, identity, { grant: { canUpdateOwnMetadata: true, ...grant } });
		await person.call('connect', daemon.wsUrl, token, options);
		t.after(() => person.call('leave'));
		return person;
	}

	call(method, ...args) {
		return driver.call(this.id, method, ...args);
	}

	report() {
		return this.call('report');
	}

	/** An event with these fields, or one that passes; `from`: not among the first so many. */
	async hears(event, check, from = 0) {
		const fits = typeof check === 'function' ? check : (e) => Object.entries(check).every(([key, value]) => e[key] === value);
		const { events } = await until(`${this.identity} hears ${event} ${typeof check === 'function' ? check : JSON.stringify(check)}`, () => this.report(),
			(now) => now.events.slice(from).some((e) => e.event === event && fits(e)));
		return events.slice(from).find((e) => e.event === event && fits(e));
	}

	async heard() {
		return (await this.report()).events.length;
	}

	/** No picture of `key` comes any more. */
	async misses(key) {
		const frames = async () => (await this.report()).videos[key]?.frames;
		await until(`${this.identity} sees no ${key}`, async () => {
			const before = await frames();
			await new Promise((resolve) => setTimeout(resolve, 1500));
			return (await frames()) - before;
		}, (more) => more === 0);
	}

	/** `count` more pictures of `key`, in the end `width` wide. */
	async sees(key, { width, count = 10 } = {}) {
		const start = (await this.report()).videos[key]?.frames ?? 0;
		await until(`${this.identity} sees ${key} ${width ?? ''}`, async () => (await this.report()).videos[key] ?? { frames: 0 },
			(now) => now.frames >= start + count && (!width || now.width === width));
	}
}

test('active speakers: who speaks is told to all, and who stops', limit, async (t) => {
	const [ann, ...others] = [
		await Person.enter(t, 'speak', 'ann'), await Person.enter(t, 'speak', 'bob'), await Person.enter(t, 'speak', 'eve'),
	];
	await ann.call('publishAudio', 'mic', { hertz: 700 });
	await Promise.all([ann, ...others].map((person) => person.hears('speakers', (e) => e.list.length === 1 && e.list[0] === 'ann')));
	await ann.call('mute', 'mic', true);
	const last = async (person) => (await person.report()).events.findLast((e) => e.event === 'speakers').list;
	for (const person of others) await until(`${person.identity} hears nobody speak`, () => last(person), (list) => list.length === 0);
});

test('connection quality: of oneself and of the others', limit, async (t) => {
	const people = [await Person.enter(t, 'quality', 'ann'), await Person.enter(t, 'quality', 'bob')];
	await people[0].call('publishAudio', 'mic', { hertz: 500 });
	await people[1].call('publishVideo', 'cam', { source: 0, width: 320, height: 180, kbps: 200 });
	for (const person of people)
		for (const who of ['ann', 'bob']) await person.hears('quality', (e) => e.who === who && /excellent|good/i.test(String(e.quality)));
});

test('subscription permissions: taken from one, and given back', limit, async (t) => {
	const ann = await Person.enter(t, 'allow', 'ann');
	await ann.call('publishVideo', 'cam', { source: 1, width: 320, height: 180, kbps: 200 });
	const [bob, eve] = [await Person.enter(t, 'allow', 'bob'), await Person.enter(t, 'allow', 'eve')];
	await Promise.all([bob.sees('ann/cam'), eve.sees('ann/cam')]);
	await ann.call('allow', ['bob']);
	await eve.misses('ann/cam'); // rtc-node has no event for it
	await bob.sees('ann/cam');
	await ann.call('allow', ['eve']);
	await bob.misses('ann/cam');
	await eve.sees('ann/cam');
	// one who comes later gets nothing either
	const late = await Person.enter(t, 'allow', 'late');
	await eve.sees('ann/cam', { count: 30 });
	assert.deepEqual((await late.report()).videos, {});
	await ann.call('allow');
	await Promise.all([bob.sees('ann/cam'), late.sees('ann/cam')]);
});

test('a hidden participant sees and hears, and nobody learns of it', limit, async (t) => {
	const [ann, bob] = [await Person.enter(t, 'hidden', 'ann'), await Person.enter(t, 'hidden', 'bob')];
	await ann.call('publishVideo', 'cam', { source: 2, width: 320, height: 180, kbps: 200 });
	const ghost = await Person.enter(t, 'hidden', 'ghost', { grant: { hidden: true } });
	await ghost.sees('ann/cam');
	assert.deepEqual((await ghost.report()).others.map((p) => p.identity).sort(), ['ann', 'bob']);
	await ghost.call('describe', { metadata: 'boo', attributes: { boo: '1' } });
	await rooms.updateParticipant('hidden', 'ghost', { metadata: 'boo again' });
	// the full reconnect of others is seen as leaving and coming back, but not this one
	await ghost.call('reconnect', 'full');
	await ghost.hears('reconnected', {});
	await ghost.sees('ann/cam');
	// what is told is told in order: when this has come, nothing before it was about ghosts
	await rooms.updateParticipant('hidden', 'ann', { metadata: 'the end' });
	for (const person of [ann, bob]) {
		await person.hears('metadata', { who: 'ann', metadata: 'the end' });
		const { events, others } = await person.report();
		assert.ok(!events.some((e) => /ghost/.test(e.who) || e.list?.some((who) => /ghost/.test(who))), JSON.stringify(events));
		assert.equal(others.length, 1);
	}
});

test('names, metadata and attributes: by oneself and by the server, told to all, a removed attribute too', limit, async (t) => {
	const people = [await Person.enter(t, 'words', 'ann'), await Person.enter(t, 'words', 'bob'), await Person.enter(t, 'words', 'eve')];
	for (const who of people.slice(0, 2)) {
		await who.call('describe', { metadata: `I am ${who.identity}`, attributes: { mood: 'fine', hand: 'up' } });
		for (const person of people) {
			await person.hears('metadata', { who: who.identity, metadata: `I am ${who.identity}` });
			await person.hears('attributes', (e) => e.who === who.identity && e.changed.mood === 'fine' && e.changed.hand === 'up');
		}
		await rooms.updateParticipant('words', who.identity, { name: `${who.identity} the second`, attributes: { hand: '' } });
		for (const person of people.filter((other) => other !== who))
			await until('the name, and the attribute gone', async () => (await person.report()).others.find((p) => p.identity === who.identity),
				(p) => p.name === `${who.identity} the second` && p.attributes.mood === 'fine' && !p.attributes.hand);
	}
	// who comes later is told at once
	const late = await Person.enter(t, 'words', 'late');
	const ann = (await late.report()).others.find((p) => p.identity === 'ann');
	assert.deepEqual([ann.name, ann.metadata, ann.attributes.mood, ann.attributes.hand ?? ''], ['ann the second', 'I am ann', 'fine', '']);
	const mark = await late.heard();
	await rooms.updateRoomMetadata('words', 'green');
	for (const person of [...people, late]) await person.hears('room', { metadata: 'green' }, person === late ? mark : 0);
});
