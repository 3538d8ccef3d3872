// SPDX-License-Identifier: Apache-2.0
// Starting and stopping: bad configuration is named in one line, SIGTERM is graceful.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { apiKey, apiSecret, buildFolder, confab, freeTcpPort, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { until } from '../lib/until.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-start-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function start(args, env = {}) {
	return spawnSync(path.join(buildFolder, 'confabd'), ['--data', `${folder}/data`, ...args], {
		encoding: 'utf8', timeout: 10000, env: { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret, ...env },
	});
}

test('bad configuration refuses to start with one line that names the key', () => {
	fs.writeFileSync(`${folder}/bad.ini`, 'liten = 127.0.0.1:8080\n');
	fs.writeFileSync(`${folder}/worse.ini`, 'rtc-port = many\n');
	fs.writeFileSync(`${folder}/a-file`, '');
	const table = [
		[['--listen', 'nowhere'], /listen/],
		[['--listen', '127.0.0.1:99999'], /listen.*99999/],
		[['--rtc-ip', '300.1.1.1'], /rtc-ip.*300\.1\.1\.1/],
		[['--rtc-port', '0x10'], /rtc-port.*0x10/],
		[['--workers', '-1'], /workers.*-1/],
		[['--tls-cert', '/does/not/exist.pem'], /tls-(cert|key)/],
		[['--tls-cert', `${folder}/a-file`, '--tls-key', `${folder}/a-file`], /tls-cert/],
		[['--config', `${folder}/none.ini`], /config.*none\.ini/],
		[['--config', `${folder}/bad.ini`], /liten/],
		[['--config', `${folder}/worse.ini`], /rtc-port.*many/],
		[['--frobnicate'], /frobnicate/],
		[['--data', `${folder}/a-file/data`], /data/],
		[['--data', `${folder}/a-file`], /data folder .*a-file is not a folder/],
		[['--listen', '203.0.113.9:8080'], /listen 203\.0\.113\.9: this machine has no such address/],
		[['--rtc-ip', '203.0.113.9'], /203\.0\.113\.9:7882.*--rtc-ip PUBLIC\//],
		[['--rtc-ip', '203.0.113.9/10.0.0.1/2'], /rtc-ip.*PUBLIC\/LOCAL/],
	];
	for (const [args, wanted] of table) {
		const ended = start(args);
		assert.ok(ended.status > 0, `${args}: exit ${ended.status} ${ended.signal}`);
		assert.match(ended.stderr, wanted);
		assert.equal(ended.stderr.trim().split('\n').length, 1, ended.stderr);
	}
	const weak = start([], { CONFAB_API_SECRET: 'short' });
	assert.ok(weak.status > 0);
	assert.match(weak.stderr, /CONFAB_API_SECRET/);
	assert.ok(!weak.stderr.includes('short '), 'a secret must not be printed');
});

test('whoever listens for a whole network reads its address there, and what calls from it need', async () => {
	const addresses = Object.values(os.networkInterfaces()).flat().filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
	const lines = async (options) => {
		const daemon = await startConfabd(options);
		const text = daemon.log().split('--- stderr')[0];
		await daemon.stop();
		return text;
	};
	const text = await lines({ host: '0.0.0.0' });
	const shown = text.match(/others  http:\/\/([\d.]+):\d+ in your network/)?.[1];
	if (addresses.length > 0) {
		assert.ok(addresses.includes(shown), text);
		assert.match(text, /camera and microphone to https pages only/);
		assert.ok(text.includes(`add --rtc-ip ${shown}`), text);
	} else {
		assert.equal(shown, undefined);
	}
	assert.doesNotMatch(await lines({}), /others|--rtc-ip/, 'of a loopback address there is nothing to say');
});

test('without --rtc-ip media is where the pages are', async () => {
	const offered = async (host) => {
		const daemon = await startConfabd({ host, demo: false, rtcIps: [] });
		await daemon.stop();
		return [...daemon.log().matchAll(/(?:UDP |, )(\[[^\]]+\]|[\d.]+):\d+/g)].map((m) => m[1]);
	};
	const addresses = Object.values(os.networkInterfaces()).flat().filter(({ internal }) => !internal).map(({ address }) => address);
	const all = await offered('0.0.0.0');
	assert.ok(all.includes('127.0.0.1'), String(all));
	for (const ip of all) assert.ok(ip === '127.0.0.1' || addresses.includes(ip), ip);
	if (addresses.some((ip) => !ip.includes(':'))) assert.ok(all.some((ip) => ip !== '127.0.0.1'), String(all));
	assert.deepEqual([...new Set(await offered('127.0.0.2'))], ['127.0.0.2']);
	assert.deepEqual([...new Set(await offered('localhost'))], ['127.0.0.1']);
});

