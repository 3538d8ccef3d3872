// SPDX-License-Identifier: Apache-2.0
// The demo's admin over TLS, whose certificate a fetch of Node would not take.
import http2 from 'node:http2';
import WebSocket from 'ws';
import { checkEvent } from './contract.mjs';

/** Signs the admin in with the link, opens the event socket, and answers its first frame. `trust`: {ca}, or {rejectUnauthorized: false}. */
export async function firstEventOverTls(daemon, trust) {
	const origin = new URL(daemon.links.admin).origin;
	const options = { ...trust, host: '127.0.0.1' };
	const session = http2.connect(origin, options);
	const cookie = await new Promise((resolve, reject) => {
		session.on('error', reject);
		const stream = session.request({ ':path': '/api/auth/link', ':method': 'POST', 'content-type': 'application/json', origin });
		stream.on('response', (got) => resolve(got['set-cookie'][0].split(';')[0]));
		stream.on('error', reject);
		stream.end(JSON.stringify({ token: new URL(daemon.links.admin).hash.slice(1) }));
	});
	session.close();
	const socket = new WebSocket(`wss://127.0.0.1:${daemon.port}/api/v1/events`, { ...trust, headers: { cookie } });
	const first = await new Promise((resolve, reject) => {
		socket.once('open', () => socket.send('{"type":"connect"}'));
		socket.once('message', (data) => resolve(JSON.parse(String(data))));
		socket.once('error', reject);
	});
	socket.close();
	checkEvent(first);
	return first;
}
