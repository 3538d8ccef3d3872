// SPDX-License-Identifier: Apache-2.0
// What the documents say is so: their code is compiled as it stands there (what can run by itself is run: here, in e2e/sdk.test.mjs and
// netns/hosting.test.mjs), links lead somewhere, files that are named exist, and the table of flags is confabd's.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import * as serverSdk from 'livekit-server-sdk';
import { apiKey, apiSecret, buildFolder, confab, root, startConfabd } from '../lib/confabd.mjs';
import { documents, read, snippet, snippets } from '../lib/snippets.mjs';

let folder, daemon;
before(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-docs-'));
	daemon = await startConfabd({ args: ['--widget-origin', 'https://shop.example'] });
});
after(async () => {
	await daemon?.stop();
	fs.rmSync(folder, { recursive: true, force: true });
});

const all = documents().flatMap(snippets);
const where = ({ file, line }) => `${file}:${line}`;

// What a reader has before the first line of each block of code: its free variables. A block that is not here is a failure.
const TYPESCRIPT = {
	'README.md: import { VideoClient }': 'declare const apiKey: string, id: string, name: string, tokenProvider: () => Promise<string>;',
	'web/client/README.md: import { VideoClient }': 'declare const apiKey: string, tokenProvider: () => Promise<string>;',
	'web/client/README.md: // caller': `import type { Call, VideoClient } from '@confab/client'; declare const call: Call, client: VideoClient, ask: (text: string) => Promise<boolean>;`,
	'web/react/README.md: ': `import type { UserObject, VideoClient } from '@confab/client'; declare const client: VideoClient, me: UserObject;`,
	'docs/server-api.md: ': 'declare const apiKey: string, apiSecret: string;',
	"docs/widget.md: window.addEventListener('confab:ready'": `import type { ConfabApi } from '${root}/web/widget/src/main.tsx'; declare const Confab: ConfabApi, badge: HTMLElement, hash: string;`,
	'docs/widget.md: window.Confab || function': `declare const window: { Confab?: any }, Confab: { (name: 'on', event: 'unread', listener: (n: number) => void): void; q?: unknown[] }, badge: { textContent: unknown };`, // before the script is there
	'docs/widget.md: const hash': `import crypto from 'node:crypto'; declare const secret: string, userId: string;`,
};
const C = {
	'docs/c-client.md: confab_client_new': '',
	'docs/c-client.md: .manual_subscribe': '',
	'docs/c-client.md: confab_call_send_data': '',
	'docs/c-client.md: const confab_layer': '',
	'docs/c-client.md: confab_call_perform_rpc': '',
	'docs/c-client.md: confab_call_open_stream': '',
	'docs/c-client.md: CONFAB_EVENT_STREAM_CLOSED': '',
	'docs/c-client.md: confab_call_describe': '',
	'docs/c-client.md: confab_call_stats': '',
	'docs/c-client.md: confab_call_ring': '',
	'docs/c-client.md: confab_chat_send': '',
	'docs/c-client.md: access_token': '',
};
// Run elsewhere, or nothing to run: see each.
const OTHERS = ['html' /* e2e/widget */, 'php' /* the line of JavaScript below it is run */, 'sh', 'ini', 'nginx' /* netns/hosting */];

/** The entry of a table for a block: `file: words`, which both hold. */
function entry(table, s) {
	const found = Object.entries(table).filter(([key]) => {
		const [file, words] = [key.slice(0, key.indexOf(': ')), key.slice(key.indexOf(': ') + 2)];
		return s.file === file && s.text.includes(words);
	});
	assert.equal(found.length, 1, `${where(s)}: code that no test knows; say what its free variables are`);
	return found[0][1];
}

test('every block of code is in a language that is tested', () => {
	const known = ['js', 'ts', 'tsx', 'c', ...OTHERS];
	assert.deepEqual(all.filter((s) => !known.includes(s.language)).map(where), []);
});

