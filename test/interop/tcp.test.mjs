// SPDX-License-Identifier: Apache-2.0
// A network without UDP: media over TCP (RFC 6544). Daemon and browser are in a namespace of their own whose packet filter
// drops all UDP; the selected candidate pair must say so.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { until } from '../lib/browser.mjs';
import { root, startConfabd } from '../lib/confabd.mjs';
import { makeNamespace } from '../lib/netns.mjs';
import { mediaToken } from '../lib/rtc.mjs';

const limit = { timeout: 240000 };
const script = fs.readFileSync(path.join(root, 'test/node_modules/livekit-client/dist/livekit-client.umd.js'));
let ns, daemon, browser, folder;

const udp = (rule) => {
	ns.exec('nft', 'flush', 'ruleset');
	if (rule === 'allowed') return;
	ns.exec('nft', 'add table inet filter { chain out { type filter hook output priority 0; meta l4proto udp drop; }; }');
};

before(async () => {
	ns = makeNamespace(`confab-tcp-${process.pid}`);
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-tcp-'));
	const wrapper = path.join(folder, 'chromium');
	fs.writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${ns.name} ${process.env.CHROMIUM ?? '/usr/bin/chromium'} "$@"\n`, { mode: 0o755 });
	daemon = await startConfabd({ netns: ns.name, host: ns.address, rtcIps: [ns.address], rtcTcpPort: 7881, demo: false });
	browser = await chromium.launch({
		executablePath: wrapper,
		args: ['--no-sandbox', '--use-fake-device-for-media-stream=fps=30', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required', '--disable-gpu',
			// the page has no address of its own, so that all others count as more private than it
			'--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'],
	});
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
	ns?.remove();
	fs.rmSync(folder, { recursive: true, force: true });
});

/** A page from nowhere (its requests are answered here) with a connected room; `took` is the time of connecting in ms. */
async function enter(t, room, identity) {
	const context = await browser.newContext();
	t.after(() => context.close());
	await context.addInitScript(() => {
		window.connections = [];
		const Original = window.RTCPeerConnection;
		window.RTCPeerConnection = class extends Original {
			constructor(...args) {
				super(...args);
				window.connections.push(this);
			}
		};
	});
	await context.route('http://localhost/**', (route) => {
		const isScript = route.request().url().endsWith('.js');
		return route.fulfill({ contentType: isScript ? 'text/javascript' : 'text/html', body: isScript ? script : '<!doctype html><script src="livekit-client.js"></script><body>' });
	});
	const page = await context.newPage();
	await page.goto('http://localhost/');
	const took = await page.evaluate(
		async ({ url, token }) => {
			const room = (window.room = new window.LivekitClient.Room());
			window.seen = [];
			for (const event of ['reconnecting', 'signalReconnecting', 'reconnected', 'disconnected']) room.on(event, () => window.seen.push(event));
			room.on('trackSubscribed', (track) => document.body.append(track.attach()));
			const start = performance.now();
			await room.connect(url, token);
			const took = performance.now() - start;
			await room.localParticipant.enableCameraAndMicrophone();
			return took;
		},
		{ url: daemon.wsUrl, token: await mediaToken(room, identity) },
	);
	return { page, took };
}

/** Protocols of the selected pairs, decoded frames, audio energy. */
const look = ({ page }) =>
	page.evaluate(async () => {
		const now = { protocols: [], frames: 0, energy: 0, seen: window.seen };
		for (const pc of window.connections) {
			if (pc.connectionState !== 'connected') continue;
			const reports = new Map((await pc.getStats()).entries());
			for (const r of reports.values()) {
				if (r.type === 'transport') now.protocols.push(reports.get(reports.get(r.selectedCandidatePairId)?.remoteCandidateId)?.protocol);
				if (r.type === 'inbound-rtp' && r.kind === 'video') now.frames += r.framesDecoded ?? 0;
				if (r.type === 'inbound-rtp' && r.kind === 'audio') now.energy += r.totalAudioEnergy ?? 0;
			}
		}
		return now;
	});

const flows = (tab) => until('media', () => look(tab), (now) => now.frames > 60 && now.energy > 0.01, 60000);

test('UDP blocked: connected over TCP within 3 s, video and audio flow', limit, async (t) => {
	udp('blocked');
	const ann = await enter(t, 'tcp', 'ann');
	const bob = await enter(t, 'tcp', 'bob');
	for (const tab of [ann, bob]) {
		const now = await flows(tab);
		assert.deepEqual([...new Set(now.protocols)], ['tcp']);
		assert.equal(now.protocols.length, 2); // both connections
		t.diagnostic(`connected after ${Math.round(tab.took)} ms`);
		assert.ok(tab.took < 3000, `${tab.took} ms`);
	}
	const before = await look(ann);
	await new Promise((resolve) => setTimeout(resolve, 3000));
	const after = await look(ann);
	t.diagnostic(`${((after.frames - before.frames) / 3).toFixed(1)} fps`);
	assert.ok(after.frames - before.frames > 30);
});

test('with UDP there is no TCP; when UDP is blocked in mid-call media comes back by TCP, and nobody leaves', limit, async (t) => {
	udp('allowed');
	const ann = await enter(t, 'mid', 'ann');
	const bob = await enter(t, 'mid', 'bob');
	assert.deepEqual([...new Set((await flows(ann)).protocols)], ['udp']);
	const { frames } = await flows(bob);
	const sid = await bob.page.evaluate(() => window.room.localParticipant.sid);
	const start = Date.now();
	udp('blocked');
	await until('TCP', () => look(bob), (now) => now.protocols.length === 2 && now.protocols.every((p) => p === 'tcp'), 40000);
	const at = (await look(bob)).frames;
	await until('video again', () => look(bob), (now) => now.frames > at + 20, 60000);
	const took = Date.now() - start;
	t.diagnostic(`video over TCP ${took} ms after UDP was blocked`);
	assert.ok(took < 15000, `${took} ms`);
	assert.ok(at >= frames);
	assert.equal(await bob.page.evaluate(() => window.room.localParticipant.sid), sid);
	assert.ok(!(await look(bob)).seen.includes('disconnected'));
});
