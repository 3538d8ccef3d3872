// SPDX-License-Identifier: Apache-2.0
// A call through the rig: livekit-client as it comes from npm, in real Chromiums, and what its receivers measured.
import fs from 'node:fs';
import path from 'node:path';
import { openPage, stats, until } from './browser.mjs';
import { root } from './confabd.mjs';
import { mediaToken } from './rtc.mjs';

const script = path.join(root, 'test/node_modules/livekit-client/dist/livekit-client.umd.js');
const origin = 'http://localhost/'; // answered by the browser itself; secure enough for a camera
const html = '<!doctype html><link rel="icon" href="data:,"><script src="livekit-client.js"></script><body>';

// A picture small enough that the encoder is not what limits a machine with two cores.
const publish = {
	videoCaptureDefaults: { resolution: { width: 320, height: 180, frameRate: 30 } },
	publishDefaults: { simulcast: false, videoEncoding: { maxBitrate: 300_000, maxFramerate: 30 }, dtx: false, red: true },
};

/** A page in the browser whose window.room is connected; with camera and microphone when `media`. */
export async function enter(browser, daemon, identity, { media = false, room = 'rig', options = {}, connect = {} } = {}) {
	const tab = await openPage(browser, 'about:blank');
	await tab.page.route(`${origin}**`, (route) =>
		route.request().url().endsWith('.js') ? route.fulfill({ contentType: 'text/javascript', body: fs.readFileSync(script) }) : route.fulfill({ contentType: 'text/html', body: html }));
	await tab.page.goto(origin);
	const token = await mediaToken(room, identity);
	await tab.page.evaluate(
		async ({ url, token, media, options, connect }) => {
			const room = (window.room = new window.LivekitClient.Room(options));
			window.seen = [];
			for (const event of ['reconnecting', 'signalReconnecting', 'reconnected', 'disconnected', 'trackSubscribed', 'trackUnsubscribed'])
				room.on(event, (...args) => {
					window.seen.push(event);
					if (event === 'trackSubscribed') document.body.append(args[0].attach());
				});
			const start = performance.now();
			await room.connect(url, token, connect);
			window.took = performance.now() - start; // ms until media was connected
			if (media) await room.localParticipant.enableCameraAndMicrophone();
		},
		{ url: daemon.wsUrl, token, media, options: { ...publish, ...options }, connect },
	);
	return tab;
}

const sum = (reports, kind, field) => reports.filter((r) => r.type === 'inbound-rtp' && r.kind === kind).reduce((n, r) => n + (r[field] ?? 0), 0);

/** What the page's receivers have counted so far. */
export async function received(tab) {
	const reports = await stats(tab.page);
	const of = (kind, field) => sum(reports, kind, field);
	return {
		at: performance.now(),
		frames: of('video', 'framesDecoded'),
		dropped: of('video', 'framesDropped'),
		keys: of('video', 'keyFramesDecoded'),
		frozen: of('video', 'totalFreezesDuration'),
		bytes: of('video', 'bytesReceived'),
		nacks: of('video', 'nackCount'),
		repaired: of('video', 'retransmittedPacketsReceived'),
		plis: of('video', 'pliCount'),
		lost: of('video', 'packetsLost'),
		samples: of('audio', 'totalSamplesReceived'),
		concealed: of('audio', 'concealedSamples'),
		codecs: reports.filter((r) => r.type === 'codec').map((r) => r.mimeType),
	};
}

/** Frames that the page's camera track handed to the encoder and that the encoder made. */
export async function encoded(tab) {
	const reports = (await stats(tab.page)).filter((r) => r.type === 'outbound-rtp' && r.kind === 'video');
	const of = (field) => reports.reduce((n, r) => n + (r[field] ?? 0), 0);
	return { at: performance.now(), frames: of('framesEncoded'), keys: of('keyFramesEncoded'), bytes: of('bytesSent'), again: of('retransmittedPacketsSent') };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs for so many seconds and says what came in them: {fps, madeFps, concealed (share), kbps, …}. */
export async function measure(publisher, subscriber, seconds) {
	const [a, x] = await Promise.all([received(subscriber), encoded(publisher)]);
	await pause(seconds * 1000);
	const [b, y] = await Promise.all([received(subscriber), encoded(publisher)]);
	const time = (b.at - a.at) / 1000;
	return {
		fps: (b.frames - a.frames) / time,
		madeFps: ((y.frames - x.frames) / (y.at - x.at)) * 1000,
		concealed: (b.concealed - a.concealed) / Math.max(b.samples - a.samples, 1),
		kbps: ((b.bytes - a.bytes) * 8) / time / 1000,
		sentKbps: ((y.bytes - x.bytes) * 8) / (y.at - x.at),
		frozen: b.frozen - a.frozen,
		keys: b.keys - a.keys,
		nacks: b.nacks - a.nacks,
		repaired: b.repaired - a.repaired,
		plis: b.plis - a.plis,
		lost: b.lost - a.lost,
	};
}

export const line = (name, m) =>
	`${name}: ${m.fps.toFixed(1)} of ${m.madeFps.toFixed(1)} fps, ${m.kbps.toFixed(0)} of ${m.sentKbps.toFixed(0)} kbit/s, audio concealed ${(100 * m.concealed).toFixed(2)} %, ` +
	`frozen ${m.frozen.toFixed(1)} s, ${m.keys} key frames, ${m.nacks} asked, ${m.repaired} repaired, ${m.plis} PLI`;

/** Milliseconds until a frame and a sample more than now were decoded. */
export async function untilMedia(tab, ms = 30000) {
	const start = performance.now();
	const before = await received(tab);
	await until('media', () => received(tab), (now) => now.frames > before.frames + 2 && now.samples > before.samples, ms);
	return performance.now() - start;
}

export { pause };
