// SPDX-License-Identifier: Apache-2.0
// A page of another origin that has livekit-client from npm, unmodified, as `window.LivekitClient`.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { root } from './confabd.mjs';

const page = '<!doctype html><link rel="icon" href="data:,"><script src="livekit-client.js"></script><body>';

/** Serves it; returns {origin, close}. */
export async function startOutside() {
	const script = fs.readFileSync(path.join(root, 'test/node_modules/livekit-client/dist/livekit-client.umd.js'));
	const server = http.createServer((request, response) => {
		const isScript = request.url === '/livekit-client.js';
		response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
		response.end(isScript ? script : page);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { origin: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
