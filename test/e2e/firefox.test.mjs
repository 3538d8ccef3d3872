// SPDX-License-Identifier: Apache-2.0
// The same call in Firefox, both sides, in a network namespace. The test runs itself again inside the namespace, since
// the browser, its driver and the daemon must share it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { makeNamespace } from '../lib/netns.mjs';

test('two Firefoxes in a call', async () => {
	const namespace = makeNamespace();
	try {
		const script = fileURLToPath(new URL('../lib/firefox-call.mjs', import.meta.url));
		const child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, script, namespace.address], { stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		child.stdout.on('data', (chunk) => (output += chunk));
		child.stderr.on('data', (chunk) => (output += chunk));
		const timer = setTimeout(() => child.kill('SIGKILL'), 120000);
		const [code] = await once(child, 'exit');
		clearTimeout(timer);
		assert.equal(code, 0, output);
		assert.match(output, /both see and hear each other/);
	} finally {
		namespace.remove();
	}
});
