// SPDX-License-Identifier: Apache-2.0
// Starts a real confabd on free ports with a fresh data folder, and stops it again. Every test of the Node side
// talks to the daemon through this file.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import dgram from 'node:dgram';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const buildFolder = path.resolve(root, process.env.CONFAB_BUILD ?? 'build');

// Known to the tests, so that they can look for it where it must not be.
export const apiKey = 'test-key';
export const apiSecret = 'test-secret-that-no-answer-may-ever-contain-0123456789';

export async function freeTcpPort(host) {
	const server = net.createServer().listen(0, host);
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

async function freeUdpPorts(host, count) {
	for (let attempt = 0; attempt < 50; attempt++) {
		const base = 20000 + Math.floor(Math.random() * 30000);
		const sockets = [];
		try {
			for (let i = 0; i < count; i++) {
				const socket = dgram.createSocket('udp4');
				sockets.push(socket);
				socket.bind(base + i, host);
				await Promise.race([
					once(socket, 'listening'),
					once(socket, 'error').then(([error]) => Promise.reject(error)),
				]);
			}
			return base;
		} catch {
			// taken: try other ones
		} finally {
			for (const socket of sockets) socket.close();
		}
	}
	throw new Error(`no ${count} free UDP ports on ${host}`);
}

/**
 * Starts the daemon and waits until it answers.
 * options: demo (true), host, rtcIps, args (more flags), env, data (a folder to keep), netns (run inside this namespace),
 * prefix (words in front of the command), stderr (a descriptor that takes the log instead of log()).
 * Returns {url, wsUrl, host, port, data, links: {admin, user}, log(), pid, rss(), own(), stop(), kill()}.
 */
export async function startConfabd(options = {}) {
	for (let attempt = 0; ; attempt++) {
		try {
			return await startOnce(options);
		} catch (error) {
			// another test may have taken a port between our look and the daemon's: media's, too, when the web's is given
			if (attempt === 4 || !/is in use by another program|Address already in use/.test(error.message)) throw error;
		}
	}
}

async function startOnce(options) {
	const host = options.host ?? '127.0.0.1';
	const data = options.data ?? fs.mkdtempSync(path.join(os.tmpdir(), 'confab-test-'));
	const port = options.port ?? (await freeTcpPort(options.netns ? '127.0.0.1' : host));
	const rtcIps = options.rtcIps ?? ['127.0.0.1']; // []: as the daemon chooses
	const rtcHost = rtcIps[0]?.split('/').at(-1) ?? '127.0.0.1';
	const rtcPort = await freeUdpPorts(options.netns ? '127.0.0.1' : rtcHost, 2);
	const rtcTcpPort = options.rtcTcpPort ?? (await freeTcpPort(options.netns ? '127.0.0.1' : rtcHost));
	const binary = path.join(buildFolder, 'confabd');
	const args = [
		'--data', data, '--listen', `${host}:${port}`, '--rtc-port', String(rtcPort), '--rtc-tcp-port', String(rtcTcpPort),
		...rtcIps.flatMap((ip) => ['--rtc-ip', ip]),
		...(options.demo === false ? [] : ['--demo']),
		...(options.args ?? []),
	];
	const command = [...(options.prefix ?? []), ...(options.netns ? ['ip', 'netns', 'exec', options.netns] : []), binary, ...args];
	const child = spawn(command[0], command.slice(1), {
		stdio: ['ignore', 'pipe', options.stderr ?? 'pipe'],
		env: { ...process.env, CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret, CONFAB_MESSAGE_RATE: '0' /* tests are in a hurry */, ...(options.env ?? {}) },
	});
	let stdout = '';
	let stderr = '';
	child.stdout.on('data', (chunk) => (stdout += chunk));
	child.stderr?.on('data', (chunk) => (stderr += chunk));
	const exited = once(child, 'close') /* not exit: the last words come after it */.then(([code, signal]) => ({ code, signal }));
	const log = () => `--- stdout\n${stdout}\n--- stderr\n${stderr}`;

	const wanted = options.demo === false ? /listening|Confab/ : /signin#\S+[\s\S]*signin#\S+/;
	const deadline = Date.now() + 20000;
	while (!wanted.test(stdout)) {
		const ended = await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 25))]);
		if (ended) throw new Error(`confabd ended at start: ${JSON.stringify(ended)}\n${log()}`);
		if (Date.now() > deadline) {
			child.kill('SIGKILL');
			throw new Error(`confabd did not start in 20 s\n${log()}`);
		}
	}
	const found = [...stdout.matchAll(/(https?:\/\/([^\s/:]+|\[[^\]]+\])(?::\d+)?\/signin#\S+)/g)].map((m) => m[1]);

	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), 15000);
		const ended = await exited;
		clearTimeout(timer);
		if (!options.data) fs.rmSync(data, { recursive: true, force: true });
		if (ended.code !== 0) throw new Error(`confabd did not stop cleanly: ${JSON.stringify(ended)}\n${log()}`);
		if (/ERROR: (Address|Leak)Sanitizer|runtime error:/.test(stderr)) throw new Error(`sanitizer report\n${log()}`);
	};
	return {
		url: `http://${host}:${port}`,
		wsUrl: `ws://${host}:${port}`,
		host,
		port,
		rtcPort,
		data,
		links: { admin: found[0], user: found[1] },
		pid: child.pid,
		child,
		exited,
		log,
		/** Resident memory in KiB; `own`: without the files' pages, which come and go as code is run (base/trim.h). */
		rss: () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]),
		own: () => Number(/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]),
		stop,
		kill: () => child.kill('SIGKILL'),
	};
}

/** Runs build/confab with arguments and standard input; throws with its stderr when it fails. */
export function confab(args, input = '', env = {}) {
	return execFileSync(path.join(buildFolder, 'confab'), args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
}
