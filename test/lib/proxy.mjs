// SPDX-License-Identifier: Apache-2.0
// A way to the daemon's HTTP port that can be cut, as a network does it; media does not pass here.
import { once } from 'node:events';
import net from 'node:net';

/** `cut` ends what is open; while `closed`, nothing new gets through either. Ends with the test. */
export async function startProxy(t, daemon) {
	const open = new Set();
	const proxy = { closed: false, cut: () => [...open].forEach((socket) => socket.destroy()) };
	const server = net.createServer((near) => {
		if (proxy.closed) return near.destroy();
		const far = net.connect(daemon.port, daemon.host);
		for (const [socket, other] of [[near, far], [far, near]]) {
			open.add(socket);
			socket.on('error', () => other.destroy());
			socket.on('close', () => {
				open.delete(socket);
				other.destroy();
			});
			socket.pipe(other);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => {
		proxy.cut();
		server.close();
	});
	proxy.url = `ws://127.0.0.1:${server.address().port}`;
	return proxy;
}
