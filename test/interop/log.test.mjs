// SPDX-License-Identifier: Apache-2.0
// R59: a log that nobody reads stops nothing. The daemon's stderr is a pipe that is full; chat, a ring and a call's media
// go on, and once somebody reads the pipe the log says what was lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { now, sign } from '../lib/jwt.mjs';
import { at, startWithPeople } from '../lib/people.mjs';
import { endAll, Talk } from '../lib/talk.mjs';

after(endAll);

/** A pipe by name: {fill, read, writer}. Nobody reads it but `read`. */
function unreadPipe() {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-pipe-'));
	const name = path.join(folder, 'log');
	execFileSync('mkfifo', [name]);
	const reader = fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
	const writer = fs.openSync(name, fs.constants.O_WRONLY); // blocking, as shells and supervisors make them
	const filler = fs.openSync(name, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
	const untilAgain = (step) => {
		try {
			while (step() > 0);
		} catch (error) {
			if (error.code !== 'EAGAIN') throw error;
		}
	};
	return {
		writer,
		fill: () => untilAgain(() => fs.writeSync(filler, '.'.repeat(4096))),
		read() {
			const bytes = Buffer.alloc(1 << 20);
			let text = '';
			untilAgain(() => {
				const n = fs.readSync(reader, bytes);
				text += bytes.toString('utf8', 0, n);
				return n;
			});
			return text;
		},
		close() {
			for (const fd of [reader, writer, filler]) fs.closeSync(fd);
			fs.rmSync(folder, { recursive: true });
		},
	};
}

const until = async (what, check) => {
	for (const end = Date.now() + 30000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
		const got = await check();
		if (got) return got;
		if (Date.now() > end) assert.fail(`${what} did not come`);
	}
};

test('nobody reads the log: chat, rings and media go on, and what was lost is counted', async () => {
	const pipe = unreadPipe();
	const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }, { stderr: pipe.writer, args: ['--log-level', 'debug'] });
	const dropped = async () => Number(/^confab_log_lines_dropped_total (\d+)$/m.exec(await (await fetch(`${daemon.url}/metrics`)).text())[1]);
	try {
		assert.match(pipe.read(), / debug /);
		assert.equal(await dropped(), 0);
		const talk = async (id) => {
			const t = new Talk(daemon.url);
			await t.connect(id, sign({ user_id: id, iat: now() - 5, exp: now() + 600 }));
			return t;
		};
		const [a, b] = [await talk('ann'), await talk('bob')];
		for (const t of [a, b]) {
			await t.ok('call default loud');
			await t.ok('join');
		}
		await a.ok('publish');
		await a.ok('sound 10');
		await until('media', async () => (await b.do('frames')).code > 0);

		pipe.fill();
		const heard = (await b.do('frames')).code;
		const hears = await people.boss.events();
		for (let i = 0; i < 50; i++) assert.equal((await people.ann.call('POST', '/api/v1/conversations/ann/messages', { text: `line ${i}`, client_id: `l${i}` })).status, 201);
		await people.ann.call('POST', at('default', 'chat-ann'), { ring: true, device_id: 'a' });
		await hears.next('call.ring');
		await a.ok('sound 50');
		await until('media', async () => (await b.do('frames')).code > heard + 40);
		assert.equal((await people.boss.call('GET', '/api/v1/operator/problems')).body.problems[0].topic, 'log');

		assert.doesNotMatch(pipe.read(), /were lost/);
		const lost = await dropped(); // its own line goes out after it, or another's in between
		assert.ok(lost >= 50, `${lost} lines`);
		let again = '';
		const words = new RegExp(` warn log lines were lost while nobody read them lines=${lost}\n(.*\n)*?.* debug http request `);
		await until('the log', () => words.test((again += pipe.read())));
		assert.equal(await dropped(), lost);
		hears.close();
		for (const t of [a, b]) await t.end();
	} finally {
		await daemon.stop();
		pipe.close();
	}
});
