// SPDX-License-Identifier: Apache-2.0
// Data tracks of livekit-client in Chromium: published, subscribed by several, unpublished, after a resume and a full
// reconnect, and refused without the right. (rtc-node has none yet.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { startOutside } from '../lib/outside.mjs';
import { mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon, outside, browser;
before(async () => {
	[daemon, outside, browser] = await Promise.all([startConfabd({ demo: false }), startOutside(), launchChromium()]);
});
after(async () => {
	await browser?.close();
	outside?.close();
	await daemon?.stop();
});

/** A page in the room; window.frames[name] is what came on the data track of that name, as text. */
async function enter(room, identity, grant) {
	const tab = await openPage(browser, outside.origin);
	await tab.page.evaluate(
		async ({ url, token }) => {
			const room = (window.room = new window.LivekitClient.Room());
			window.frames = {};
			window.follow = async (track) => {
				const frames = (window.frames[track.info.name] ??= []);
				const reader = track.subscribe().getReader();
				for (;;) {
					const { value, done } = await reader.read();
					if (done) break;
					frames.push(value.payload.length > 100 ? value.payload.length : new TextDecoder().decode(value.payload));
				}
				frames.push('end');
			};
			window.published = [];
			room.on('dataTrackPublished', (track) => {
				window.published.push(track.info.name);
				(window.remote ??= {})[track.info.name] = track;
				if (!window.aloof) window.follow(track).catch((error) => window.frames[track.info.name].push(`${error}`));
			});
			await room.connect(url, token);
		},
		{ url: daemon.wsUrl, token: await mediaToken(room, identity, { grant }) },
	);
	return tab;
}

const publish = (tab, name) => tab.page.evaluate(async (name) => void ((window.tracks ??= {})[name] = await window.room.localParticipant.publishDataTrack({ name })), name);
/** False: the client dropped the frame itself, as it does until its channel is open after a reconnect. */
const push = (tab, name, text) => tab.page.evaluate(
	async ({ name, text }) => {
		try {
			await window.tracks[name].tryPush({ payload: new TextEncoder().encode(text) });
			return true;
		} catch (error) {
			if (/Frame was dropped/.test(error.message)) return false;
			throw error;
		}
	},
	{ name, text },
);
const frames = (tab, name) => tab.page.evaluate((name) => window.frames[name] ?? [], name);

/** Sends until it has come: frames are not repeated, those sent before the subscription is up are nobody's, and dropped ones are tried again. */
async function reaches(from, name, text, ...tabs) {
	for (const tab of tabs)
		await until(`${text} on ${name}`, async () => {
			await push(from, name, text);
			return frames(tab, name);
		}, (list) => list.includes(text));
}

test('one publishes, several subscribe, each track for itself', limit, async () => {
	const [ann, bob, eve] = [await enter('tracks', 'ann'), await enter('tracks', 'bob'), await enter('tracks', 'eve')];
	await eve.page.evaluate(() => void (window.aloof = true));
	await publish(ann, 'joints');
	await publish(ann, 'lidar');
	await reaches(ann, 'joints', 'left', bob);
	await reaches(ann, 'lidar', 'far', bob);
	assert.ok(!(await frames(bob, 'joints')).includes('far'));
	await until('it is announced', () => eve.page.evaluate(() => window.published), (list) => list.length === 2);
	assert.deepEqual(await frames(eve, 'joints'), [], 'eve did not ask');
	await eve.page.evaluate(() => void window.follow(window.room.remoteParticipants.get('ann').dataTracks.get('joints')));
	await reaches(ann, 'joints', 'both', eve, bob);
	// more than one packet
	await until('40 KB', async () => {
		await ann.page.evaluate(() => window.tracks.joints.tryPush({ payload: new Uint8Array(40000) }));
		return frames(bob, 'joints');
	}, (list) => list.includes(40000));

	// who comes later sees what is there
	const late = await enter('tracks', 'late');
	await until('it is announced', () => late.page.evaluate(() => window.published), (list) => list.length === 2);
	await reaches(ann, 'lidar', 'late', late);

	await ann.page.evaluate(() => window.tracks.joints.unpublish());
	for (const tab of [bob, eve]) await until('the end', () => frames(tab, 'joints'), (list) => list.at(-1) === 'end');
	await reaches(ann, 'lidar', 'goes on', bob);
	// the client looks for /rtc/v1 first, and its browser says that there is none
	for (const tab of [ann, bob, eve, late]) assert.deepEqual(tab.problems.filter((text) => !/\/rtc\/v1|404/.test(text)), []);
});

test('a resume and a full reconnect: it goes on', limit, async () => {
	const [ann, bob] = [await enter('again', 'ann'), await enter('again', 'bob')];
	await publish(ann, 'pose');
	await reaches(ann, 'pose', 'before', bob);
	const comeBack = (tab, scenario) => tab.page.evaluate(
		(scenario) => new Promise((resolve) => {
			window.room.once('reconnected', resolve);
			void window.room.simulateScenario(scenario);
		}),
		scenario,
	);
	for (const tab of [bob, ann]) {
		await comeBack(tab, 'signal-reconnect');
		await reaches(ann, 'pose', `resumed ${tab === ann ? 'ann' : 'bob'}`, bob);
	}
	assert.ok(!(await frames(bob, 'pose')).includes('end'), 'the same subscription all the time');
	await comeBack(ann, 'full-reconnect'); // publishes anew; bob hears of a new track
	await reaches(ann, 'pose', 'ann anew', bob);
	await comeBack(bob, 'full-reconnect'); // the client ends its streams: the page subscribes again
	await bob.page.evaluate(() => void window.follow(window.remote.pose));
	await reaches(ann, 'pose', 'bob anew', bob);
});

test('without the right to publish data there is none', limit, async () => {
	const mute = await enter('rights', 'mute', { canPublishData: false });
	const error = await mute.page.evaluate(() => window.room.localParticipant.publishDataTrack({ name: 'x' }).then(() => 'published', (error) => `${error}`));
	assert.match(error, /unauthorized/);
});
