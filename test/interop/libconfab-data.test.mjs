// SPDX-License-Identifier: Apache-2.0
// What libconfab's programs say in a call beside media: of themselves, and to others in data packets. With itself, @livekit/rtc-node
// and livekit-client in Chromium. The rules in virtual time: test/unit/client/test_describe.c, test_data.c.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { Code, endAll, Talk } from '../lib/talk.mjs';

const limit = { timeout: 120000 };
const Changed = { name: 1, metadata: 2, attributes: 4 };
let daemon, page;
const drivers = [];
before(async () => {
	daemon = await startConfabd();
	page = await servePage();
	drivers.push(...(await Promise.all([nodeDriver(), chromiumDriver(page.url)])));
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

const wsUrl = () => daemon.url.replace('http', 'ws');

async function enter(room, identity, { grant = {}, url = wsUrl(), ...options } = {}) {
	const t = new Talk('-', options);
	await t.ok(`call default ${room}`);
	await t.ok(`join ${url} ${await mediaToken(room, identity, { grant })}`);
	return t;
}

/** Everybody of the drivers is "ann" in a room of their own: {driver, room} each. */
const others = async (name) =>
	Promise.all(drivers.map(async (driver) => {
		const room = `${name}-${driver.kind}`;
		await driver.call('ann', 'leave').catch(() => {}); // of the test before
		await driver.call('ann', 'connect', wsUrl(), await mediaToken(room, 'ann'));
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
});