test('SIGTERM in the middle of the start ends it without a complaint', { timeout: 60_000 }, async () => {
	const port = await freeTcpPort('127.0.0.1');
	const child = spawn(path.join(buildFolder, 'confabd'), ['--demo', '--data', `${folder}/hasty`, '--listen', `127.0.0.1:${port}`, '--rtc-port', '0', '--rtc-tcp-port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	child.stderr.on('data', (chunk) => (said += chunk));
	// it answers before its demo accounts are made
	await until('an answer', () => fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => child.exitCode !== null), Boolean, 30000, 1);
	child.kill();
	const [code] = await once(child, 'close');
	assert.equal(code, 0, said);
});

test('descriptors: the soft limit is raised; when they are out, that is said once, and it heals', { timeout: 60_000 }, async () => {
	const few = await startConfabd({ demo: false, prefix: ['prlimit', '--nofile=48:96'] });
	assert.match(fs.readFileSync(`/proc/${few.pid}/limits`, 'utf8'), /^Max open files +96 +96 /m);
	const sockets = Array.from({ length: 150 }, () => net.connect(few.port, few.host).on('error', () => {}));
	await until('the complaint', () => few.log(), (log) => /no file descriptor is left: connections are refused/.test(log));
	for (const socket of sockets) socket.destroy();
	await until('an answer', () => fetch(`${few.url}/healthz`).then((answer) => answer.ok, () => false));
	assert.ok(few.log().match(/no file descriptor is left/g).length <= 5, few.log());

	/* not even the spare one, which another thread may have: it rests, and takes people in when there are some again */
	const cpuMs = () => fs.readFileSync(`/proc/${few.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
	const limit = (n) => assert.equal(spawnSync('prlimit', ['--pid', String(few.pid), `--nofile=${n}:96`]).status, 0);
	limit(8);
	const waiting = net.connect(few.port, few.host).on('error', () => {});
	await new Promise((resolve) => setTimeout(resolve, 300));
	const before = cpuMs();
	await new Promise((resolve) => setTimeout(resolve, 1000));
	assert.ok(cpuMs() - before < 300, `${cpuMs() - before} ms of a second were spent on a connection that cannot be taken in`);
	waiting.destroy();
	limit(96);
	await until('an answer again', () => fetch(`${few.url}/healthz`).then((answer) => answer.ok, () => false));
	await few.stop();
	const none = spawnSync('prlimit', ['--nofile=16:16', path.join(buildFolder, 'confabd'), '--data', `${folder}/none`, '--listen', '127.0.0.1:0', '--rtc-port', '0', '--rtc-tcp-port', '0', '--workers', '4'], { encoding: 'utf8', timeout: 20000 });
	assert.equal(none.status, 1);
	assert.match(none.stderr, /Too many open files|out of file descriptors/);
});

test('where there is no /dev, as in a chroot, the start says so', () => {
	const done = spawnSync('unshare', ['--mount', '--propagation', 'private', 'bash', '-c', `mount -t tmpfs tmpfs /dev && exec '${path.join(buildFolder, 'confabd')}' --data '${folder}/bare' --listen 127.0.0.1:0 --rtc-port 0 --rtc-tcp-port 0`],
		{ encoding: 'utf8', timeout: 20000, stdio: ['ignore', 'pipe', 'pipe'] });
	assert.equal(done.status, 1, done.stderr);
	assert.match(done.stderr, /\/dev\/urandom cannot be read/);
});

test('a port in use is named', async () => {
	const daemon = await startConfabd();
	try {
		const taken = start(['--listen', `127.0.0.1:${daemon.port}`, '--rtc-port', '0', '--rtc-tcp-port', '0']);
		assert.ok(taken.status > 0);
		assert.match(taken.stderr, new RegExp(`listen.*${daemon.port}`));
	} finally {
		await daemon.stop();
	}
});

test('--help and --version', () => {
	const options = (text) => [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map((m) => m[1]);
	const help = start(['--help']);
	assert.equal(help.status, 0);
	assert.deepEqual(options(help.stdout), ['--data', '--listen', '--domain', '--tls-cert', '--rtc-ip'], 'five at most');
	const all = options(start(['--help', 'all']).stdout);
	for (const flag of [...options(help.stdout), '--rtc-port', '--rtc-tcp-port', '--demo', '--config']) assert.ok(all.includes(flag), flag);
	for (const [args, wanted] of [[['--lisen', 'x'], /--lisen is not known \(did you mean --listen\?\)/], [['--frobnicate'], /--frobnicate is not known; confabd --help all/]]) assert.match(start(args).stderr, wanted);
	const said = (...args) => {
		const { status, stdout, stderr } = spawnSync(path.join(buildFolder, 'confab'), args, { encoding: 'utf8' });
		return `${status} ${stdout}${stderr}`;
	};
	assert.match(said('--help'), /^0 [\s\S]*^ {2}confab doctor +say why/m);
	assert.doesNotMatch(said('--help'), /--data/);
	assert.match(said('--help', 'all'), /^ {2}confab user add ID \[--role[\s\S]*^ {2}confab doctor \[--data DIR\]/m);
	assert.match(said('doctor', '--ulr', 'x'), /^2 confab doctor: there is no option --ulr: did you mean --url\?/);
	assert.match(said('user', 'lst'), /^2 confab: there is no command 'user lst'; did you mean confab user list\?/);
	assert.match(said('frobnicate'), /^2 confab: there is no command 'frobnicate'; confab --help lists them/);
	assert.match(start(['--version']).stdout, /^confabd \d+\.\d+\.\d+/);
	assert.match(confab(['data', '--help']), /^confab data backup --to[\s\S]*^confab data restore --from/m);
	assert.match(confab(['token', 'create', '--help']), /^confab token create --user ID/);
	const group = spawnSync(path.join(buildFolder, 'confab'), ['data'], { encoding: 'utf8' });
	assert.deepEqual([group.status, group.stdout], [2, '']);
	assert.match(group.stderr, /^confab data backup/);
});

test('there is no default password and no account without --demo', async () => {
	const daemon = await startConfabd({ demo: false });
	try {
		for (const password of ['', 'admin', 'password', 'user', 'demo', 'confab']) {
			const answer = await new Client(daemon.url).call('POST', '/api/auth/login', { userId: 'admin', password });
			assert.ok([400, 401, 429].includes(answer.status), password);
		}
	} finally {
		await daemon.stop();
	}
});

test('SIGTERM tells the sockets, keeps what was acknowledged, and exits 0 within 5 s', async () => {
	const daemon = await startConfabd({ data: `${folder}/graceful` });
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	const stream = await user.events();
	const sent = await user.call('POST', '/api/v1/conversations/user/messages', { text: 'last words', client_id: 'last' });
	assert.equal(sent.status, 201);
	const begin = Date.now();
	await daemon.stop();
	assert.ok(Date.now() - begin < (process.env.CONFAB_BUILD ? 15_000 : 5000)); // a sanitizer looks for leaks at the end
	assert.equal((await stream.closed).code, 1012);
	const again = await startConfabd({ data: `${folder}/graceful` });
	const reader = new Client(again.url);
	await reader.openLink(again.links.user);
	const page = await reader.call('GET', '/api/v1/conversations/user/messages');
	assert.equal(page.body.messages.at(-1).text, 'last words');
	await again.stop();
});

test('the command line works beside a running daemon, again and again, and nothing is lost', async () => {
	const data = `${folder}/beside`;
	const daemon = await startConfabd({ data });
	const open = () => fs.readdirSync(`/proc/${daemon.pid}/fd`).map((fd) => {
		try {
			return fs.readlinkSync(`/proc/${daemon.pid}/fd/${fd}`);
		} catch {
			return '';
		}
	});
	const user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	for (const id of ['one', 'two', 'three']) {
		confab(['user', 'add', id, '--role', 'user', '--name', id, '--password-stdin', '--data', data], `password of ${id}\n`);
		const person = new Client(daemon.url);
		assert.equal((await person.call('POST', '/api/auth/login', { userId: id, password: `password of ${id}` })).status, 200, id);
		assert.deepEqual(open().filter((file) => /deleted/.test(file)), [], 'the database was deleted under the daemon');
		const sent = await user.call('POST', '/api/v1/conversations/user/messages', { text: `after ${id}`, client_id: id });
		assert.equal(sent.status, 201);
	}
	daemon.kill();
	await daemon.exited;
	const again = await startConfabd({ data });
	const reader = new Client(again.url);
	await reader.openLink(again.links.user);
	const page = await reader.call('GET', '/api/v1/conversations/user/messages');
	assert.deepEqual(page.body.messages.map((m) => m.text), ['after one', 'after two', 'after three']);
	await again.stop();
});
