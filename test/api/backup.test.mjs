// SPDX-License-Identifier: Apache-2.0
// R36: `confab data backup` while people write, and servers that start on the copies: everything that was acknowledged
// before a backup began is there, and so are files and accounts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { buildFolder, confab, root, startConfabd } from '../lib/confabd.mjs';
import { smallDisk } from '../lib/disk.mjs';
import { integrity, Ledger } from '../lib/ledger.mjs';
import { addPerson, PASSWORD } from '../lib/people.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-backup-'));
after(() => fs.rmSync(folder, { recursive: true }));
const base = '/api/v1/conversations/ann';

/** A message with a picture; returns the picture's url. */
async function sendPicture(daemon, ann) {
	const up = await fetch(`${daemon.url}${base}/attachments?name=a.jpg`, {
		method: 'POST', headers: { 'content-type': 'application/octet-stream', cookie: ann.cookie }, body: fs.readFileSync(path.join(root, 'test/vectors/pictures/turned.jpg')),
	});
	const { attachment } = await up.json();
	const { body } = await ann.call('POST', `${base}/messages`, { text: 'look', client_id: 'look', attachments: [attachment.id] });
	return { url: attachment.url, id: body.message.id };
}

test('backups while people write: a server starts on each and has what was acknowledged', async (t) => {
	const daemon = await startConfabd();
	const ledger = new Ledger('ann');
	t.after(async () => {
		daemon.kill();
		await ledger.end();
	});
	const ann = await addPerson(daemon, 'ann');
	const { url, id } = await sendPicture(daemon, ann);
	ledger.checkedTo = id;
	const shown = Buffer.from(await (await fetch(daemon.url + url)).arrayBuffer());
	const writers = ledger.start(daemon, ann.cookie);
	for (let i = 0; i < 3; i++) {
		for (const had = ledger.acknowledged.size; ledger.acknowledged.size < had + 50; await new Promise((resolve) => setTimeout(resolve, 5)));
		const acknowledged = new Map(ledger.acknowledged);
		const to = path.join(folder, `copy${i}`);
		const said = confab(['data', 'backup', '--to', to, '--data', daemon.data]);
		assert.match(said, /copy\d: 3 accounts, \d+ messages, \d+ files, looked through\n/);
		assert.equal(fs.statSync(to).mode & 0o77, 0, 'nobody else reads it');
		assert.deepEqual(fs.readdirSync(to).filter((name) => /lock|wal|part/.test(name)), []);

		const copy = await startConfabd({ data: to, demo: false });
		try {
			const read = new Ledger('ann');
			Object.assign(read, { acknowledged, checkedTo: id });
			await read.check(copy, ann.cookie); // with the cookie of the other one: sessions are in it, too
			const again = new Client(copy.url);
			assert.equal((await again.call('POST', '/api/auth/login', { userId: 'ann', password: PASSWORD })).status, 200);
			assert.deepEqual(Buffer.from(await (await fetch(copy.url + url)).arrayBuffer()), shown);
			assert.equal((await again.call('POST', `${base}/messages`, { text: 'it goes on', client_id: 'on' })).status, 201);
		} finally {
			await copy.stop();
		}
		assert.equal(integrity(to), 'ok');
	}
	await writers.stop();
	await ledger.check(daemon, ann.cookie); // and the original had no harm
	assert.deepEqual(ledger.refused, []);
	await daemon.stop();
});

const backup = (args, prefix = []) => {
	const [command, ...rest] = [...prefix, path.join(buildFolder, 'confab'), 'data', 'backup', ...args];
	const { status, stderr } = spawnSync(command, rest, { encoding: 'utf8', env: { ...process.env, CONFAB_DATA: '' } });
	return [status, stderr.split('\n')[0]];
};

test('a backup says what it cannot do, and leaves nothing half behind', async (t) => {
	const data = path.join(folder, 'data');
	confab(['user', 'add', 'ann', '--data', data]);
	assert.deepEqual(backup(['--to', `${folder}/x`]), [2, 'confab data backup: --data is missing: name the data folder of confabd, or set CONFAB_DATA']);
	assert.match(backup(['--data', data])[1], /--to is missing/);
	assert.deepEqual(backup(['--to', `${folder}/x`, '--data', `${folder}/none`]), [1, `confab: there is no Confab data in ${folder}/none: check --data`]);
	assert.deepEqual(backup(['--to', data, '--data', data]), [1, `confab: ${data} is there already: name a folder that is not there yet`]);
	assert.match(backup(['--to', `${folder}/no/such`, '--data', data])[1], /cannot be made: No such file/);

	// of a server that does not run, into an empty folder
	fs.mkdirSync(`${folder}/empty`);
	assert.equal(backup(['--to', `${folder}/empty/`, '--data', data])[0], 0);
	assert.match(confab(['user', 'list', '--data', `${folder}/empty`]), /^ann /);

	// a damaged one is not copied as if it were whole
	fs.cpSync(data, `${folder}/damaged`, { recursive: true });
	const file = fs.openSync(`${folder}/damaged/confab.db`, 'r+');
	for (let page = 5; page < 40; page++) fs.writeSync(file, Buffer.alloc(600, 0x5a), 0, 600, page * 4096);
	fs.closeSync(file);
	const [status, line] = backup(['--to', `${folder}/x`, '--data', `${folder}/damaged`]);
	assert.equal(status, 1);
	assert.match(line, /no backup was made: .*(damaged|malformed)/);

	const disk = await smallDisk(1);
	t.after(() => disk.remove());
	disk.fill(100000);
	const full = backup(['--to', `${disk.folder}/x`, '--data', data], disk.prefix);
	assert.equal(full[0], 1);
	assert.match(full[1], /no backup was made: .*full/);
	assert.deepEqual(fs.readdirSync(disk.outside), ['filler']);
	assert.deepEqual(fs.readdirSync(folder).filter((name) => /part|^x$/.test(name)), []);
});

