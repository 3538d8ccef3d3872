// SPDX-License-Identifier: Apache-2.0
// libconfab in real calls: the examples, C to C, and with a browser in both directions.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildFolder, root, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { launchChromium, openPage } from '../lib/browser.mjs';
import { pause, until } from '../lib/until.mjs';

// another build of the programs alone, for instance one with ThreadSanitizer
const programs = path.resolve(root, process.env.CONFAB_CLIENT_BUILD ?? buildFolder);
const media = path.join(root, 'test/vectors/media');
let daemon, out, admin, user;

/** A signed-in person with a user token, as an application of theirs would get it. */
async function signIn(link) {
	const client = new Client(daemon.url);
	await client.openLink(link);
	const { body: session } = await client.call('GET', '/api/auth/session');
	const { body } = await client.call('POST', '/api/video-call/token', { userId: session.user.id });
	return { id: session.user.id, name: session.user.name, token: body.token, client };
}

/** A program built with libconfab; what it printed, and how it ended. */
function run(program, args) {
	const child = spawn(path.join(programs, program), args, { stdio: ['pipe', 'pipe', 'pipe'] });
	const state = { child, out: '', err: '' };
	child.stdout.on('data', (chunk) => (state.out += chunk));
	child.stderr.on('data', (chunk) => (state.err += chunk));
	const closed = once(child, 'close'); // after its last words
	state.end = async () => {
		const [code] = await closed;
		assert.equal(code, 0, `${program}: ${state.err}`);
		assert.doesNotMatch(state.err, /Sanitizer|runtime error/);
		return state;
	};
	return state;
}

const publish = (who, call, seconds) => run('examples/example_publish',
	[daemon.url, who.id, who.token, call, String(seconds), path.join(media, 'test.ivf'), path.join(media, 'test.ogg')]);
const record = (who, call, seconds, name) => run('test/lib/record',
	[daemon.url, who.id, who.token, call, String(seconds), path.join(out, name)]);
const lines = (state) => state.out.split('\n').slice(0, -1).map((line) => JSON.parse(line)); // whole ones

/** How many frames ffmpeg decodes of a file; any complaint of the decoder fails. */
function decoded(name) {
	const text = execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'json',
		path.join(out, name)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
	execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', path.join(out, name), '-f', 'null', '-'], { stdio: ['ignore', 'ignore', 'inherit'] });
	return Number(JSON.parse(text).streams[0].nb_read_frames);
}

before(async () => {
	daemon = await startConfabd();
	out = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-c-'));
	admin = await signIn(daemon.links.admin);
	user = await signIn(daemon.links.user);
});
after(async () => {
	await daemon.stop();
	fs.rmSync(out, { recursive: true, force: true });
});

test('C to C: a file played into a call comes out decodable', async () => {
	const sender = publish(user, 'c-to-c', 8);
	const calls = async () => (await admin.client.call('GET', '/api/v1/operator/calls')).body.calls;
	await until('somebody to receive from', calls, (list) => list.some((call) => call.cid === 'default:c-to-c' && call.participants.length === 1));
	const receiver = record(admin, 'c-to-c', 6, 'c-to-c.ivf');
	const got = lines(await receiver.end());
	await sender.end();
	const { frames, keys, sound } = got.at(-1);
	assert.ok(frames > 60 && keys > 1, `${frames} frames, ${keys} of them key frames`);
	assert.ok(sound > 200, `${sound} Opus packets`);
	assert.equal(decoded('c-to-c.ivf'), frames);
	assert.ok(got.some((line) => line.joined === user.name));
});

test('hello, as the documentation shows it', async () => {
	const sender = publish(user, 'hello', 6);
	const hello = run('examples/example_hello', [daemon.url, admin.id, admin.token, 'hello']);
	await until('its frame', () => hello.out, (text) => /frame 1: \d+ bytes/.test(text) || hello.child.exitCode !== null);
	hello.child.stdin.end('\n');
	const { out: text } = await hello.end();
	await sender.end();
	assert.match(text, /is here/);
	assert.match(text, /sends a picture/);
	assert.match(text, /frame 1: \d+ bytes/);
});

