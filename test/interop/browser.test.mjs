// SPDX-License-Identifier: Apache-2.0
// livekit-client from npm, unmodified, in Chromium, on a page of another origin; with a rtc-node participant in the same
// room. It tries the single peer connection first (/rtc/v1) and must fall back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium, openPage, received, stats, until } from '../lib/browser.mjs';
import { apiKey, apiSecret, buildFolder, startConfabd } from '../lib/confabd.mjs';
import { startOutside } from '../lib/outside.mjs';
import { RtcPeer, mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
let daemon, browser, outside;

before(async () => {
	daemon = await startConfabd({ args: ['--media-load', '0'] }); // eighty people are let in, however busy the machine is
	browser = await launchChromium();
	outside = await startOutside();
});
after(async () => {
	await browser?.close();
	outside?.close();
	await daemon.stop();
});

/** A page whose `room` is connected with camera and microphone on. */
async function enter(room, identity, options = {}) {
	const tab = await openPage(browser, outside.origin);
	const token = await mediaToken(room, identity, { grant: options.grant });
	await tab.page.evaluate(
		async ({ url, token, media, options }) => {
			// a busy processor: fewer pictures, not smaller ones
			const room = (window.room = new window.LivekitClient.Room({ publishDefaults: { degradationPreference: 'maintain-resolution' }, ...options }));
			window.seen = [];
			for (const event of ['participantConnected', 'participantDisconnected', 'trackMuted', 'trackUnmuted', 'trackSubscribed', 'disconnected', 'reconnecting', 'signalReconnecting'])
				room.on(event, (...args) => {
					const participant = args.findLast((arg) => arg?.identity);
					window.seen.push({ event, who: participant?.identity, reason: event === 'disconnected' ? args[0] : undefined });
					if (event === 'trackSubscribed') document.body.append(args[0].attach());
				});
			await room.connect(url, token);
			if (media) await room.localParticipant.enableCameraAndMicrophone();
		},
		{ url: daemon.wsUrl, token, media: options.media !== false, options: options.room ?? {} },
	);
	return tab;
}

const seen = (tab, event, who) =>
	until(`${event} ${who}`, () => tab.page.evaluate(() => window.seen), (list) => list.some((e) => e.event === event && (!who || e.who === who)));

test('Chromium and rtc-node see and hear each other', limit, async (t) => {
	const bot = await RtcPeer.start('bot');
	t.after(() => bot.close());
	await bot.call('connect', daemon.wsUrl, await mediaToken('mixed', 'bot'));
	const tab = await enter('mixed', 'ann');
	t.after(() => tab.context.close());
	await bot.call('publishVideo', 'camera', { width: 640, height: 360 });
	await bot.call('publishAudio', 'microphone');

	const frame = await bot.event('video', (e) => e.from === 'ann' && e.frames >= 60, 30000);
	assert.ok(frame.width >= 320 && frame.height >= 180, `${frame.width}x${frame.height}`);
	await bot.event('video', (e) => e.from === 'ann' && e.width === 1280, 30000); // the best layer in the end
	await bot.event('audio', (e) => e.from === 'ann' && e.peak > 500); // the fake microphone beeps
	const before = await until('media in the browser', () => received(tab.page), (now) => now.frames > 30 && now.energy > 0.01);
	await until('more of it', () => received(tab.page), (now) => now.frames > before.frames + 20 && now.energy > before.energy);

	// mute, both ways
	await tab.page.evaluate(() => window.room.localParticipant.setMicrophoneEnabled(false));
	await bot.event('muted', (e) => e.from === 'ann');
	await tab.page.evaluate(() => window.room.localParticipant.setMicrophoneEnabled(true));
	await bot.event('unmuted', (e) => e.from === 'ann');
	await bot.call('mute', 'camera', true);
	await seen(tab, 'trackMuted', 'bot');

	// camera off and on: livekit-client mutes, stops the device, and goes on with another one on the same track
	const off = bot.next('muted', (e) => e.from === 'ann');
	await tab.page.evaluate(() => window.room.localParticipant.setCameraEnabled(false));
	await off;
	const on = bot.next('unmuted', (e) => e.from === 'ann');
	await tab.page.evaluate(() => window.room.localParticipant.setCameraEnabled(true));
	await on;
	await bot.next('video', (e) => e.from === 'ann');

	// leave
	await bot.call('leave');
	await seen(tab, 'participantDisconnected', 'bot');
	const list = await tab.page.evaluate(() => window.seen);
	assert.ok(!list.some((e) => /econnecting/.test(e.event)), JSON.stringify(list));
});

test('the browser gives the publisher room: bandwidth estimate and the top layer', limit, async (t) => {
	const bob = await enter('quality', 'bob', { media: false });
	const ann = await enter('quality', 'ann', { room: { videoCaptureDefaults: { resolution: { width: 1280, height: 720 } } } });
	t.after(() => Promise.all([ann.context.close(), bob.context.close()]));
	const outgoing = async () => {
		const reports = await stats(ann.page);
		return {
			layers: reports.filter((r) => r.type === 'outbound-rtp' && r.kind === 'video').map((r) => `${r.rid}:${r.frameWidth}@${r.framesPerSecond}`),
			estimate: Math.max(...reports.filter((r) => r.type === 'candidate-pair').map((r) => r.availableOutgoingBitrate ?? 0)),
		};
	};
	const now = await until('1280 wide and 1.5 Mbit/s', outgoing, (o) => o.estimate >= 1.5e6 && o.layers.some((l) => l.includes(':1280')), 60000);
	t.diagnostic(JSON.stringify(now));
	await until('the top layer at the viewer', () => stats(bob.page), (reports) => reports.some((r) => r.type === 'inbound-rtp' && r.kind === 'video' && r.frameWidth === 1280), 60000);
});

// What eighty are offered is longer than 64 KiB, and more streams than one client may send.
test('eighty open microphones: everybody has everybody, and the three who speak are heard', limit, async (t) => {
	const args = ['--publishers', '80', '--subscribers', '0', '--no-video', '--speakers', '3', '--rate', '10', '--warmup', '60', '--seconds', '1'];
	const crowd = spawn(path.join(buildFolder, 'confab'), ['load', '--server', `${daemon.host}:${daemon.port}`, ...args], {
		stdio: 'ignore', env: { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret },
	});
	t.after(() => crowd.kill());
	const ann = await enter('load-0-0', 'ann', { media: false });
	t.after(() => ann.context.close());
	await until('eighty tracks', () => ann.page.evaluate(() => window.seen.filter((e) => e.event === 'trackSubscribed').length), (n) => n >= 80, 60000);
	const heard = () => stats(ann.page).then((reports) => reports.filter((r) => r.type === 'inbound-rtp' && r.kind === 'audio').map((r) => r.packetsReceived));
	const before = await until('all tracks', heard, (list) => list.length >= 80 && list.every((n) => n > 0), 30000);
	const speaking = await until('those who speak', heard, (list) => list.filter((n, i) => n - (before[i] ?? 0) > 60).length >= 3, 30000);
	assert.equal(crowd.exitCode, null, 'the others were let in');
	t.diagnostic(`packets ${speaking.join(' ')}`);
	const list = await ann.page.evaluate(() => window.seen);
	assert.ok(!list.some((e) => /econnecting|disconnected/.test(e.event)), JSON.stringify(list.slice(-5)));
});

test('a token that may not publish, and one that may not subscribe', limit, async (t) => {
	const viewer = await enter('rights', 'viewer', { media: false, grant: { canPublish: false } });
	const camera = await enter('rights', 'camera', { grant: { canSubscribe: false } });
	t.after(() => Promise.all([viewer.context.close(), camera.context.close()]));
	await until('the camera at the viewer', () => received(viewer.page), (now) => now.frames > 10);
	const refused = await viewer.page.evaluate(() => window.room.localParticipant.setMicrophoneEnabled(true).then(() => '', (error) => error.message));
	assert.match(refused, /permission/i);
});

test('a lost signalling socket: the client is back in the room', limit, async (t) => {
	const ann = await enter('lost', 'ann');
	const bob = await enter('lost', 'bob', { media: false });
	t.after(() => Promise.all([ann.context.close(), bob.context.close()]));
	await until('media', () => received(bob.page), (now) => now.frames > 10);
	await ann.page.evaluate(() => window.room.simulateScenario('signal-reconnect'));
	await seen(ann, 'signalReconnecting');
	await until('both in the room', () => ann.page.evaluate(() => ({ state: window.room.state, others: window.room.remoteParticipants.size })),
		(now) => now.state === 'connected' && now.others === 1, 20000);
	const before = (await received(bob.page)).frames;
	await until('media again', () => received(bob.page), (now) => now.frames > before + 20 || now.frames < before, 60000);
});
