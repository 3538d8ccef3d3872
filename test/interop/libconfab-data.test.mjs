// SPDX-License-Identifier: Apache-2.0
// What libconfab's programs say in a call beside media: of themselves, and to others in data packets. With itself, @livekit/rtc-node
// and livekit-client in Chromium. The rules in virtual time: test/unit/client/test_describe.c, test_data.c.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { Code, endAll, enterRoom, State, withBrowsers } from '../lib/talk.mjs';

const limit = { timeout: 240000 };
const Changed = { name: 1, metadata: 2, attributes: 4 };
let daemon, page;
const drivers = [];
before(async () => {
	daemon = await startConfabd();
	page = await servePage();
	drivers.push(...(await Promise.all([nodeDriver(), ...(withBrowsers ? [chromiumDriver(page.url)] : [])])));
}, limit);
after(async () => {
	endAll();
	for (const driver of drivers) {
		await driver.call('ann', 'leave').catch(() => {});
		await driver.close();
	}
	page.close();
	await daemon.stop();
});

/** How long the messages were that came, in order. */
const heard = (t, from) => t.lines.filter((l) => l.event === 'data' && (!from || l.identity === from)).map((l) => l.length);
const enter = (room, identity, { url = daemon.wsUrl, ...options } = {}) => enterRoom(url, room, identity, options);

/** Everybody of the drivers is "ann" in a room of their own: {driver, room} each. */
const others = async (name) =>
	Promise.all(drivers.map(async (driver) => {
		const room = `${name}-${driver.kind}`;
		await driver.call('ann', 'leave').catch(() => {}); // of the test before
		await driver.call('ann', 'connect', daemon.wsUrl, await mediaToken(room, 'ann'));
		return { driver, room };
	}));
const sees = (driver, what, check) => until(`${driver.kind} sees ${what}`, () => driver.call('ann', 'report'), check);

describe('libconfab', () => {
	test('own name, metadata and attributes: others see them, who may not is told why', limit, async () => {
		for (const { driver, room } of await others('texts')) {
			const c = await enter(room, 'device', { grant: { canUpdateOwnMetadata: true }, ownLoop: driver.kind === 'chromium' });
			const late = await enter(room, 'late');
			await c.ok('describe Door {"battery":12} hand up');
			for (const [t, identity] of [[c, null], [late, 'device']]) {
				const changed = await t.event('changed');
				assert.deepEqual([changed.identity, changed.metadata, changed.attributes.hand], [identity, '{"battery":12}', 'up']);
				assert.equal(changed.changed, Changed.name | Changed.metadata | Changed.attributes);
			}
			const device = ({ others: list }) => list.find((p) => p.identity === 'device');
			await sees(driver, 'the name', (report) => device(report)?.name === 'Door' && device(report).metadata === '{"battery":12}');
			await c.ok('describe - - mood fine'); // the rest stays
			const seen = await sees(driver, 'the mood', (report) => device(report)?.attributes.mood === 'fine');
			assert.deepEqual([device(seen).name, device(seen).attributes.hand], ['Door', 'up']);
			await c.ok('describe - - hand');
			await sees(driver, 'no hand', (report) => device(report).attributes.hand === undefined);

			const denied = await late.do('describe Other');
			assert.deepEqual([denied.code, /canUpdateOwnMetadata/.test(denied.message)], [Code.notAllowed, true], denied.message);
			await Promise.all([c.end(), late.end()]);
		}
	});

	test('messages to some, with a topic, both ways', limit, async () => {
		for (const { driver, room } of await others('data')) {
			const [c, other] = [await enter(room, 'device', { ownLoop: driver.kind === 'chromium' }), await enter(room, 'other')];
			await other.event('joined', (l) => l.identity === 'ann');
			await c.ok('data 100 1 door ann');
			await c.ok('data 101 1 door other');
			await c.ok('data 102 1 door ann other');
			await c.ok('data 103 1 door nobody');
			await c.ok('data 104 1 all');
			const { data } = await sees(driver, 'the last one', (report) => report.data.some((d) => d.length === 104));
			assert.deepEqual(data.map((d) => [d.from, d.length, d.topic, d.lossy]), [['device', 100, 'door', false], ['device', 102, 'door', false], ['device', 104, 'all', false]]);
			await other.event('data', (l) => l.topic === 'all');
			assert.deepEqual(heard(other), [101, 102, 104]);

			await driver.call('ann', 'sendData', 201, 1, { to: ['device'], topic: 'back' });
			await driver.call('ann', 'sendData', 202, 2, { to: ['other'], topic: 'back' });
			await driver.call('ann', 'sendData', 203, 3);
			const back = await c.event('data', (l) => l.topic === 'back');
			assert.deepEqual([back.identity, back.length], ['ann', 201]);
			for (const [t, lengths] of [[c, [201, 203]], [other, [101, 102, 104, 202, 203]]]) {
				await t.event('data', (l) => l.length === 203);
				assert.deepEqual(heard(t), lengths);
			}
			await Promise.all([c.end(), other.end()]);
		}
	});

	test('signalling is cut again and again: no message is lost, doubled or out of order', limit, async (t) => {
		const proxy = await startProxy(t, daemon);
		const [{ driver, room }] = await others('cut');
		const [c, other] = [await enter(room, 'device', { url: proxy.url }), await enter(room, 'other', { ownLoop: true })];
		await other.event('joined', (l) => l.identity === 'ann');
		await c.ok('data 1 1 first'); // the way is open
		await other.event('data');
		let running = true;
		/** Says 2, 3, 4, … bytes until it is told to stop; the last one. */
		const talks = async (say) => {
			let n = 1;
			while (running) await say(++n);
			return n;
		};
		const all = [talks((n) => c.ok(`data ${n} 1 x other ann`)), talks((n) => other.ok(`data ${n} 1 x device`)), talks((n) => driver.call('ann', 'sendData', n, n, { to: ['device'] }))];
		for (let i = 0; i < 3; i++) {
			proxy.cut();
			await new Promise((resolve) => setTimeout(resolve, 400));
		}
		const told = c.lines.length;
		proxy.closed = true; // the last one is long enough to be told
		proxy.cut();
		await c.state(State.reconnecting, told);
		proxy.closed = false;
		await c.state(State.joined, told);
		running = false;
		const [fromC, fromOther, fromAnn] = await Promise.all(all);
		const upTo = (n) => Array.from({ length: n - 1 }, (_, i) => i + 2);
		await c.event('data', (l) => l.identity === 'other' && l.length === fromOther);
		await c.event('data', (l) => l.identity === 'ann' && l.length === fromAnn);
		assert.deepEqual(heard(c, 'other'), upTo(fromOther));
		assert.deepEqual(heard(c, 'ann'), upTo(fromAnn));
		await other.event('data', (l) => l.length === fromC);
		assert.deepEqual(heard(other, 'device'), [1, ...upTo(fromC)]);
		const { data } = await sees(driver, 'the last one', (report) => report.data.some((d) => d.length === fromC));
		assert.deepEqual(data.filter((d) => d.from === 'device' && d.topic === 'x').map((d) => d.length), upTo(fromC));
		assert.deepEqual(c.states, [State.joining, State.joined, State.reconnecting, State.joined]);
		await Promise.all([c.end(), other.end()]);
	});
});
