// SPDX-License-Identifier: Apache-2.0
// Layers of video in C: published (test/lib/layers.c plays files of three sizes), and chosen by those
// who look: Chromium and @livekit/rtc-node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, Program } from '../lib/talk.mjs';

const limit = { timeout: 180000 };
const sizes = [[160, 90], [320, 180], [640, 360]];
let daemon, folder, files;

before(async () => {
	daemon = await startConfabd();
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-layers-'));
	// one key frame, at the beginning: a switch of layers has to ask for one
	files = sizes.map(([width, height]) => {
		const file = path.join(folder, `${width}.ivf`);
		execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${width}x${height}:rate=15`, '-t', '10', '-c:v', 'libvpx', '-b:v', `${width}k`,
			'-g', '10000', '-deadline', 'realtime', '-cpu-used', '8', file]);
		return file;
	});
});
after(async () => {
	endAll();
	await daemon.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

const wsUrl = () => daemon.url.replace('http', 'ws');

/** A publisher with so many layers, as a program of its own; its lines: published, wanted, key, state, written. */
class Layers extends Program {
	read(line) {
		return JSON.parse(line);
	}
	wanted(mask, from = 0) {
		return this.until((l) => l.wanted === mask, `layers ${mask} wanted`, from);
	}
}

async function publish(room, seconds, layers = 3) {
	const program = new Layers('test/lib/layers', [wsUrl(), await mediaToken(room, 'camera'), String(seconds), ...files.slice(0, layers)]);
	await program.until((l) => l.published === layers, 'the publication');
	return program;
}

// each has a room of its own, and waits most of its time
describe('libconfab', { concurrency: 6 }, () => {
	for (const [name, start] of [['Chromium', async () => {
		const page = await servePage();
		return { driver: await chromiumDriver(page.url), close: () => page.close() };
	}], ['rtc-node', async () => ({ driver: await nodeDriver(), close() {} })]]) {
		test(`${name} receives the layers of C, and they change`, limit, async (t) => {
			const { driver, close } = await start();
			t.after(async () => {
				await driver.call('ann', 'leave').catch(() => {});
				await driver.close();
				close();
			});
			const room = `to-${driver.kind}`;
			await driver.call('ann', 'connect', wsUrl(), await mediaToken(room, 'ann'));
			const camera = await publish(room, 90);
			const sees = async (wide) => {
				const start = (await driver.call('ann', 'report')).videos['camera/camera']?.frames ?? 0;
				await until(`${name} sees ${wide} pixels`, async () => (await driver.call('ann', 'report')).videos['camera/camera'] ?? { frames: 0 },
					(now) => now.frames > start + 10 && now.width === wide);
			};
			await sees(640);
			await driver.call('ann', 'quality', 'camera', 'camera', 'low');
			await sees(160);
			await camera.wanted(1);
			await driver.call('ann', 'quality', 'camera', 'camera', 'medium');
			await sees(320);
			await driver.call('ann', 'quality', 'camera', 'camera', 'high');
			await sees(640);
			camera.child.kill('SIGTERM');
		});
	}
});
