// SPDX-License-Identifier: Apache-2.0
// Every public method of @confab/client and every event of api/openapi.yaml, and a test that names it.
//   node tools/surface.mjs            prints the table: what, test, file
//   node tools/surface.mjs --check    says only what has none; ends with 1 when there is something
// A test names a method when it calls it on a receiver of the right name (call, other.call, window.sdk.call(…), …), and
// an event when its type stands there as a string. What helpers do outside of tests does not count.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const ts = createRequire(path.join(root, 'web/package.json'))('typescript');
const yaml = createRequire(path.join(root, 'test/package.json'))('yaml');
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const src = 'web/client/src';

// class or interface, its file, and what its objects are called in tests
const device = '(?:camera|microphone|screenShare|device)';
const state = (name) => `(?:${name})\\.state`;
const surface = [
	['client', `${src}/client.ts`, 'VideoClient', '(?:\\w*[cC]lient\\w*|VideoClient)'],
	['client.state', `${src}/client.ts`, 'ClientState', state('\\w*[cC]lient\\w*')],
	['call', `${src}/call/call.ts`, 'Call', '(?:\\w*[cC]all\\w*|handle|call\\([^()]*\\))'],
	['call.state', `${src}/call/state.ts`, 'CallState', state('\\w*[cC]all\\w*|call\\([^()]*\\)')],
	['call.permissionsContext', `${src}/call/permissions.ts`, 'PermissionsContext', 'permissionsContext'],
	['camera/microphone/screenShare', `${src}/devices/manager.ts`, 'DeviceManager', device],
	['….state', `${src}/devices/state.ts`, 'DeviceState', state(device)],
	['camera', `${src}/devices/camera.ts`, 'CameraManager', 'camera'],
	['camera.state', `${src}/devices/camera.ts`, 'CameraState', state('camera')],
	['microphone.state', `${src}/devices/microphone.ts`, 'MicrophoneState', state('microphone')],
	['speaker', `${src}/devices/speaker.ts`, 'SpeakerManager', 'speaker'],
	['speaker.state', `${src}/devices/speaker.ts`, 'SpeakerState', state('speaker')],
	['client.chat', `${src}/chat/api.ts`, 'ChatApi', 'chat'],
	['client.operator', `${src}/operator.ts`, 'OperatorApi', 'operator'],
	['client.support', `${src}/support/api.ts`, 'SupportApi', 'support'],
	['client.support', `${src}/support/customer.ts`, 'CustomerApi', 'support'],
];

const isHidden = (member) =>
	!member.name || ts.isPrivateIdentifier(member.name) || ts.isConstructorDeclaration(member) ||
	(ts.getModifiers(member) ?? []).some((m) => m.kind === ts.SyntaxKind.PrivateKeyword || m.kind === ts.SyntaxKind.ProtectedKeyword) ||
	ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');

/** The public members of a class: {name, called}. */
function membersOf(file, name) {
	const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
	const found = new Map();
	let there = false;
	source.forEachChild((node) => {
		if (!(ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) || node.name?.text !== name) return;
		there = true;
		const parts = node.members.flatMap((member) => [member, ...(ts.isConstructorDeclaration(member) ? member.parameters.filter((p) => ts.isParameterPropertyDeclaration(p, member)) : [])]);
		for (const member of parts) {
			if (isHidden(member)) continue;
			const called = ts.isMethodDeclaration(member) || ts.isMethodSignature(member) ||
				(member.type && ts.isFunctionTypeNode(member.type)) || (member.initializer && ts.isArrowFunction(member.initializer));
			found.set(member.name.text, { name: member.name.text, called: Boolean(called) });
		}
	});
	if (!there) throw new Error(`${file} has no ${name}: tell tools/surface.mjs where it is now`);
	return [...found.values()];
}

function events() {
	const all = [];
	for (const form of yaml.parse(read('api/openapi.yaml')).components.schemas.Event.oneOf) {
		const { const: one, enum: several } = form.properties.type;
		all.push(...(one ? [one] : several));
	}
	return all;
}

function filesOf(folder, ends) {
	return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		const file = `${folder}/${entry.name}`;
		if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(file, ends);
		return entry.name.endsWith(ends) ? [file] : [];
	});
}

/** The tests of a file: [{name, file, text}]. */
function testsOf(file) {
	const text = read(file);
	const heads = file.endsWith('.c')
		? [...text.matchAll(/^static void (\w+)\(void \*\*state\)/gm)]
		: [...text.matchAll(/^\t*(?: {2})*(?:await )?(?:t\.)?(?:test|it)\(\s*(['`"])((?:\\.|(?!\1).)*)\1/gm)];
	return heads.map((head, i) => ({ name: head[2] ?? head[1], file, text: text.slice(head.index, heads[i + 1]?.index) }));
}

const tests = [
	...['web/client/test', 'web/react/test'].flatMap((folder) => filesOf(folder, '.test.ts').concat(filesOf(folder, '.test.tsx'))),
	...['test/e2e', 'test/interop', 'test/api'].flatMap((folder) => filesOf(folder, '.test.mjs')),
	...filesOf('test/unit/control', '.c'),
].flatMap(testsOf);
const script = tests.filter((test) => !test.file.endsWith('.c'));

const rows = [];
const look = (what, among, pattern) => rows.push({ what, test: among.find((test) => pattern.test(test.text)) });
for (const [label, file, name, receiver] of surface) {
	for (const member of membersOf(file, name)) {
		const shown = `${label}.${member.name}${member.called ? '()' : ''}`;
		// chains may break: `call\n.join()`; an observable is subscribed to or read
		look(shown, script, new RegExp(`\\b${receiver}!?\\??\\s*\\.${member.name.replace('$', '\\$')}${member.called ? '\\??\\(' : '\\b'}`.replace('\\$\\b', '\\$')));
	}
}
for (const type of events()) look(`event ${type}`, tests, new RegExp(`['"\`]${type.replaceAll('.', '\\.')}['"\`]`));

const bare = rows.filter((row) => !row.test);
if (!process.argv.includes('--check')) {
	console.log('| method or event | test | file |\n|---|---|---|');
	for (const { what, test } of rows) console.log(`| \`${what}\` | ${test ? test.name.replaceAll('|', '\\|') : '**none**'} | ${test?.file ?? ''} |`);
}
if (bare.length) console.error(`No test names ${bare.map((row) => row.what).join(', ')}`);
console.log(`${rows.length} methods and events, ${rows.length - bare.length} with a test`);
process.exit(bare.length ? 1 : 0);