test('a wrong token and an unknown call are told apart', async () => {
	const bad = run('test/lib/record', [daemon.url, admin.id, user.token, 'x', '1', path.join(out, 'x.ivf')]);
	await once(bad.child, 'close');
	assert.match(bad.err, /userToken does not have a user_id or is not matching with user\.id \(code 5\)/);
	const typo = run('test/lib/record', [daemon.url, admin.id, admin.token, 'bad id', '1', path.join(out, 'x.ivf')]);
	await once(typo.child, 'close');
	assert.match(typo.err, /\(code 4\)/);
});

// Everything is lost at once: the event socket, signalling, both peer connections, the room.
test('a call comes back after the server was restarted', async () => {
	const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-c-data-'));
	let other = await startConfabd({ data });
	const there = { url: other.url };
	const sign = async (link) => {
		const client = new Client(other.url);
		await client.openLink(link);
		const { body: session } = await client.call('GET', '/api/auth/session');
		const { body } = await client.call('POST', '/api/video-call/token', { userId: session.user.id });
		return [session.user.id, body.token];
	};
	const sender = run('examples/example_publish', [there.url, ...(await sign(other.links.user)), 'again', '22', path.join(media, 'test.ivf')]);
	const receiver = run('test/lib/record', [there.url, ...(await sign(other.links.admin)), 'again', '20', path.join(out, 'again.ivf')]);
	await until('both in the call', () => lines(receiver), (list) => list.some((line) => line.state === 4) && list.some((line) => line.joined));
	await pause(4000); // frames, so that the count below says something
	other.kill();
	await other.exited;
	const before = lines(receiver).filter((line) => line.state).map((line) => line.state);
	other = await startConfabd({ data, port: other.port });
	const got = lines(await receiver.end());
	await sender.end();
	await other.stop();
	fs.rmSync(data, { recursive: true, force: true });
	assert.deepEqual(before.slice(0, 2), [3, 4]); // JOINING, JOINED
	const states = got.filter((line) => line.state).map((line) => line.state);
	assert.deepEqual(states.slice(0, 4), [3, 4, 5, 4], `states ${states}`); // RECONNECTING, JOINED
	const { frames } = got.at(-1);
	assert.ok(frames > 150, `${frames} frames: fewer than 4 s and what follows the restart have`);
	assert.equal(decoded('again.ivf'), frames);
});

test('a browser and C see each other', async () => {
	const browser = await launchChromium();
	try {
		const person = await openPage(browser, daemon.url);
		const { page } = person;
		await page.evaluate(async ({ id, token }) => {
			const { VideoClient } = await import('/sdk/confab-client.js');
			const client = new VideoClient({ apiKey: 'test-key' });
			await client.connectUser({ id }, () => token);
			window.call = client.call('default', 'mixed');
			await window.call.join({ create: true });
		}, admin);
		const sender = publish(user, 'mixed', 14);
		const receiver = record(user, 'mixed', 8, 'browser.ivf');
		// what the browser decodes of what C sends
		const inbound = () => page.evaluate(async () => {
			const all = { frames: 0, keys: 0, audio: 0 };
			for (const pc of window.peerConnections) {
				for (const report of (await pc.getStats()).values()) {
					if (report.type !== 'inbound-rtp') continue;
					if (report.kind === 'video') {
						all.frames += report.framesDecoded ?? 0;
						all.keys += report.keyFramesDecoded ?? 0;
					} else all.audio += report.packetsReceived;
				}
			}
			return all;
		});
		await until('pictures and sound, going on', inbound, (now) => now.frames > 40 && now.audio > 100);
		// what C got of the browser
		const got = lines(await receiver.end());
		await sender.end();
		const { frames, keys } = got.at(-1);
		assert.ok(frames > 60 && keys >= 1, `${frames} frames, ${keys} of them key frames`);
		assert.equal(decoded('browser.ivf'), frames);
		person.assertQuiet();
	} finally {
		await browser.close();
	}
});
