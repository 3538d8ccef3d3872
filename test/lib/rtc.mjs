// SPDX-License-Identifier: Apache-2.0
// Participants made of @livekit/rtc-node, each in its own process; and media tokens made by livekit-server-sdk, as an
// outsider's server would make them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AccessToken } from 'livekit-server-sdk';
import { apiKey, apiSecret } from './confabd.mjs';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'rtc-peer.mjs');

/** An access token. options: key, secret, ttl (s), name, grant (more or other fields of the video grant), attributes. */
export function mediaToken(room, identity, options = {}) {
	const token = new AccessToken(options.key ?? apiKey, options.secret ?? apiSecret, {
		identity,
		name: options.name ?? identity,
		ttl: options.ttl ?? 600,
		attributes: options.attributes,
	});
	token.addGrant({ roomJoin: true, room, ...options.grant });
	return token.toJwt();
}

export class RtcPeer {
	events = [];
	#waiting = new Set();
	#calls = new Map();
	#id = 0;
	#output = '';

	/** Starts the process; it is not connected to anything yet. */
	static async start(label = 'peer') {
		const peer = new RtcPeer();
		peer.label = label;
		peer.child = fork(script, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' });
		peer.exited = once(peer.child, 'exit').then(([code, signal]) => ({ code, signal }));
		for (const stream of [peer.child.stdout, peer.child.stderr]) stream.on('data', (chunk) => (peer.#output += chunk));
		peer.child.on('message', (message) => peer.#onMessage(message));
		peer.exited.then(({ code, signal }) => {
			const error = new Error(`${label}: process ended (code ${code}, signal ${signal})\n${peer.#output}`);
			for (const call of peer.#calls.values()) call.reject(error);
			for (const wait of peer.#waiting) wait.reject(error);
		});
		await peer.event('ready', () => true, 20000);
		return peer;
	}

	#onMessage(message) {
		if (message.event) {
			this.events.push(message);
			for (const wait of [...this.#waiting]) if (wait.name === message.event && wait.check(message)) wait.resolve(message);
			return;
		}
		const call = this.#calls.get(message.id);
		this.#calls.delete(message.id);
		if (message.error === undefined) call?.resolve(message.result);
		else call?.reject(new Error(message.error));
	}

	/** Calls a method of rtc-peer.mjs. */
	call(method, ...args) {
		return this.#timed(`${method}()`, 30000, (resolve, reject) => {
			const id = ++this.#id;
			this.#calls.set(id, { resolve, reject });
			this.child.send({ id, method, args }, (error) => error && reject(error));
		});
	}

	/** The first event of that name, past or coming, that passes the check. */
	async event(name, check = () => true, ms = 30000) {
		const past = this.events.find((event) => event.event === name && check(event));
		return past ?? this.next(name, check, ms);
	}

	/** The same, but only what comes from now on. */
	next(name, check = () => true, ms = 30000) {
		let wait;
		return this.#timed(`event ${name}`, ms, (resolve, reject) => {
			wait = { name, check, resolve, reject };
			this.#waiting.add(wait);
		}).finally(() => this.#waiting.delete(wait));
	}

	async #timed(what, ms, start) {
		let timer;
		try {
			return await new Promise((resolve, reject) => {
				timer = setTimeout(() => {
					const seen = this.events.slice(-12).map((event) => JSON.stringify(event)).join('\n  ');
					reject(new Error(`${this.label}: no ${what} within ${ms} ms; last events:\n  ${seen}\n${this.#output}`));
				}, ms);
				start(resolve, reject);
			});
		} finally {
			clearTimeout(timer);
		}
	}

	/** Leaves the room if it is in one, and ends the process; fails when the process had crashed. */
	async close() {
		if (this.child.exitCode !== null || this.child.signalCode !== null) {
			const ended = await this.exited;
			throw new Error(`${this.label}: process had ended (${JSON.stringify(ended)})\n${this.#output}`);
		}
		await this.call('leave').catch(() => {});
		this.child.disconnect();
		const timer = setTimeout(() => this.child.kill('SIGKILL'), 10000);
		await this.exited;
		clearTimeout(timer);
	}

	/** The process dies at once: what the network sees when a laptop is closed. */
	async kill() {
		this.child.kill('SIGKILL');
		await this.exited;
	}
}