test('TypeScript and JavaScript compile, strictly, against the packages', { timeout: 300_000 }, () => {
	const code = all.filter((s) => ['js', 'ts', 'tsx'].includes(s.language));
	fs.symlinkSync(path.join(root, 'web/node_modules'), path.join(folder, 'node_modules'));
	for (const [i, s] of code.entries()) {
		const free = entry(TYPESCRIPT, s);
		fs.writeFileSync(path.join(folder, `block${i}.tsx`), `${free} export {};\n${s.text}\n`);
	}
	fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({
		extends: path.join(root, 'web/tsconfig.json'),
		compilerOptions: {
			noUnusedLocals: false, typeRoots: [path.join(root, 'web/node_modules/@types')],
			paths: {
				'/sdk/confab-client.js': [path.join(root, 'web/client/src/index.ts')],
				'livekit-server-sdk': [path.join(root, 'test/node_modules/livekit-server-sdk')],
			},
		},
		include: ['*.tsx', path.join(root, 'web/css.d.ts')],
	}));
	const done = spawnSync(path.join(root, 'web/node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
	const named = done.stdout.replaceAll(/block(\d+)\.tsx\((\d+)/g, (_, i, line) => `${code[i].file}(${code[i].line + Number(line) - 2}`);
	assert.equal(done.status, 0, named);
	assert.ok(code.length >= 7);
});

test('C compiles against the header', () => {
	const code = all.filter((s) => s.language === 'c');
	for (const s of code) {
		entry(C, s);
		const file = path.join(folder, 'block.c');
		fs.writeFileSync(file, `#include <confab/confab.h>
void provide_token(void *arg, confab_token_request *request);
void on_open(void *arg, const confab_rpc_invocation *invocation, confab_rpc_request *request);
void answer_text(const char *identity, const char *text);
void block(confab_client *client, confab_client_options options, confab_error error, confab_user user, void *arg, confab_call *call, confab_track *camera,
	confab_frame frame, const confab_event *e, const confab_event *event, const char *const *ids, char *access_token, char *answer,
	const confab_attribute *attributes, confab_stats stats, confab_file snapshot, confab_messages *messages, int64_t id,
	confab_stream *stream, uint64_t size, const void *piece, size_t n);
void block(confab_client *client, confab_client_options options, confab_error error, confab_user user, void *arg, confab_call *call, confab_track *camera,
	confab_frame frame, const confab_event *e, const confab_event *event, const char *const *ids, char *access_token, char *answer,
	const confab_attribute *attributes, confab_stats stats, confab_file snapshot, confab_messages *messages, int64_t id,
	confab_stream *stream, uint64_t size, const void *piece, size_t n)
{
#line ${s.line} "${s.file}"
${s.text}
}
`);
		const done = spawnSync('cc', ['-std=c99', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Wno-unused-but-set-parameter', '-Wno-unused-variable', '-Werror', '-fsyntax-only', '-I', path.join(root, 'include'), file], { encoding: 'utf8' });
		assert.equal(done.status, 0, done.stderr);
	}
	assert.ok(code.length >= 10);
});

test("the server API's first lines run", async () => {
	const s = snippet('docs/server-api.md', 'js', 'RoomServiceClient');
	const text = s.text.replace("import { RoomServiceClient } from 'livekit-server-sdk';", '').replace('https://calls.example', daemon.url);
	const run = Object.getPrototypeOf(async () => {}).constructor('RoomServiceClient', 'apiKey', 'apiSecret', text);
	// nobody of that name is in the room: only the last line may say so
	await assert.rejects(run(serverSdk.RoomServiceClient, apiKey, apiSecret), (error) => error.code === 'not_found');
	const rooms = new serverSdk.RoomServiceClient(daemon.url, apiKey, apiSecret);
	const [hall] = await rooms.listRooms(['hall']);
	assert.deepEqual([hall.emptyTimeout, hall.maxParticipants], [600, 20]);
});

test("the widget's hash is what the server takes", async () => {
	const s = snippet('docs/widget.md', 'js', 'createHmac');
	const secret = confab(['widget', 'secret', '--data', daemon.data], '', { CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }).trim();
	const hash = Function('crypto', 'secret', 'userId', `${s.text}; return hash`)(crypto, secret, '42');
	const answer = await fetch(`${daemon.url}/api/v1/widget/session`, {
		method: 'POST', headers: { 'Content-Type': 'application/json', Origin: 'https://shop.example' },
		body: JSON.stringify({ customer: { id: '42', hash, name: 'Ann Lee' } }),
	});
	assert.equal(answer.status, 201, await answer.text());
});

/** GitHub's name of a heading. */
const anchor = (heading) => heading.trim().toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
const headings = (file) => [...read(file).matchAll(/^#+ (.*)$/gm)].map((m) => anchor(m[1].replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')));

test('links between the documents lead somewhere', () => {
	const dead = [];
	for (const file of documents()) {
		for (const [, target] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
			if (/^[a-z]+:/.test(target)) continue;
			const [name, heading] = target.split('#');
			const to = name ? path.normalize(path.join(path.dirname(file), decodeURIComponent(name))) : file;
			if (!fs.existsSync(path.join(root, to))) dead.push(`${file}: ${target}`);
			else if (heading !== undefined && !headings(to).includes(heading)) dead.push(`${file}: ${target} (no such heading)`);
		}
	}
	assert.deepEqual(dead, []);
});

test('files and folders that are named exist', () => {
	const top = new Set(['src', 'test', 'docs', 'web', 'tools', 'api', 'bench', 'examples', 'fuzz', 'include', 'proto']);
	const missing = [];
	for (const file of documents()) {
		if (file === 'CHANGELOG.md') continue; // says what was
		for (const [, name] of read(file).matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?)`/g)) {
			if (top.has(name.split('/')[0]) && !/^api\/.*\.test\.mjs$/.test(name) && !fs.existsSync(path.join(root, name))) missing.push(`${file}: ${name}`);
		}
		for (const [, name] of read(file).matchAll(/`((?:unit|sim|api|e2e|interop|netns)\/[\w./-]+\.(?:c|mjs))`/g)) {
			if (!fs.existsSync(path.join(root, 'test', name))) missing.push(`${file}: test/${name}`);
		}
	}
	assert.deepEqual(missing, []);
});

test('every requirement has a row in security.md', () => {
	const rows = read('docs/security.md').split('\n').filter((line) => line.startsWith('| '));
	const numbered = new Set();
	for (const row of rows) {
		const cells = row.split('|');
		for (const [, first, last] of cells[1].matchAll(/\bR(\d+)(?:-R(\d+))?\b/g)) {
			for (let n = Number(first); n <= Number(last ?? first); n++) numbered.add(n);
			if (Number(first)) assert.match(cells.at(-2), /\.test\.(mjs|ts)|test_\w+\.c|fuzz_|stage|by hand|none|its table comes/, row);
		}
	}
	const missing = Array.from({ length: 78 }, (_, i) => i + 1).filter((n) => !numbered.has(n));
	assert.deepEqual(missing, []);
});

test("the table of flags is confabd's", () => {
	const help = execFileSync(path.join(buildFolder, 'confabd'), ['--help', 'all'], { encoding: 'utf8' });
	const flags = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((m) => m[1]))].sort();
	const documented = flags(read('docs/self-hosting.md').split('\n').filter((line) => line.startsWith('| `--')).map((line) => line.split('|')[1]).join('\n'), /`(--[a-z-]+)/g);
	const real = flags(help, /^ {2}(--[a-z-]+)/gm).filter((flag) => !['--help', '--version', '--config'].includes(flag));
	assert.deepEqual(documented, real);
	// and no document names one that is not there
	const known = new Set([...flags(help, /(--[a-z-]+)/g)]);
	const wrong = [];
	for (const file of ['README.md', ...documents().filter((name) => /^docs\/[\w-]+\.md$/.test(name))])
		for (const [, line] of read(file).matchAll(/confabd((?:[^\n`]|\\\n)*)/g))
			for (const [flag] of line.matchAll(/--[a-z-]+/g)) if (!known.has(flag)) wrong.push(`${file}: ${flag}`);
	assert.deepEqual(wrong, []);
});

test("confab's commands that the documents name are there", () => {
	const help = confab(['--help', 'all']);
	const commands = [...help.matchAll(/^ {2}confab ([a-z]+(?: [a-z]+)?)/gm)].map((m) => m[1]);
	const wrong = [];
	for (const file of documents().filter((name) => name !== 'CHANGELOG.md')) {
		for (const [, words] of read(file).matchAll(/(?:^|[\s`/$])confab ((?:user|data|link|token|widget|load|doctor)\b[a-z ]*)/g)) {
			if (!commands.some((command) => words === command || words.startsWith(`${command} `))) wrong.push(`${file}: confab ${words}`);
		}
	}
	assert.deepEqual(wrong, []);
});
