// SPDX-License-Identifier: Apache-2.0
// A data folder that an older Confab wrote, of every schema there ever was: a backup leaves it as it is, a start brings it up, what
// was said is there, and a schema from the future is refused.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { buildFolder, confab, root, startConfabd } from '../lib/confabd.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-upgrade-'));
after(() => fs.rmSync(folder, { recursive: true }));
const schema = path.join(root, 'src/store/schema');
const steps = fs.readdirSync(schema).filter((name) => name.endsWith('.sql')).sort();

// What the first schema could hold; every later step had to keep it.
const SCRIPT = `
import os, sqlite3, sys
rows = """
INSERT INTO users (id, name, role, created_at) VALUES ('ann', 'Ann', 'user', 1), ('boss', 'Boss', 'admin', 1);
INSERT INTO conversations (id, created_at, updated_at) VALUES ('ann', 1, 3);
INSERT INTO messages (conversation_id, user_id, client_id, text, created_at) VALUES ('ann', 'ann', 'a', 'The teapot leaks', 2), ('ann', 'boss', 'b', 'We send another', 3);
UPDATE conversations SET last_message_id = 2;
"""
for version in range(1, len(sys.argv) - 1):
    folder = f"{sys.argv[1]}/v{version}"
    os.mkdir(folder)
    db = sqlite3.connect(f"{folder}/confab.db")
    for step, name in enumerate(sys.argv[2:2 + version], 1):
        db.executescript(open(name).read())
        if step == 1: db.executescript(rows)
    db.executescript(f"PRAGMA user_version = {version}; PRAGMA application_id = 0x436f6e66; PRAGMA journal_mode = WAL")
    db.close()
`;
before(() => {
	execFileSync('python3', ['-c', SCRIPT, folder, ...steps.map((name) => path.join(schema, name))]);
	fs.cpSync(path.join(folder, 'v1'), path.join(folder, 'older'), { recursive: true });
});

/** user_version, where the file format has it (SQLite's fileformat2.html, section 1.3). */
const version = (data) => fs.readFileSync(`${data}/confab.db`).readUInt32BE(60);

/** Signs ann in by a link: what she and the team said, and what a search finds of it. */
async function read(daemon, data) {
	const ann = new Client(daemon.url);
	await ann.openLink(confab(['link', 'create', '--user', 'ann', '--url', daemon.url, '--data', data]).trim());
	const { body } = await ann.call('GET', '/api/v1/conversations/ann/messages');
	const found = await ann.call('GET', '/api/v1/search?q=teapot');
	return [body, found.body].map(({ messages }) => messages.map(({ user, text }) => `${user.id}: ${text}`));
}

for (let old = 1; old < steps.length; old++) {
	test(`schema ${old} is brought to ${steps.length}`, async () => {
		const data = path.join(folder, `v${old}`);
		confab(['data', 'backup', '--to', `${data}-copy`, '--data', data]);
		assert.equal(version(`${data}-copy`), old, 'a backup before the upgrade is one of before the upgrade');
		assert.equal(version(data), old);
		assert.match(confab(['user', 'list', '--data', data]), /^ann +user +Ann\nboss +admin +Boss\n$/); // any command opens it
		assert.equal(version(data), steps.length);
		if (old > 1 && old < steps.length - 1) return; // a start takes longer than the command
		const daemon = await startConfabd({ data: `${data}-copy`, demo: false });
		try {
			const [said, found] = await read(daemon, `${data}-copy`);
			assert.deepEqual(said, ['ann: The teapot leaks', 'boss: We send another']);
			assert.deepEqual(found, ['ann: The teapot leaks']);
		} finally {
			await daemon.stop();
		}
	});
}

test('a command of a newer version does not change the tables under an older server that runs', async () => {
	const data = path.join(folder, 'older');
	const server = spawn('sh', ['-c', 'exec 9>"$1/daemon.lock"; flock 9; echo held; exec sleep 60', 'sh', data], { stdio: ['ignore', 'pipe', 'inherit'] });
	await once(server.stdout, 'data');
	assert.throws(() => confab(['user', 'list', '--data', data]), /the confabd that runs on \S+ is older than this program: restart it/);
	assert.equal(version(data), 1);
	confab(['data', 'backup', '--to', `${folder}/before`, '--data', data]); // that works
	server.kill();
	await once(server, 'exit');
	assert.match(confab(['user', 'list', '--data', data]), /^ann /);
});

test('a schema from the future stops the start with a line that says what to do', () => {
	const data = path.join(folder, `v${steps.length}`);
	const file = fs.openSync(`${data}/confab.db`, 'r+');
	fs.writeSync(file, Buffer.from([0, 0, 3, 231]), 0, 4, 60); // 999
	fs.closeSync(file);
	const { status, stderr } = spawnSync(path.join(buildFolder, 'confabd'), ['--data', data, '--listen', '127.0.0.1:1', '--rtc-tcp-port', '0'], { encoding: 'utf8', timeout: 10000 });
	assert.equal(status, 1);
	assert.match(stderr, /has schema 999, this program knows up to \d+: use the newer Confab that wrote it/);
	assert.equal(version(data), 999);
});
