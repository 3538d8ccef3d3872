// SPDX-License-Identifier: Apache-2.0
// VP9 and AV1 with layers inside (SVC), and audio with redundancy (RED): livekit-client in Chromium publishes, Chromium
// and rtc-node decode; who shows it small gets the smaller layer; who cannot take RED gets plain Opus.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, openPage, stats, until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { startOutside } from '../lib/outside.mjs';
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

/** A page that is in the room; `publish`: options of its camera. `noRed`: a browser whose SDP has no RED, as Firefox's. */
async function enter(t, room, identity, { publish, microphone, noRed = false } = {}) {
	const tab = await openPage(browser, outside.origin);
	t.after(() => tab.context.close());
	if (noRed)
		await tab.page.evaluate(() => {
			const original = RTCPeerConnection.prototype.createAnswer;
			RTCPeerConnection.prototype.createAnswer = async function (...args) {
				const answer = await original.apply(this, args);
				const sdp = answer.sdp.replace(/a=(rtpmap|fmtp):63 .*\r\n/g, '').replace(/(m=audio .*?) 63\b/g, '$1');
				return { type: answer.type, sdp };
			};
		});
	await tab.page.evaluate(
		async ({ url, token, publish, microphone }) => {
			const room = (window.room = new window.LivekitClient.Room({}));
			room.on('trackSubscribed', (track, publication) => {
				window.publication = publication;
				document.body.append(track.attach());
			});
			await room.connect(url, token);
			// a busy processor: fewer pictures, not smaller ones
			if (publish) await room.localParticipant.setCameraEnabled(true, { resolution: { width: 1280, height: 720 } }, { degradationPreference: 'maintain-resolution', ...publish });
			if (microphone) await room.localParticipant.setMicrophoneEnabled(true, {}, microphone);
		},
		{ url: daemon.wsUrl, token: await mediaToken(room, identity), publish, microphone },
	);
	return tab;
}

/** No console error but the one of the single peer connection, which is refused with 404. */
const assertQuiet = (...tabs) => assert.deepEqual(tabs.flatMap((tab) => tab.problems).filter((line) => !/\/rtc\/v1|404/.test(line)), []);

/** What a page receives (or sends) of one kind, with the codec's name. */
async function streams(tab, type, kind) {
	const reports = await stats(tab.page);
	const codecs = new Map(reports.filter((r) => r.type === 'codec').map((r) => [`${r.connection}/${r.id}`, r.mimeType]));
	return reports.filter((r) => r.type === type && r.kind === kind).map((r) => ({ ...r, codec: codecs.get(`${r.connection}/${r.codecId}`) }));
}
const shown = async (tab) => (await streams(tab, 'inbound-rtp', 'video')).map(({ codec, frameWidth, framesDecoded, framesPerSecond, freezeCount }) => ({ codec, frameWidth, framesDecoded, framesPerSecond, freezeCount }))[0] ?? {};

async function svc(t, codec, scalabilityMode, { half }) {
	const room = `${codec}-${scalabilityMode}`;
	const bot = await RtcPeer.start('bot');
	t.after(() => bot.close());
	await bot.call('connect', daemon.wsUrl, await mediaToken(room, 'bot'));
	const ann = await enter(t, room, 'ann', { publish: { videoCodec: codec, scalabilityMode, backupCodec: false } });
	const bob = await enter(t, room, 'bob');
	const mime = `video/${codec.toUpperCase()}`;
	const sent = await until(`${mime} from the publisher`, () => streams(ann, 'outbound-rtp', 'video'), (list) => list.length === 1 && list[0].codec === mime && list[0].frameWidth === 1280 && list[0].framesSent > 30, 30000);
	assert.equal(sent[0].scalabilityMode, scalabilityMode);
	await until('the whole picture', () => shown(bob), (now) => now.codec === mime && now.frameWidth === 1280 && now.framesDecoded > 30, 30000);
	await bot.event('video', (e) => e.from === 'ann' && e.frames >= 20, 30000);
	assert.equal(await bob.page.evaluate(() => window.publication.mimeType), mime);

	// shown small: the lower spatial layer, and back
	if (half) {
		await bob.page.evaluate(() => window.publication.setVideoDimensions({ width: 300, height: 160 }));
		const small = await until('a smaller layer', () => shown(bob), (now) => now.frameWidth === half, 60000);
		await until('frames of it', () => shown(bob), (now) => now.framesDecoded > small.framesDecoded + 20 && now.frameWidth === half);
		await bob.page.evaluate(() => window.publication.setVideoDimensions({ width: 1280, height: 720 }));
		const big = await until('the whole again', () => shown(bob), (now) => now.frameWidth === 1280, 60000);
		await until('frames of it', () => shown(bob), (now) => now.framesDecoded > big.framesDecoded + 20 && now.frameWidth === 1280);
	} else {
		await bob.page.evaluate(() => window.publication.setVideoFPS(7));
		await until('fewer frames', () => shown(bob), (now) => now.framesPerSecond > 0 && now.framesPerSecond <= 16, 60000);
	}
	t.diagnostic(JSON.stringify(await shown(bob)));
	assertQuiet(ann, bob);
}

test('VP9 with spatial layers, key pictures only', limit, (t) => svc(t, 'vp9', 'L3T3_KEY', { half: 320 }));
test('VP9 with spatial layers in every picture', limit, (t) => svc(t, 'vp9', 'L3T3', { half: 320 }));
test('AV1 with temporal layers', limit, (t) => svc(t, 'av1', 'L1T3', {}));
test('AV1 with spatial layers', limit, (t) => svc(t, 'av1', 'L2T2_KEY', { half: 640 }));

test('audio with redundancy: passed on to those who take it, plain for the others', limit, async (t) => {
	const ann = await enter(t, 'red', 'ann', { microphone: { red: true, dtx: false } });
	const bob = await enter(t, 'red', 'bob');
	const eve = await enter(t, 'red', 'eve', { noRed: true });
	// Chromium names the codec inside; what it did not need of the redundancy it counts as discarded.
	const heard = (red) => (list) => list[0]?.packetsReceived > 200 && list[0].totalAudioEnergy > 0.01 && list[0].packetsDiscarded > 100 === red;
	await until('redundancy at one subscriber', () => streams(bob, 'inbound-rtp', 'audio'), heard(true));
	const plain = await until('plain Opus at the other', () => streams(eve, 'inbound-rtp', 'audio'), heard(false));
	assert.ok(plain[0].packetsLost <= 2, `${plain[0].packetsLost} lost`);
	assertQuiet(ann, bob, eve);

	await enter(t, 'no-red', 'ann', { microphone: { red: false, dtx: false } });
	const off = await enter(t, 'no-red', 'bob');
	await until('no RED when it is not wanted', () => streams(off, 'inbound-rtp', 'audio'), heard(false));
});
