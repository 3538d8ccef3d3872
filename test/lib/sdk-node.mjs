// SPDX-License-Identifier: Apache-2.0
// The SDK in Node, bundled from its source: clients of the real daemon without a browser.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { apiKey, root } from './confabd.mjs';
import { now, sign } from './jwt.mjs';

/** {module, connect(id, options): a connected client, end()}. */
export async function loadSdk() {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-sdk-'));
	execFileSync('npx', ['--no-install', 'esbuild', 'client/src/index.ts', '--bundle', '--format=esm', '--platform=node', '--splitting', '--out-extension:.js=.mjs', `--outdir=${folder}`],
		{ cwd: path.join(root, 'web'), stdio: ['ignore', 'ignore', 'pipe'] });
	const module = await import(pathToFileURL(path.join(folder, 'index.mjs')));
	globalThis.WebSocket ??= WebSocket;
	const clients = [];
	const quiet = { debug() {}, info() {}, warn() {}, error() {} };
	return {
		module,
		async connect(id, options, before) {
			const client = new module.VideoClient({ apiKey, options: { logger: quiet, ...options } });
			clients.push(client);
			before?.(client);
			await client.connectUser({ id }, () => sign({ user_id: id, iat: now() - 5, exp: now() + 600 }));
			return client;
		},
		async end() {
			await Promise.all(clients.map((client) => client.disconnectUser()));
			fs.rmSync(folder, { recursive: true });
		},
	};
}
