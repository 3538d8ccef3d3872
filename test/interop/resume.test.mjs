// SPDX-License-Identifier: Apache-2.0
// Lost and found: the signalling connection is cut (by a proxy in between, as a network does it) or given up by the
// client. Unmodified clients resume or join anew; the others see what they should, which for a resume is nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium, openPage, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { startOutside } from '../lib/outside.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon, browser, outside;

before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	outside = await startOutside();
});
after(async () => {
	await browser?.close();
	outside?.close();
	await daemon.stop();
});

/** A page with a connected `room`; `seen` is everything that happened to it, `data` every reliable packet. */
async function enter(t, url, room, identity) {
	const tab = await openPage(browser, outside.origin);
	t.after(() => tab.context.close());
	await tab.page.evaluate(
		async ({ url, token }) => {
			const room = (window.room = new window.LivekitClient.Room());
			window.seen = [];
			window.data = [];
			window.last = performance.now();
			window.longest = 0;
			window.stalled = 0; // the longest time in which the page did not run
			let ran = performance.now();
			setInterval(() => {
				window.stalled = Math.max(window.stalled, performance.now() - ran);
				ran = performance.now();
			}, 20);
			const watch = (video) =>
				video.requestVideoFrameCallback((now) => {
					window.longest = Math.max(window.longest, now - window.last);
					window.last = now;
					window.shown = (window.shown ?? 0) + 1;
					watch(video);
				});
			for (const event of ['participantConnected', 'participantDisconnected', 'trackSubscribed', 'trackUnsubscribed', 'trackUnpublished', 'disconnected', 'reconnecting', 'signalReconnecting', 'reconnected'])
				room.on(event, (...args) => {
					window.seen.push({ event, who: args.findLast((arg) => arg?.identity)?.identity });
					if (event !== 'trackSubscribed' || args[0].kind !== 'video') return;
					const video = args[0].attach();
					document.body.append(video);
					watch(video);
				});
			room.on('dataReceived', (bytes) => window.data.push(new TextDecoder().decode(bytes)));
			await room.connect(url, token);
			await room.localParticipant.enableCameraAndMicrophone();
		},
		{ url, token: await mediaToken(room, identity) },
	);
	return tab;
}

const look = (tab) => tab.page.evaluate(() => ({ seen: window.seen, data: window.data, frames: window.shown ?? 0, longest: window.longest, stalled: window.stalled, sid: window.room.localParticipant.sid }));
const waitFor = (tab, event, from = 0) => until(event, () => look(tab), (now) => now.seen.slice(from).some((e) => e.event === event), 60000);

async function enterBot(t, url, room, identity) {
	const bot = await RtcPeer.start(identity);
	t.after(() => bot.close());
	bot.joined = await bot.call('connect', url, await mediaToken(room, identity));
	return bot;
}

/** Frames of ann's video at the bot go on. */
const sees = (bot) => bot.next('video', (e) => e.from === 'ann', 10000);

test('livekit-client in Chromium: its socket is cut, it resumes, nobody sees it, nothing is lost', limit, async (t) => {
	const proxy = await startProxy(t, daemon);
	const direct = daemon.wsUrl;
	const bot = await enterBot(t, direct, 'cut', 'bot');
	const tab = await enter(t, proxy.url, 'cut', 'ann');
	await bot.call('publishVideo', 'camera', {});
	await until('video', () => look(tab), (now) => now.frames > 40);
	await sees(bot);
	const { sid } = await look(tab);
	const events = bot.events.length;
	await tab.page.evaluate(() => (window.longest = window.stalled = 0));
	await bot.call('longestPause', 'camera');

	let [sent, sending] = [0, true];
	const stream = (async () => {
		while (sending) {
			await bot.call('publishData', `n${sent++}`, { reliable: true });
			await sleep(20);
		}
	})();
	await sleep(300);
	proxy.cut();
	await waitFor(tab, 'reconnected');
	await sleep(1000);
	sending = false;
	await stream;
	await until('the last packet', () => look(tab), (now) => now.data.at(-1) === `n${sent - 1}`);

	const now = await look(tab);
	assert.equal(now.sid, sid);
	assert.deepEqual(now.data, Array.from({ length: sent }, (_, i) => `n${i}`)); // all, once, in order
	assert.ok(!now.seen.some((e) => /trackUn|Disconnected/.test(e.event)), JSON.stringify(now.seen));
	const others = bot.events.slice(events).filter((e) => /joined|left|published|unsub/.test(e.event));
	assert.deepEqual(others, []);
	await sees(bot);
	const idle = Math.max(now.stalled, await bot.call('longestPause', 'camera')); // of a busy machine, not of the way between
	t.diagnostic(`longest time between two frames: ${Math.round(now.longest)} ms; in which one of the two did not run: ${Math.round(idle)} ms`);
	assert.ok(now.longest < 1000 + idle, `${now.longest}, ${idle}`);
	// what the console says about a socket that is cut, and about /rtc/v1, is the browser's own
	assert.deepEqual(tab.problems.filter((p) => !/WebSocket|websocket|404/.test(p)), []);
});

test('livekit-client: gives its socket up and resumes; joins anew when resuming fails, or when told to', limit, async (t) => {
	const url = daemon.wsUrl;
	const bot = await enterBot(t, url, 'simulated', 'bot');
	const tab = await enter(t, url, 'simulated', 'ann');
	await bot.call('publishVideo', 'camera', {});
	await until('video', () => look(tab), (now) => now.frames > 20);
	const { sid } = await look(tab);
	const events = bot.events.length;
	for (let round = 0; round < 2; round++) {
		const { seen } = await look(tab);
		await tab.page.evaluate(() => window.room.simulateScenario('signal-reconnect'));
		const now = await waitFor(tab, 'reconnected', seen.length);
		assert.equal(now.sid, sid);
		await until('video goes on', () => look(tab), (later) => later.frames > now.frames + 20);
		await sees(bot);
	}
	assert.deepEqual(bot.events.slice(events).filter((e) => /joined|left/.test(e.event)), []);
	for (const scenario of ['resume-reconnect', 'full-reconnect']) {
		const { seen, frames, sid } = await look(tab);
		const left = bot.next('left', (e) => e.who === 'ann');
		await tab.page.evaluate((name) => window.room.simulateScenario(name), scenario);
		await left;
		const now = await waitFor(tab, 'reconnected', seen.length);
		assert.notEqual(now.sid, sid, scenario);
		await until('video after joining anew', () => look(tab), (later) => later.frames > frames + 40);
		await sees(bot);
	}
});

test('rtc-node: its socket is cut, it resumes, nobody sees it', limit, async (t) => {
	const proxy = await startProxy(t, daemon);
	const bot = await enterBot(t, proxy.url, 'rust', 'ann');
	const other = await enterBot(t, daemon.wsUrl, 'rust', 'bob');
	await bot.call('publishVideo', 'camera', {});
	await other.call('publishVideo', 'camera', {});
	await sees(other);
	await bot.event('video', (e) => e.from === 'bob');
	const events = other.events.length;
	proxy.cut();
	await bot.event('reconnected', () => true, 20000);
	await sleep(1000);
	await sees(other);
	await bot.next('video', (e) => e.from === 'bob');
	await bot.call('publishData', 'after', { reliable: true });
	await other.event('data', (e) => e.text === 'after');
	assert.deepEqual(other.events.slice(events).filter((e) => /joined|left|published|unsub/.test(e.event)), []);
});
