// SPDX-License-Identifier: Apache-2.0
// M16: `confab doctor` against real daemons: all is well once, then one thing at a time is broken, and the line that names it,
// with what to do, is looked for.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { apiKey, apiSecret, buildFolder, confab, startConfabd } from '../lib/confabd.mjs';
import { smallDisk } from '../lib/disk.mjs';
import { listen, passUpgrades } from '../lib/front.mjs';
import { makeNamespace } from '../lib/netns.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-doctor-'));
let daemon;
before(async () => (daemon = await startConfabd()));
after(async () => {
	await daemon.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

/** What it says: {status, text, levels: {ok: [...], warn: [...], bad: [...]}}, each with its fix behind it. */
async function doctor(args, { env = {}, input = '', prefix = [], binary = path.join(buildFolder, 'confab') } = {}) {
	const [command, ...rest] = [...prefix, binary, 'doctor', ...args];
	const child = spawn(command, rest, { env: { ...process.env, CONFAB_DATA: '', CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
	let text = '';
	let errors = '';
	child.stdout.on('data', (chunk) => (text += chunk));
	child.stderr.on('data', (chunk) => (errors += chunk));
	child.stdin.on('error', () => {}); // it may not read it
	child.stdin.end(input);
	const [status] = await once(child, 'close');
	assert.doesNotMatch(errors, /Sanitizer|runtime error/, errors);
	assert.ok(!(text + errors).includes(apiSecret), 'the secret is printed');
	const levels = { ok: [], warn: [], bad: [] };
	let list = [];
	for (const line of text.split('\n')) {
		const [, level, said] = /^(ok|warn|bad) +(\S.*)/.exec(line) ?? [];
		if (level) (list = levels[level]).push(said.replace(/ {2,}/, ': '));
		else if (/▸/.test(line)) list.push(`${list.pop()} ▸ ${line.split('▸ ')[1]}`);
	}
	return { status, text, errors, levels };
}

/** That one line is bad and no other, and what it is. */
function onlyBad(result, pattern) {
	assert.equal(result.levels.bad.length, 1, result.text);
	assert.match(result.levels.bad[0], pattern);
	assert.equal(result.status, 1, result.text);
}

const data = () => ['--data', daemon.data];
const localhost = () => `http://localhost:${daemon.port}`;

test('all is well: every line is green, and --json has the same', async () => {
	const { status, levels, text } = await doctor([...data(), '--url', localhost(), '--user', 'admin']);
	assert.equal(status, 0, text);
	assert.deepEqual(levels.bad, []);
	// a small machine may have small limits
	assert.deepEqual(levels.warn.filter((line) => !/^(udp buffers|descriptors|disk):/.test(line)), []);
	for (const line of [
		/^settings: those of the confabd that runs \(process \d+\)/, /^data folder: .*mode 0700/, /^database: schema \d+, .*read through/,
		/^environment: the pair that is set here is confabd's/, /^clock: the server's is within 5 s/,
		/^confabd: version \d+\.\d+\.\d+ answers at http:\/\/127\.0\.0\.1/, /^url: Confab .* answers at http:\/\/localhost/, /^websocket: .* takes WebSockets/,
		/^token: one that is made now: user_id 'doctor', iat 20.* UTC, exp 20.* UTC/, /^join: .*test-key.*\/rtc\/validate/, /^user id: 'admin' stays as it is/,
		/^user: 'admin' is an account: .*, admin/, /^udp: 127\.0\.0\.1:\d+ answers checks/, /^turn: where nothing else passes, media goes through http:/, /^tcp: 127\.0\.0\.1:\d+ answers checks/, /^browser: camera and microphone are to be had/,
		/^console: .*Connected to Confab.*Video call joined/,
	]) assert.ok(levels.ok.some((said) => line.test(said)), `${line}\n${text}`);
	const list = JSON.parse((await doctor([...data(), '--json'])).text);
	assert.ok(list.length > 10 && list.every(({ check, level, seen }) => check && level === 'ok' | level === 'warn' && seen));
});

test('it looks and touches nothing', async () => {
	confab(['user', 'add', 'ann', '--data', `${folder}/still`]);
	const picture = () => fs.readdirSync(`${folder}/still`).map((name) => [name, ...['mode', 'size', 'mtimeMs'].map((key) => fs.statSync(`${folder}/still/${name}`)[key])]);
	fs.chmodSync(`${folder}/still/api-keys`, 0o644);
	const before_ = picture();
	const { levels, status } = await doctor(['--data', `${folder}/still`], { env: { CONFAB_API_KEY: '', CONFAB_API_SECRET: '' } });
	assert.equal(status, 1);
	assert.ok(levels.bad.some((line) => /^confabd: none runs on .*▸ .*confabd.*/.test(line)));
	assert.deepEqual(picture(), before_);
});

test("a crash's log is left for the next start", async () => {
	const crashed = await startConfabd({ data: `${folder}/crashed` });
	crashed.kill();
	await crashed.exited;
	const log = () => fs.readFileSync(`${folder}/crashed/confab.db-wal`);
	const before_ = log();
	assert.ok(before_.length > 0);
	const { levels } = await doctor(['--data', `${folder}/crashed`, '--user', 'admin']);
	assert.match(levels.warn.join('\n'), /^database: confabd did not end properly: the next start looks the database through ▸ start confabd/m);
	assert.match(levels.ok.join('\n'), /^user: 'admin' is an account/m, 'it is read all the same');
	assert.ok(log().equals(before_));
});

test('key pairs: half of one, two that differ, a short secret, another one than the daemon has', async () => {
	const secret = 'another-secret-of-more-than-32-characters';
	const none = { CONFAB_API_KEY: '', CONFAB_API_SECRET: '' };
	const of = (env) => doctor(data(), { env: { ...none, ...env } });
	const unset = await of({});
	assert.match(unset.levels.warn.join('\n'), /^environment: confabd has its pair from its environment, and here it is not set.*▸ set CONFAB_API_KEY and CONFAB_API_SECRET here, too/m);
	onlyBad(await of({ CONFAB_API_KEY: 'a' }), /^environment: CONFAB_API_KEY is set here, but CONFAB_API_SECRET is not ▸ set both/);
	onlyBad(await of({ STREAM_API_SECRET: secret }), /STREAM_API_SECRET is set here, but CONFAB_API_KEY is not/);
	onlyBad(await of({ NEXT_PUBLIC_STREAM_API_KEY: 'a', CONFAB_API_KEY: 'b', CONFAB_API_SECRET: secret }), /CONFAB_API_KEY and NEXT_PUBLIC_STREAM_API_KEY are both set here, and differ.*▸ unset NEXT_PUBLIC/);
	onlyBad(await of({ CONFAB_API_KEY: 'a', CONFAB_API_SECRET: 'short' }), /CONFAB_API_SECRET has 5 characters here, at least 32 are needed ▸ openssl rand -hex 32/);
	const other = await of({ CONFAB_API_KEY: 'test-key', CONFAB_API_SECRET: secret });
	onlyBad(other, /the pair that is set here is not the one that confabd uses/);
	assert.ok(!other.text.includes(secret));
});

test('from another machine only the pair and the URL are known: a wrong secret is named', async () => {
	const from = (CONFAB_API_SECRET) => doctor(['--data', `${folder}/nowhere`, '--url', localhost()], { env: { CONFAB_API_KEY: 'test-key', CONFAB_API_SECRET } });
	const right = await from(apiSecret);
	assert.deepEqual(right.levels.bad, [], right.text);
	assert.ok(right.levels.ok.some((line) => /^udp: .*answers checks/.test(line)), right.text);
	const { levels, text } = await from('a-wrong-secret-of-more-than-32-characters');
	assert.ok(levels.bad.some((line) => /^join: \/rtc\/validate answers 401 .*▸ set the same CONFAB_API_KEY and CONFAB_API_SECRET/.test(line)), text);
});

test('modes: what others can read is named, with the chmod', async () => {
	fs.chmodSync(daemon.data, 0o755);
	fs.chmodSync(`${daemon.data}/confab.db`, 0o640);
	const { levels } = await doctor(data());
	fs.chmodSync(daemon.data, 0o700);
	fs.chmodSync(`${daemon.data}/confab.db`, 0o600);
	assert.equal(levels.bad.length, 2);
	assert.match(levels.bad[0], /has mode 0755: others can read messages and keys ▸ chmod 700 /);
	assert.match(levels.bad[1], /confab\.db has mode 0640.*▸ chmod 600 .*confab\.db/);
});

test('another user is told whose the folder is', async () => {
	const open = fs.mkdtempSync('/tmp/confab-doctor-bin-'); // the tree may be closed to others
	fs.chmodSync(open, 0o755);
	fs.copyFileSync(path.join(buildFolder, 'confab'), `${open}/confab`);
	const run = await doctor(data(), { binary: `${open}/confab`, prefix: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] });
	fs.rmSync(open, { recursive: true });
	assert.ok(run.levels.warn.some((line) => /^data folder: .* belongs to root \(mode 0700\), and this is nobody: not looked into ▸ sudo -u root confab doctor --data/.test(line)), run.text + run.errors);
});

test('the configuration file: a key that is not known is named', async () => {
	fs.writeFileSync(`${folder}/bad.ini`, 'lisen = 127.0.0.1:8080\n');
	const { levels } = await doctor(['--data', `${folder}/nowhere`, '--config', `${folder}/bad.ini`]);
	assert.ok(levels.bad.some((line) => /^settings: .*the key 'lisen' is not known \(did you mean listen\?\)/.test(line)), levels.bad.join('\n'));
});

test('user ids: changed, too little left, two that meet, no account', async () => {
	const { levels, status } = await doctor([...data(), '--user', 'Ad.min,admin,!!!,nobody-here']);
	assert.equal(status, 1);
	assert.ok(levels.warn.some((line) => /^user id: 'Ad\.min' becomes 'admin' ▸ connect with 'admin'/.test(line)));
	assert.deepEqual(levels.bad.map((line) => line.split(' ▸')[0]), [
		"user id: 'Ad.min' and 'admin' are one account, 'admin'",
		"user id: '!!!' becomes nothing: none of a-z 0-9 @ _ - is in it",
		"user: there is no account 'nobody-here': a token for it is refused",
	]);
});

test("the answer of a site's own token route", async () => {
	const say = async (input) => (await doctor([...data(), '--token-response', '-'], { input })).levels;
	const token = confab(['token', 'create', '--user', 'admin', ...data()], '', { CONFAB_API_KEY: 'test-key', CONFAB_API_SECRET: apiSecret }).trim();
	const good = await say(JSON.stringify({ token, userId: 'admin' }));
	assert.deepEqual(good.bad, []);
	assert.ok(good.ok.some((line) => /^token: that of the answer: user_id 'admin'/.test(line)));
	assert.ok((await say(`${token}\n`)).ok.some((line) => /that which was given: user_id 'admin'/.test(line)));
	for (const [input, pattern] of [
		['{"userId":"admin"}', /`token` is missing/],
		['{"token":{"a":1},"userId":"admin"}', /`token` is no string.*▸ .*returns the string/],
		['<html>', /no JSON object, but a page/],
		[JSON.stringify({ token, userId: 'Ad Min' }), /userId 'Ad Min' is none/],
		[JSON.stringify({ token: `${token.slice(0, -6)}AAAAAA`, userId: 'admin' }), /\(code 43\) ▸ sign with the secret of API key 'test-key'/],
	]) {
		const { bad } = await say(input);
		assert.ok(bad.some((line) => pattern.test(line)), `${input}\n${bad.join('\n')}`);
	}
});

test('no UDP: the address and the firewall line are named', { timeout: 60_000 }, async (t) => {
	const lost = await startConfabd({ rtcIps: ['127.0.0.99/127.0.0.1'], demo: false, args: ['--workers', '1'] });
	t.after(() => lost.stop());
	// what swallows packets as a firewall does; nothing has the TCP port there
	const port = Number(/UDP 127\.0\.0\.99:(\d+)/.exec(lost.log())[1]);
	const hole = dgram.createSocket('udp4').bind(port, '127.0.0.99');
	await once(hole, 'listening');
	const { levels, status, text } = await doctor(['--data', lost.data]);
	hole.close();
	assert.equal(status, 1);
	assert.equal(levels.bad.length, 2, text);
	const udp = levels.bad.find((line) => line.startsWith('udp'));
	assert.ok(udp.includes(`udp: 127.0.0.99:${port}: no answer in 3 s to a STUN binding request ▸ `), udp);
	assert.ok(udp.includes(`nft add rule inet filter input udp dport ${port} accept, or: ufw allow ${port}/udp`), udp);
	assert.match(levels.bad.find((line) => line.startsWith('tcp')), /127\.0\.0\.99:\d+: Connection refused.*▸ nothing has that port there.*--rtc-ip/);
	assert.ok(levels.ok.some((line) => line === 'rtc-ip: 127.0.0.99, behind a NAT that forwards to 127.0.0.1'), text);
});

/** In front of the daemon, as others configure it. Ends with the test. */
async function startFront(t, { tls, headers, upgrade, late = 0 }) {
	const pass = (request) => {
		const { upgrade: _upgrade, connection: _connection, ...rest } = request.headers;
		return { ...rest, ...(headers ? { 'x-forwarded-proto': tls ? 'https' : 'http', 'x-forwarded-for': '203.0.113.5' } : { host: `127.0.0.1:${daemon.port}` }) };
	};
	const handle = (request, response) => {
		const asked = http.request({ host: daemon.host, port: daemon.port, method: request.method, path: request.url, headers: pass(request) }, (answer) => {
			response.writeHead(answer.statusCode, { ...answer.headers, date: new Date(Date.now() - late * 1000).toUTCString() });
			answer.pipe(response);
		});
		asked.on('error', () => response.destroy());
		request.pipe(asked);
	};
	const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
	if (upgrade) passUpgrades(server, daemon, (request) => ({ ...pass(request), connection: 'Upgrade', upgrade: 'websocket' }));
	return `${tls ? 'https' : 'http'}://localhost:${await listen(t, server)}`;
}

/** A certificate for a name: {key, cert, file}; `ended`: years ago. */
function certificate(name, ended = false) {
	const at = fs.mkdtempSync(path.join(folder, 'tls-'));
	const openssl = (...args) => execFileSync('openssl', args, { cwd: at, stdio: 'pipe' });
	fs.writeFileSync(`${at}/ca.cnf`, '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\npolicy=p\ndefault_md=sha256\nrand_serial=yes\nx509_extensions=e\n[p]\ncommonName=supplied\n' +
		`[e]\nbasicConstraints=CA:TRUE\nsubjectAltName=DNS:${name}\n`);
	fs.writeFileSync(`${at}/index`, '');
	openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`, '-keyout', 'key.pem', '-out', 'csr.pem');
	openssl('ca', '-batch', '-selfsign', '-config', 'ca.cnf', '-keyfile', 'key.pem', '-in', 'csr.pem', '-out', 'cert.pem', '-notext',
		'-startdate', '20200101000000Z', '-enddate', ended ? '20200201000000Z' : '20990101000000Z');
	return { key: fs.readFileSync(`${at}/key.pem`), cert: fs.readFileSync(`${at}/cert.pem`), file: `${at}/cert.pem` };
}

const through = async (t, front, trust) => doctor([...data(), '--url', await startFront(t, front)], { env: trust ? { SSL_CERT_FILE: trust } : {} });

test('a proxy that takes the Upgrade away', async (t) => {
	onlyBad(await through(t, { headers: true }), /^websocket: .*\/api\/v1\/events answers \d+ instead of 101: the proxy does not pass the Upgrade on ▸ nginx: proxy_http_version 1\.1/);
});

test('a proxy with https: good, and without the headers', async (t) => {
	const tls = certificate('localhost');
	const good = await through(t, { tls, headers: true, upgrade: true }, tls.file);
	assert.equal(good.status, 0, good.text);
	assert.ok(good.levels.ok.some((line) => /^certificate: for localhost, \d+ days left/.test(line)), good.text);
	assert.ok(good.levels.ok.some((line) => /^proxy: it says for whom it asks/.test(line)), good.text);
	const { levels } = await through(t, { tls, headers: false, upgrade: true }, tls.file);
	assert.match(levels.bad.join('\n'), /^token route: .*another site's: Host or X-Forwarded-Proto does not arrive ▸ nginx/m);
	assert.match(levels.bad.join('\n'), /^proxy: X-Forwarded-For does not arrive.*▸ nginx/m);
});

test('a clock that is wrong', async (t) => {
	onlyBad(await through(t, { headers: true, upgrade: true, late: 3600 }), /^clock: the server's is 3(59\d|60[01]) s behind this one.*▸ timedatectl set-ntp true/);
	const { levels } = await through(t, { headers: true, upgrade: true, late: -20 });
	assert.match(levels.warn.join('\n'), /^clock: the server's is (1\d|2[01]) s ahead of this one/m);
});

test('certificates: ended, of another name, signed by itself', async (t) => {
	const says = async (tls) => {
		const { levels } = await through(t, { tls, headers: true, upgrade: true });
		return [...levels.bad, ...levels.warn].find((line) => line.startsWith('certificate'));
	};
	assert.match(await says(certificate('localhost', true)), /^certificate: that of https:\/\/localhost:\d+ ended \d+ days ago ▸ confabd --domain localhost gets one by itself; elsewhere certbot renew/);
	assert.match(await says(certificate('shop.example')), /^certificate: it is for shop\.example, and not for localhost ▸ confabd --domain localhost gets one by itself; elsewhere certbot certonly/);
	assert.match(await says(certificate('localhost')), /^certificate: .* is signed by itself/);
});

test('an address that nothing answers at, and one of another server', async (t) => {
	const nothing = await doctor([...data(), '--url', 'http://127.0.0.1:1']);
	onlyBad(nothing, /^url: http:\/\/127\.0\.0\.1:1: port 1: Connection refused ▸ check/);
	const other = await listen(t, http.createServer((_request, response) => response.end('hello')));
	onlyBad(await doctor([...data(), '--url', `http://127.0.0.1:${other}`]), /^url: .*\/healthz answers 200: that is not Confab/);
	const moved = await listen(t, http.createServer((request, response) => response.writeHead(301, { location: `https://chat.example.com${request.url}` }).end()));
	onlyBad(await doctor([...data(), '--url', `http://127.0.0.1:${moved}`]), /^url: .* sends browsers elsewhere, to https:\/\/chat\.example\.com\/healthz ▸ ask there: --url https:\/\/chat\.example\.com$/);
	onlyBad(await doctor([...data(), '--url', 'chat.example.com']), /^url: 'chat\.example\.com' is no address of a site/);
});

test('http for other machines, and media for this one only', async (t) => {
	// a network of its own: this machine may have none, and browsers of other tests drop their connections when one gets an address
	const { name, address, remove } = makeNamespace(`confab-doctor-${process.pid}`);
	const wide = await startConfabd({ host: '0.0.0.0', demo: false, netns: name });
	t.after(async () => {
		await wide.stop();
		remove();
	});
	const { levels, text } = await doctor(['--data', wide.data, '--url', `http://${address}:${wide.port}`], { prefix: ['ip', 'netns', 'exec', name] });
	assert.ok(levels.warn.some((line) => /^browser: .* is not https: browsers give no camera/.test(line)), text);
	assert.ok(levels.bad.some((line) => /^rtc-ip: calls are told (loopback|private) addresses only/.test(line)), text);
});

test('an old database, one of a newer version, and a damaged one', async () => {
	const old = `${folder}/old`;
	confab(['user', 'add', 'ann', '--data', old]);
	const version = (sql) => execFileSync('python3', ['-c', 'import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute("PRAGMA user_version=" + sys.argv[2]); c.close()', `${old}/confab.db`, sql]);
	const says = async () => {
		const { levels } = await doctor(['--data', old, '--user', 'ann']);
		return [...levels.bad, ...levels.warn].find((line) => line.startsWith('database'));
	};
	version('7');
	assert.match(await says(), /^database: its schema is 7, this program has \d+ ▸ make a backup \(confab data backup\), then start confabd/);
	version('999');
	assert.match(await says(), /^database: its schema is 999, this program knows up to \d+ ▸ use the newer confabd/);
	fs.writeFileSync(`${old}/confab.db`, 'this is no database, and never was one'.repeat(200));
	assert.match(await says(), /^database: .*confab\.db: .*damaged.*▸ stop confabd, then: confab data restore/);
});

test('a disk without room', async (t) => {
	const [disk, other] = [await smallDisk(100), await smallDisk(100)];
	t.after(() => [disk, other].forEach((one) => one.remove()));
	const full = await startConfabd({ data: `${disk.folder}/data`, demo: false, prefix: disk.prefix });
	t.after(() => full.stop());
	// a daemon on another such disk, whose files have the same inode numbers: it is not the one that is asked about
	const neighbour = await startConfabd({ data: `${other.folder}/data`, demo: false, prefix: other.prefix });
	t.after(() => neighbour.stop());
	disk.fill(2 * 1000 * 1000);
	const run = await doctor(['--data', `${disk.folder}/data`], { prefix: disk.prefix });
	assert.ok(run.levels.ok.includes(`settings: those of the confabd that runs (process ${full.pid})`), run.text);
	onlyBad(run, /^disk: [12]\.\d MB are free for .*: messages are refused, or soon are ▸ make room/);
	disk.free();
});
