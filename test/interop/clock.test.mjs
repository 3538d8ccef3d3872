// SPDX-License-Identifier: Apache-2.0
// Clocks in a live call: the one on the wall jumps hours, days and a century (R74), the one that counts since the start passes what
// 32 bits of milliseconds hold (R75). Media and events go on, in order; tokens are what their times say.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { failingDisk } from '../lib/disk.mjs';
import { Client } from '../lib/client.mjs';
import { sign } from '../lib/jwt.mjs';
import { startWithPeople } from '../lib/people.mjs';
import { endAll, Talk } from '../lib/talk.mjs';
import { pause, until } from '../lib/until.mjs';

after(endAll);

const realNow = () => Math.floor(Date.now() / 1000);
const tokenAt = (id, at) => sign({ user_id: id, iat: at - 5, exp: at + 600 });

async function enter(daemon, id, at = realNow()) {
	const talk = new Talk(daemon.url);
	await talk.connect(id, tokenAt(id, at));
	await talk.ok('call default clocks');
	await talk.ok('join');
	return talk;
}

/** `from` speaks, and `to` hears nearly all of it; nothing before it is subscribed, which a new track is a moment after its first sound. */
async function hears(from, to, what) {
	const heard = async () => (await to.do('frames')).code;
	const none = await heard();
	await until(`a first sound ${what}`, () => from.ok('sound 1').then(heard), (n) => n > none, 10_000, 50);
	const before = await heard();
	await from.ok('sound 20');
	await until(`sound ${what}`, async () => (await heard()) - before, (n) => n >= 15, 10_000, 50);
}

test('the clock on the wall jumps', { timeout: 120_000 }, async () => {
	const faults = failingDisk();
	const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cem: 'user', dora: 'user', eve: 'user' }, { env: faults.env });
	try {
		const talks = [await enter(daemon, 'bob'), await enter(daemon, 'cem')];
		await talks[0].ok('publish');
		const stream = await people.ann.events();
		let said = 0;
		const say = async (text, status) => {
			const sent = await people.ann.call('POST', '/api/v1/conversations/ann/messages', { text, client_id: `c${said}` });
			assert.equal(sent.status, status, text);
		};
		const codeOf = async (token) => (await new Client(daemon.url).call('GET', '/api/v1/conversations', undefined, { authorization: `Bearer ${token}` })).body.code;
		const minutesUntil = (date) => Math.round((Date.parse(date) - Date.now()) / 60_000);
		const day = 24 * 60;
		const jumps = { '+1 h': 60, '-1 h': -60, '+1 day': day, '-1 day': -day, 'to the end of 31 bits': minutesUntil('2038-01-19T03:14:00Z'), 'to 2100': minutesUntil('2100-01-01T00:00:00Z'), back: 0 };
		for (const [name, minutes] of Object.entries(jumps)) {
			faults.shiftClock(minutes);
			await hears(talks[0], talks[1], name);
			const there = realNow() + minutes * 60;
			assert.equal(await codeOf(tokenAt('ann', there)), undefined, name);
			assert.equal(await codeOf(tokenAt('ann', realNow())), minutes === 0 ? undefined : minutes > 0 ? 40 : 42, name);
			// a sign-in that was not used for a week is over; until then it counts whatever the clock says
			if (minutes < 7 * day) await say(`message ${name}`, 201), said++;
			if (minutes === day || name === 'to 2100') {
				const late = await enter(daemon, minutes === day ? 'dora' : 'eve', there); // handshakes look at the clock, too
				await hears(talks[0], late, `of who came ${name}`);
				await late.ok('leave');
				await late.end();
			}
		}
		await until('all events', () => stream.seen.filter(({ type }) => type === 'message.new').length, (n) => n === said);
		const cursors = stream.seen.map(({ cursor }) => cursor).filter((cursor) => cursor !== undefined);
		assert.deepEqual(cursors, [...cursors].sort((a, b) => a - b), 'in order');
		for (const talk of talks) {
			assert.equal(talk.states.filter((state) => state !== 3 && state !== 4).length, 0, `nobody was lost: ${talk.states}`);
			await talk.end();
		}
		await stream.close();
	} finally {
		await daemon.stop();
		faults.remove();
	}
});

test('2^32 ms since the start of the machine go by', { timeout: 240_000 }, async () => {
	const wrap = 2 ** 32 / 1000; // s
	const monotonic = () => Number(process.hrtime.bigint()) / 1e9;
	/** A call that has begun some seconds before. */
	const begin = async (lead) => {
		const ahead = Math.floor(wrap - monotonic() - lead);
		const { daemon } = await startWithPeople({ bob: 'user', cem: 'user', dora: 'user' }, { prefix: ['unshare', '--time', '--monotonic', String(ahead), '--boottime', String(ahead)] });
		try {
			const talks = [await enter(daemon, 'bob'), await enter(daemon, 'cem')];
			await talks[0].ok('publish');
			await hears(talks[0], talks[1], 'before');
			return { daemon, talks, ahead, left: wrap - ahead - monotonic() };
		} catch (error) {
			await daemon.stop();
			throw error;
		}
	};
	let call = await begin(6);
	if (call.left <= 0) { // a busy machine: the start itself took longer
		for (const talk of call.talks) await talk.end();
		await call.daemon.stop();
		call = await begin(30);
	}
	const { daemon, talks, ahead, left } = call;
	try {
		assert.ok(left > 0, `the start took so long that it is over: ${left}`);
		while (monotonic() + ahead < wrap + 3) await hears(talks[0], talks[1], 'around it');
		if (process.env.CONFAB_LONG) {
			for (let i = 0; i < 60; i++) {
				await hears(talks[0], talks[1], `${i} s later`);
				await pause(600);
			}
		}
		const late = await enter(daemon, 'dora');
		await hears(talks[0], late, 'of who came after');
		for (const talk of [...talks, late]) {
			assert.equal(talk.states.filter((state) => state !== 3 && state !== 4).length, 0, `nobody was lost: ${talk.states}`);
			await talk.end();
		}
	} finally {
		await daemon.stop();
	}
});
