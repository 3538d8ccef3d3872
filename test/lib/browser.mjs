// SPDX-License-Identifier: Apache-2.0
// Chromium with fake devices, and what the browser tests ask of a page. Any console error fails the test.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './confabd.mjs';
import { assertNoSecret } from './client.mjs';
import { slowLine } from './slow-line.mjs';
import { until } from './until.mjs';

export { until };

const screenshots = path.join(root, 'test/out');

export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** executablePath: a wrapper, such as one that enters a network namespace. */
export async function launchChromium({ fps = 30, args = [], executablePath = chromiumPath } = {}) {
	return chromium.launch({
		executablePath,
		args: [
			'--no-sandbox', '--disable-features=LocalNetworkAccessChecks', `--use-fake-device-for-media-stream=fps=${fps}`, '--use-fake-ui-for-media-stream',
			'--auto-select-desktop-capture-source=Entire screen', '--allow-loopback-in-peer-connection',
			'--autoplay-policy=no-user-gesture-required', '--disable-background-networking', '--disable-component-update',
			'--disable-sync', '--no-first-run', '--disable-gpu', ...args,
		],
	});
}

/** A page in a context of its own, which records what it printed, asked and got. `init`: a script to run before its own. */
export async function openPage(browser, url, { init, ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
	if (init) await context.addInitScript({ content: init });
	if (process.env.SLOW_LINE) await context.addInitScript(slowLine, Number(process.env.SLOW_LINE));
	// Every peer connection of the page, for getStats.
	await context.addInitScript(() => {
		const Original = window.RTCPeerConnection;
		window.peerConnections = [];
		window.candidates = []; // [address, when]
		window.RTCPeerConnection = class extends Original {
			constructor(...args) {
				super(...args);
				window.peerConnections.push(this);
				this.addEventListener('icecandidate', ({ candidate }) => candidate?.address && window.candidates.push([candidate.address, Date.now()]));
			}
		};
	});
	const page = await context.newPage();
	const problems = [];
	const lines = [];
	page.on('console', (message) => {
		lines.push(message.text());
		if (message.type() === 'error') problems.push(`console error: ${message.text()}`);
	});
	page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
	page.on('response', async (answer) => {
		if (!/json|javascript|html|css|text/.test(answer.headers()['content-type'] ?? '')) return;
		try {
			assertNoSecret(await answer.text(), answer.url());
		} catch (error) {
			if (/API secret/.test(error.message)) problems.push(error.message);
		}
	});
	page.on('websocket', (socket) => {
		const look = ({ payload }) => {
			try {
				assertNoSecret(Buffer.from(payload).toString('latin1'), socket.url());
			} catch (error) {
				problems.push(error.message);
			}
		};
		socket.on('framereceived', look);
	});
	await page.goto(url);
	return {
		page,
		context,
		lines,
		problems,
		assertQuiet: () => assert.deepEqual(problems, []),
		screenshot: async (name) => {
			fs.mkdirSync(screenshots, { recursive: true });
			await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
		},
	};
}

/** getStats of every peer connection of the page, as one list with the connection's number. */
export function stats(page) {
	return page.evaluate(async () => {
		const all = [];
		for (const [connection, pc] of window.peerConnections.entries()) {
			if (pc.connectionState === 'closed') continue;
			for (const report of (await pc.getStats()).values()) all.push({ ...report, connection });
		}
		return all;
	});
}

/** Frames that a <video> inside the region has shown so far, counted by the browser's compositor callback. */
export function shownFrames(region) {
	return region.locator('video').first().evaluate((video) => {
		if (video.shown === undefined) {
			video.shown = 0;
			const count = () => {
				video.shown++;
				video.requestVideoFrameCallback(count);
			};
			video.requestVideoFrameCallback(count);
		}
		return { shown: video.shown, width: video.videoWidth, height: video.videoHeight };
	});
}

/** The region's video goes on: at least `frames` more within the time. */
export async function assertVideoAdvances(region, frames = 10, ms = 30000) {
	await region.locator('video').first().waitFor({ state: 'visible', timeout: ms });
	const start = (await shownFrames(region)).shown;
	return until('video', () => shownFrames(region), (now) => now.shown - start >= frames && now.width > 0, ms);
}

/** Decoded video frames and audio energy received, summed over all incoming streams. */
export async function received(page) {
	const incoming = (await stats(page)).filter((report) => report.type === 'inbound-rtp');
	const sum = (kind, field) => incoming.filter((r) => r.kind === kind).reduce((n, r) => n + (r[field] ?? 0), 0);
	return { frames: sum('video', 'framesDecoded'), energy: sum('audio', 'totalAudioEnergy'), samples: sum('audio', 'totalSamplesReceived') };
}
