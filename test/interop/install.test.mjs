// SPDX-License-Identifier: Apache-2.0
// `meson install` into an empty folder, and programs outside this tree that are built against what is there, as a user
// builds theirs: pkg-config, C99 and C++, the manual page; they speak to a running server.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { buildFolder, root } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { startWithPeople } from '../lib/people.mjs';

let top, daemon, libraries, environment;

before(async () => {
	top = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-install-'));
	execFileSync('meson', ['install', '-C', buildFolder, '--no-rebuild', '--quiet', '--destdir', top], { stdio: ['ignore', 'ignore', 'inherit'] });
	const [file] = fs.readdirSync(top, { recursive: true }).filter((name) => name.endsWith('pkgconfig/libconfab.pc'));
	assert.ok(file, 'libconfab.pc is installed');
	libraries = path.dirname(path.dirname(path.join(top, file)));
	environment = { ...process.env, PKG_CONFIG_PATH: path.join(libraries, 'pkgconfig'), PKG_CONFIG_SYSROOT_DIR: top };
	({ daemon } = await startWithPeople({ ann: 'user' }));
});
after(async () => {
	await daemon?.stop();
	fs.rmSync(top, { recursive: true, force: true });
});

const pkgConfig = (...args) => execFileSync('pkg-config', [...args, 'libconfab'], { encoding: 'utf8', env: environment }).trim();

/** Compiles a program with nothing but what pkg-config says; the program's path. */
function compile(name, compiler, flags, source) {
	const folder = path.join(top, 'outside');
	fs.mkdirSync(folder, { recursive: true });
	const file = path.join(folder, name);
	fs.writeFileSync(file, source);
	const words = [compiler, ...flags, '-Wall', '-Wextra', '-Werror', file, '-o', `${file}.out`, ...pkgConfig('--cflags', '--libs').split(' ')];
	const done = spawnSync(words[0], words.slice(1), { encoding: 'utf8', cwd: folder });
	assert.equal(done.status, 0, `${words.join(' ')}\n${done.stderr}`);
	return `${file}.out`;
}

const headers = fs.readdirSync(path.join(root, 'include/confab')).filter((name) => name.endsWith('.h'));
const runtime = () => ({ ...process.env, LD_LIBRARY_PATH: libraries });

test('what is installed: headers, library, pkg-config file, manual page, both programs; nothing private', () => {
	const all = fs.readdirSync(top, { recursive: true, withFileTypes: true }).filter((e) => !e.isDirectory()).map((e) => e.name).sort();
	assert.deepEqual(all, ['confab', 'confabd', 'confabd.service', ...headers, 'libconfab.3', 'libconfab.pc', 'libconfab.so', 'libconfab.so.0', 'libconfab.so.0.1.0'].sort());
	assert.equal(pkgConfig('--modversion'), /version: '([\d.]+)'/.exec(fs.readFileSync(path.join(root, 'meson.build'), 'utf8'))[1]);
	const installed = path.dirname(fs.readdirSync(top, { recursive: true }).find((name) => name.endsWith('confab/confab.h')));
	for (const name of headers) assert.deepEqual(fs.readFileSync(path.join(top, installed, name)), fs.readFileSync(path.join(root, 'include/confab', name)));
});

test('the manual page reads without a complaint and names what is in the header', () => {
	const file = fs.readdirSync(top, { recursive: true }).find((name) => name.endsWith('man3/libconfab.3'));
	const done = spawnSync('groff', ['-man', '-ww', '-Tutf8', path.join(top, file)], { encoding: 'utf8' });
	assert.deepEqual([done.status, done.stderr], [0, '']);
	const header = headers.map((name) => fs.readFileSync(path.join(root, 'include/confab', name), 'utf8')).join('');
	const page = fs.readFileSync(path.join(top, file), 'utf8');
	const unknown = [...page.matchAll(/\b(confab_\w+|CONFAB_\w+)/g)].map((m) => m[1]).filter((name) => !header.includes(name));
	assert.deepEqual(unknown, []);
	const functions = [...header.matchAll(/CONFAB_API [^;]*?\b(confab_\w+)\(/g)].map((m) => m[1]);
	const missing = functions.filter((name) => !page.includes(name) && !page.includes(name.replace(/_async$/, '')));
	assert.deepEqual(missing, []);
});

test('examples/hello.c, in C99, joins a call', { timeout: 60000 }, async () => {
	const source = fs.readFileSync(path.join(root, 'examples/hello.c'), 'utf8');
	assert.ok(source.split('\n').length <= 80, 'under 80 lines');
	const program = compile('hello.c', 'cc', ['-std=c99', '-pedantic'], source);
	const token = sign({ user_id: 'ann', iat: now() - 5, exp: now() + 60 });
	const child = spawn(program, [daemon.url, 'ann', token, 'from-outside'], { env: runtime() });
	let text = '';
	child.stdout.on('data', (chunk) => {
		text += chunk;
		if (/state 4/.test(text)) child.stdin.end('\n'); // JOINED
	});
	child.stderr.on('data', (chunk) => (text += chunk));
	const [code] = await once(child, 'close');
	assert.equal(code, 0, text);
	assert.match(text, /state 3\nstate 4\n/);
});

test('a program in C++ gets the error of a call before connectUser', () => {
	const program = compile('order.cc', 'c++', ['-std=c++11', '-pedantic'], `
#include <confab/confab.h>
#include <cstdio>
#include <cstring>

int main()
{
	confab_client_options options = {};
	confab_client *client = nullptr;
	confab_error error = {};

	options.base_url = "http://127.0.0.1:1";
	if (confab_client_new(&client, &options, &error))
		return 1;
	confab_call *call = confab_client_call(client, "default", "room", &error);
	int code = confab_call_join(call, nullptr, &error);
	confab_client_free(client);
	std::printf("%s %d %s\\n", confab_version(), code, error.message);
	return code == CONFAB_ERR_TOKEN_NOT_SET && std::strcmp(error.message, CONFAB_TOKEN_NOT_SET) == 0 ? 0 : 1;
}
`);
	const done = spawnSync(program, { encoding: 'utf8', env: runtime() });
	assert.equal(done.status, 0, done.stdout + done.stderr);
	assert.equal(done.stdout, `${pkgConfig('--modversion')} 1001 User token is not set. Either client.connectUser wasn't called or client.disconnect was called\n`);
});
