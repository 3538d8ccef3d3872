// SPDX-License-Identifier: Apache-2.0
// VP9 and AV1 in C, with a real Chromium at the other end: what it encodes with layers is recorded and decoded, and it decodes what
// a program plays. Packets: test/unit/client/test_pack_layers.c.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, servePage } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { endAll, Program, Talk } from '../lib/talk.mjs';
import { until } from '../lib/until.mjs';

const limit = { timeout: 180000 };
const codecs = {
	vp9: { number: 4, mime: 'video/VP9', encoder: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'] },
	av1: { number: 5, mime: 'video/AV1', encoder: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'] },
};
let daemon, folder, page, driver;

before(async () => {
	daemon = await startConfabd();
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-codecs-'));
	page = await servePage();
	driver = await chromiumDriver(page.url);
});
after(async () => {
	endAll();
	await driver?.close();
	page?.close();
	await daemon.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});


for (const [codec, { number, mime, encoder }] of Object.entries(codecs)) {
	test(`${codec} of Chromium, with layers in space and time: frames that a decoder takes`, limit, async (t) => {
		const room = `from-${codec}`;
		const a = new Talk('-');
		await a.ok(`call default ${room}`);
		await a.ok(`join ${daemon.wsUrl} ${await mediaToken(room, 'ann')}`);
		await driver.call(room, 'connect', daemon.wsUrl, await mediaToken(room, 'bob'));
		t.after(() => driver.call(room, 'leave'));
		await driver.call(room, 'publishVideo', 'camera', { source: 0, codec });
		const published = await a.event('published', (l) => l.mime === mime);
		assert.equal(published.codec, number);
		assert.equal((await a.event('subscribed', (l) => l.id === published.id)).codec, number);
		const out = path.join(folder, `${codec}.ivf`);
		const record = new Program('test/lib/record', [daemon.wsUrl, '-', await mediaToken(room, 'eve'), room, '5', out]);
		const { frames, keys } = JSON.parse(await record.until((l) => l.startsWith('{"frames"'), 'the end of the recording', 0, 60000));
		assert.ok(frames > 10 && keys >= 1, `${frames} frames, ${keys} key frames`);
		// a picture with all its layers is one frame for a decoder
		const report = execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,nb_read_frames', '-of', 'csv=p=0', out]);
		const [name, decoded] = String(report).trim().split(',');
		assert.equal(name, codec);
		assert.ok(Number(decoded) >= frames - 2, `${decoded} of ${frames} frames can be decoded`);
		await a.end();
	});

	test(`${codec} of C: Chromium decodes it, and after a key frame that it asked for`, limit, async (t) => {
		const room = `to-${codec}`;
		const file = path.join(folder, `${room}.ivf`);
		execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=15', '-t', '3', '-b:v', '500k', '-g', '10000', ...encoder, file]);
		const camera = new Program('examples/example_publish', [daemon.wsUrl, '-', await mediaToken(room, 'camera'), room, String(limit.timeout / 1000), file]);
		const sees = async (who) => {
			await driver.call(who, 'connect', daemon.wsUrl, await mediaToken(room, who));
			t.after(() => driver.call(who, 'leave'));
			const video = async () => Object.values((await driver.call(who, 'report')).videos)[0] ?? { frames: 0 };
			const seen = await until(`${who} sees the camera`, video, (now) => now.frames > 20 && now.width === 640, 60000);
			assert.ok(seen.frames > 20);
		};
		await sees(`ann-${codec}`);
		await sees(`bob-${codec}`); // in the middle of the file: from a key frame
		camera.child.kill('SIGTERM');
	});
}
