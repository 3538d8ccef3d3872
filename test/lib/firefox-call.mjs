// SPDX-License-Identifier: Apache-2.0
// Runs inside a network namespace: two Firefoxes sign in, call and accept, and must decode each other's media.
// usage: node firefox-call.mjs ADDRESS
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { startConfabd } from './confabd.mjs';
import { until } from './browser.mjs';

const address = process.argv[2];
const daemon = await startConfabd({ rtcIps: [address] });
const browsers = [];

async function person(link) {
	const browser = await puppeteer.launch({
		browser: 'firefox',
		executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
		headless: true,
		extraPrefsFirefox: {
			'media.navigator.streams.fake': true,
			'media.navigator.permission.disabled': true,
			'media.autoplay.default': 0,
			'media.autoplay.blocking_policy': 0,
			'media.peerconnection.ice.obfuscate_host_addresses': false,
			'media.gmp-manager.updateEnabled': false,
			'network.captive-portal-service.enabled': false,
			'network.connectivity-service.enabled': false,
			'app.update.enabled': false,
		},
	});
	browsers.push(browser);
	const page = await browser.newPage();
	// Every peer connection of the page, for getStats.
	await page.evaluateOnNewDocument(() => {
		const Original = window.RTCPeerConnection;
		window.peerConnections = [];
		window.RTCPeerConnection = class extends Original {
			constructor(...args) {
				super(...args);
				window.peerConnections.push(this);
			}
		};
	});
	const problems = [];
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
	page.on('pageerror', (error) => problems.push(error.message));
	await page.goto(link);
	return { page, problems };
}

const press = (one, name) => one.page.locator(`::-p-aria([name="${name}"][role="button"])`).setTimeout(20000).click();
/** Decoded frames and audio energy of everything that comes in, and how many remote videos are on the page with a picture. */
const receives = (one) =>
	one.page.evaluate(async () => {
		const sum = { frames: 0, energy: 0, pictures: 0 };
		for (const pc of window.peerConnections) {
			if (pc.connectionState === 'closed') continue;
			for (const report of (await pc.getStats()).values()) {
				if (report.type !== 'inbound-rtp') continue;
				if (report.kind === 'video') sum.frames += report.framesDecoded ?? 0;
				if (report.kind === 'audio') sum.energy += report.totalAudioEnergy ?? 0;
			}
		}
		for (const video of document.querySelectorAll('[role=dialog] section video, [role=dialog] [role=region] video')) {
			if (video.videoWidth > 0 && !video.paused) sum.pictures++;
		}
		return sum;
	});

try {
	const user = await person(daemon.links.user);
	const admin = await person(daemon.links.admin);
	await press(user, 'Start video call');
	await press(admin, 'Accept');
	for (const one of [user, admin]) {
		const first = await until('a remote video', () => receives(one), (now) => now.frames > 5 && now.pictures > 0, 40000);
		await until('frames and audio energy', () => receives(one), (now) => now.frames > first.frames + 20 && now.energy > first.energy, 20000);
	}
	await press(user, 'Leave call');
	for (const one of [user, admin]) assert.deepEqual(one.problems, []);
	console.log('both see and hear each other');
} finally {
	for (const browser of browsers) await browser.close();
	await daemon.stop();
}
