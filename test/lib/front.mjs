// SPDX-License-Identifier: Apache-2.0
// What stands in front of the daemon.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { pause } from './until.mjs';

/** Listens on a free port of loopback, which it resolves with, and ends with the test. */
export async function listen(t, server) {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return server.address().port;
}

/** WebSockets go on to the daemon, with the headers that `pass` makes of theirs. */
export function passUpgrades(server, daemon, pass = ({ headers }) => headers) {
	server.on('upgrade', (request, socket, head) => {
		const lines = Object.entries(pass(request)).map(([name, value]) => `${name}: ${value}`);
		const far = net.connect(daemon.port, daemon.host, () => {
			far.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
			far.write(head);
			far.pipe(socket).pipe(far);
		});
		for (const end of [far, socket]) end.on('error', () => [far, socket].forEach((one) => one.destroy()));
	});
}

/**
 * The daemon as another version of itself: what it serves, with a number in the page and in the service worker. Ends with the test.
 * {url, version: what is served now, slow: the ms between the head of a page and its body}.
 */
export async function startFront(t, daemon) {
	const front = { version: 1, slow: 0 };
	const server = http.createServer(async (request, response) => {
		const marked = { '/': (text) => text.replace('<head>', `<head><meta name="version" content="${front.version}">`), '/sw.js': (text) => `${text}\n// ${front.version}` }[request.url];
		const headers = { ...request.headers };
		if (marked) for (const name of ['accept-encoding', 'if-none-match']) delete headers[name];
		const asked = http.request({ host: daemon.host, port: daemon.port, method: request.method, path: request.url, headers });
		request.pipe(asked);
		asked.on('error', () => response.destroy());
		const [answer] = await once(asked, 'response').catch(() => []);
		if (!answer) return;
		if (!marked) {
			response.writeHead(answer.statusCode, answer.rawHeaders);
			answer.pipe(response);
			return;
		}
		const chunks = [];
		for await (const chunk of answer) chunks.push(chunk);
		const { 'content-length': _length, etag: _etag, ...rest } = answer.headers;
		response.writeHead(answer.statusCode, rest);
		response.flushHeaders();
		if (request.url === '/') await pause(front.slow);
		response.end(marked(Buffer.concat(chunks).toString()));
	});
	passUpgrades(server, daemon);
	front.url = `http://127.0.0.1:${await listen(t, server)}`;
	return front;
}