test('restore puts a backup where the data folder was, whole, as the owner of the place, and never over data', async () => {
	const data = `${folder}/lost`, copy = `${folder}/kept`, back = `${folder}/back`;
	confab(['user', 'add', 'ann', '--role', 'user', '--name', 'Ann', '--data', data]);
	fs.mkdirSync(`${data}/files`, { recursive: true });
	fs.writeFileSync(`${data}/files/picture`, 'bytes');
	confab(['data', 'backup', '--to', copy, '--data', data]);
	const restore = (...args) => {
		const done = spawnSync(path.join(buildFolder, 'confab'), ['data', 'restore', ...args], { encoding: 'utf8' });
		return [done.status, (done.stdout + done.stderr).trim().split('\n')[0]];
	};
	assert.match(restore('--data', back)[1], /--from is missing/);
	assert.deepEqual(restore('--from', `${folder}/none`, '--data', back), [1, `confab: there is no backup in ${folder}/none: check --from`]);
	assert.deepEqual(restore('--from', copy, '--data', `${data}/`), [1, `confab: ${data}/ is there, and not empty: move it out of the way first, mv ${data}/ ${data}.before`]);
	const daemon = await startConfabd({ data, demo: false });
	assert.deepEqual(restore('--from', copy, '--data', data), [1, `confab: confabd runs on ${data}: stop it first`]);
	await daemon.stop();

	const asRoot = process.getuid() === 0; // then the owner of the place, a service's user, gets it all
	fs.chmodSync(folder, 0o755); // the way there
	fs.mkdirSync(back, { mode: 0o700 });
	if (asRoot) fs.chownSync(back, 65534, 65534);
	const [status, said] = restore('--from', copy, '--data', back);
	assert.equal(status, 0, said);
	assert.match(said, /1 accounts, 0 messages, \d+ files/);
	assert.equal(fs.readFileSync(`${back}/files/picture`, 'utf8'), 'bytes');
	if (asRoot) for (const name of ['.', ...fs.readdirSync(back, { recursive: true })]) assert.equal(fs.statSync(path.join(back, name)).uid, 65534, name);
	// and what root does there afterwards is that user's, too
	const env = { ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'detect_leaks=0'].filter(Boolean).join(':') }; // nothing may look into who has just become another user
	confab(['user', 'add', 'ben', '--role', 'user', '--name', 'Ben', '--data', back], '', env);
	if (asRoot) for (const name of fs.readdirSync(back, { recursive: true })) assert.equal(fs.statSync(path.join(back, name)).uid, 65534, name);
	assert.match(confab(['user', 'list', '--data', back], '', env), /^ann [\s\S]*^ben /m);
});

test('a damaged database that was not closed stops the start and says what to do; the backup brings people back', async () => {
	const data = path.join(folder, 'hurt');
	confab(['user', 'add', 'ann', '--data', data]); // closes it: the tables are in the file itself
	confab(['data', 'backup', '--to', `${folder}/good`, '--data', data]);
	const daemon = await startConfabd({ data });
	daemon.kill();
	await daemon.exited;
	const file = fs.openSync(`${data}/confab.db`, 'r+');
	for (let page = 5; page < 40; page++) fs.writeSync(file, Buffer.alloc(600, 0x5a), 0, 600, page * 4096);
	fs.closeSync(file);
	const before = fs.readFileSync(`${data}/confab.db`);
	for (let start = 0; start < 2; start++) // a supervisor tries again: it stays refused
		await assert.rejects(startConfabd({ data }), /confab\.db is damaged: restore it from a backup/);
	assert.deepEqual(fs.readFileSync(`${data}/confab.db`), before, 'nothing is changed in it: somebody may want to rescue what is left');
	fs.renameSync(data, `${data}.broken`);
	fs.renameSync(`${folder}/good`, data);
	await (await startConfabd({ data })).stop();
	assert.match(confab(['user', 'list', '--data', data]), /^admin .*\nann /);
});
