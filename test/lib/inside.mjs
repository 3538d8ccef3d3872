// SPDX-License-Identifier: Apache-2.0
// A test file that runs as a whole inside a network namespace of its own: Firefox gathers no loopback candidates, and
// browsers, drivers and daemon must share the namespace. The file starts itself again there; since it inherits the
// streams and the test runner's environment, its tests are counted as if they had run here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeNamespace } from './netns.mjs';

/** Returns the address inside the namespace; outside it does not return. */
export async function insideNamespace(fileUrl) {
	if (process.env.CONFAB_TEST_ADDRESS) return process.env.CONFAB_TEST_ADDRESS;
	const namespace = makeNamespace();
	let code = 1;
	try {
		const child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, fileURLToPath(fileUrl)], {
			stdio: 'inherit',
			env: { ...process.env, CONFAB_TEST_ADDRESS: namespace.address },
		});
		for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
		[code] = await once(child, 'exit');
	} finally {
		namespace.remove();
	}
	process.exit(code ?? 1);
}
