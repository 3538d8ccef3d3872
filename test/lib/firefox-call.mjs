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
	const problems = [];
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
	page.on('pageerror', (error) => problems.push(error.message));
	await page.goto(link);
	return { page, problems };
}

const press = (one, name) => one.page.locator(`::-p-aria([name="${name}"][role="button"])`).setTimeout(20000).click();
const sees = (one) =>
	one.page.evaluate(() => {
		const videos = [...document.querySelectorAll('[role=dialog] [role=region] video, [role=dialog] section video')];
		return videos.map((video) => ({ width: video.videoWidth, time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames }));
	});

try {
	const user = await person(daemon.links.user);
	const admin = await person(daemon.links.admin);
	await press(user, 'Start video call');
	await press(admin, 'Accept');
	for (const one of [user, admin]) {
		const first = await until('a remote video', () => sees(one), (videos) => videos.some((v) => v.width > 0 && v.frames > 5), 40000);
		await until('the video to advance', () => sees(one), (videos) => videos.some((v, i) => v.width > 0 && v.frames > (first[i]?.frames ?? 0) + 20), 20000);
	}
	await until('audio energy', () => Promise.all([user, admin].map((one) => one.page.evaluate(async () => {
		let energy = 0;
		for (const audio of document.querySelectorAll('audio')) {
			const stream = audio.srcObject;
			if (!stream || !stream.getAudioTracks().length) continue;
			const context = new AudioContext();
			const analyser = context.createAnalyser();
			context.createMediaStreamSource(stream).connect(analyser);
			await new Promise((resolve) => setTimeout(resolve, 300));
			const samples = new Float32Array(analyser.fftSize);
			analyser.getFloatTimeDomainData(samples);
			energy += samples.reduce((sum, sample) => sum + sample * sample, 0);
			await context.close();
		}
		return energy;
	}))), (energies) => energies.every((energy) => energy > 0), 20000);
	await press(user, 'Leave call');
	for (const one of [user, admin]) assert.deepEqual(one.problems, []);
	console.log('both see and hear each other');
} finally {
	for (const browser of browsers) await browser.close();
	await daemon.stop();
}
