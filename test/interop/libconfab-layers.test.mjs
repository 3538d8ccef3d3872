// SPDX-License-Identifier: Apache-2.0
// Layers of video in C: published (test/lib/layers.c plays files of three sizes), and chosen by those who look: libconfab,
// Chromium and @livekit/rtc-node. And which tracks are received at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { chromiumDriver, nodeDriver, servePage } from '../lib/participant/drivers.mjs';
import { mediaToken } from '../lib/rtc.mjs';
import { Code, endAll, enterRoom, Program } from '../lib/talk.mjs';
import { pause, until } from '../lib/until.mjs';

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


/** A publisher with so many layers, as a program of its own; its lines: published, wanted, key, target, state, written. */
class Layers extends Program {
	read(line) {
		return JSON.parse(line);
	}
	wanted(mask, from = 0) {
		return this.until((l) => l.wanted === mask, `layers ${mask} wanted`, from);
	}
}

/** Plays until the test ends it, or has taken all its time. */
async function publish(room, layers = 3) {
	const program = new Layers('test/lib/layers', [daemon.wsUrl, await mediaToken(room, 'camera'), String(limit.timeout / 1000), ...files.slice(0, layers)]);
	await program.until((l) => l.published === layers, 'the publication');
	return program;
}

const enter = (room, identity, how) => enterRoom(daemon.wsUrl, room, identity, { how });

/** The picture becomes so wide; from: only what comes after so many lines. */
const width = (t, wide, from = 0) => t.event('size', (l) => l.width === wide, from);

async function framesStop(t) {
	const more = async () => {
		const { code } = await t.do('frames');
		await pause(700);
		return (await t.do('frames')).code - code;
	};
	await until('no more frames', more, (n) => n === 0, 60000);
}

async function framesCome(t) {
	const { code } = await t.do('frames');
	await until('frames', async () => (await t.do('frames')).code, (now) => now > code + 5);
}

// each has a room of its own, and waits most of its time
describe('libconfab', { concurrency: 6 }, () => {
	test('C to C: quality, dimensions, off and on; the publisher is told which layers are wanted', limit, async () => {
		const t = await enter('c-layers', 'ann');
		const camera = await publish('c-layers');
		const { id, simulcast, width: wide } = await t.event('published');
		assert.deepEqual([simulcast, wide], [1, 640]);
		await width(t, 640);
		// the server's feedback arrives; what it makes of a narrow link: test/unit/client/test_bandwidth.c
		assert.ok((await camera.until((l) => l.target > 0, 'a target for the encoder')).target >= 100000);
		let from = t.lines.length;
		const change = async (line, wanted) => {
			from = t.lines.length;
			await t.ok(line.replace(' ', ` ${id} `));
			if (wanted) await width(t, wanted, from);
		};
		await change('quality 0', 160);
		await camera.wanted(1); // nobody looks at the larger ones: they are not encoded
		let heard = camera.lines.length;
		await change('quality 1', 320);
		await camera.wanted(3, heard); // told again
		await camera.until((l) => l.key === 1, 'asked for a key frame of the layer', heard);
		await change('dimensions 600 300', 640);
		await change('dimensions 100 50', 160);
		await change('dimensions 0 0', 640);
		heard = camera.lines.length;
		await change('enable 0');
		await framesStop(t);
		await camera.wanted(0, heard); // nobody looks at all
		await change('enable 1');
		await framesCome(t);
		await change('fps 15');
		assert.equal((await t.do('quality TR_nobody 1')).code, Code.notFound);
		assert.equal((await t.do(`dimensions ${id} 0 1`)).code, Code.badInput);
		await t.end();
		camera.child.kill('SIGTERM');
	});

	test('two layers, and one: the qualities there are', limit, async () => {
		const t = await enter('c-two', 'ann');
		const camera = await publish('c-two', 2);
		const { id } = await t.event('published');
		await width(t, 320);
		await t.ok(`quality ${id} 0`);
		await width(t, 160);
		await camera.wanted(1);
		camera.child.kill('SIGTERM');
		await t.end();
		const [other, single] = [await enter('c-one', 'ann'), await publish('c-one', 1)];
		assert.equal((await other.event('published')).simulcast, 0);
		await framesCome(other);
		await other.end();
		await single.wanted(0);
		single.child.kill('SIGTERM');
	});

	test('received by hand: nothing comes unasked, and what is given up is over', limit, async () => {
		const t = await enter('by-hand', 'ann', 'manual');
		const camera = await publish('by-hand');
		const { id } = await t.event('published');
		await camera.wanted(0); // nobody asked
		assert.equal((await t.do('frames')).code, 0);
		assert.ok(!t.lines.some((l) => l.event === 'subscribed'));
		assert.equal((await t.do('subscribe TR_nobody 1')).code, Code.notFound);
		await t.ok(`quality ${id} 0`); // kept until it is received
		await t.ok(`subscribe ${id} 1`);
		await t.event('subscribed', (l) => l.id === id);
		await width(t, 160);
		await framesCome(t);
		await t.ok(`subscribe ${id} 0`);
		await t.event('unsubscribed', (l) => l.id === id);
		await framesStop(t);
		const other = await enter('by-hand', 'eve'); // others receive it as before
		await width(other, 640);
		await Promise.all([t.end(), other.end()]);
		camera.child.kill('SIGTERM');
	});

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
			await driver.call('ann', 'connect', daemon.wsUrl, await mediaToken(room, 'ann'));
			const camera = await publish(room);
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

	for (const [codec, number, encoder] of [['vp9', 4, ['libvpx-vp9', '-deadline', 'realtime']], ['av1', 5, ['libaom-av1', '-usage', 'realtime']]]) {
		test(`C to C: ${codec}, from key frames on, and nothing of it is lost`, limit, async () => {
			const room = `c-${codec}`;
			const [file, out] = [path.join(folder, `${codec}-in.ivf`), path.join(folder, `${codec}-out.ivf`)];
			execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=15', '-t', '2', '-b:v', '500k', '-g', '10000', '-c:v', ...encoder, '-cpu-used', '8', file]);
			const t = await enter(room, 'ann');
			const camera = new Program('examples/example_publish', [daemon.wsUrl, '-', await mediaToken(room, 'camera'), room, String(limit.timeout / 1000), file]);
			assert.equal((await t.event('published')).mime, `video/${codec.toUpperCase()}`);
			assert.equal((await t.event('subscribed')).codec, number);
			await framesCome(t);
			// who comes in the middle asks for a key frame: the file begins again
			const record = new Program('test/lib/record', [daemon.wsUrl, '-', await mediaToken(room, 'eve'), room, '5', out]);
			const { frames, keys } = JSON.parse(await record.until((l) => l.startsWith('{"frames"'), 'the end of the recording', 0, 60000));
			assert.ok(frames > 10 && keys >= 1, `${frames} frames, ${keys} key frames`);
			const report = execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,width,nb_read_frames', '-of', 'csv=p=0', out]);
			assert.deepEqual(String(report).trim().split(','), [codec, '640', String(frames)]);
			await t.end();
			camera.child.kill('SIGTERM');
		});
	}
});
