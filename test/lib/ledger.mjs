// SPDX-License-Identifier: Apache-2.0
// Writers that keep a book of what the server acknowledged and what it told them, and the checker that compares the
// book with what is there: acknowledged and heard ⊆ stored, nothing twice, in order (R29, R31).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import WebSocket from 'ws';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Ledger {
	acknowledged = new Map(); // client id → message id
	heard = new Map(); // message id → client id, from the event socket
	unsure = []; // client ids whose answer never came: they go out again
	refused = []; // {status, code, message, retryAfter}
	bySocket = 0; // of those acknowledged, the ones that were sent over an event socket
	#serial = 0;
	checkedTo = 0; // message id: it and those before are not ours, or have been read back
	#running = new Set(); // stop() of those who write
	#known = new Map(); // client id → message id, of all that was read back

	constructor(conversation) {
		this.conversation = conversation;
	}

	/** For whoever gives up in the middle: stops all who write. */
	async end() {
		await Promise.all([...this.#running].map((stop) => stop()));
	}

	/** One request on one of the writers' connections: {status, body, retryAfter}; rejects when no whole answer came. */
	#ask(agent, base, cookie, method, path, body) {
		return new Promise((resolve, reject) => {
			const text = body && JSON.stringify(body);
			const headers = { cookie, ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}) };
			const request = http.request(base + path, { method, agent, headers, timeout: 20000 }, (answer) => {
				let got = '';
				answer.setEncoding('utf8');
				answer.on('data', (chunk) => (got += chunk));
				answer.on('error', reject);
				answer.on('close', () => {
					if (!answer.complete) return reject(new Error('cut off'));
					resolve({ status: answer.statusCode, body: JSON.parse(got), retryAfter: answer.headers['retry-after'] });
				});
			});
			request.on('timeout', () => request.destroy(new Error('no answer in 20 s')));
			request.on('error', reject);
			request.end(text);
		});
	}

	/** The same of a message over the listener's socket, whose reply is a frame; undefined when it is not up. */
	#tell(line, id) {
		if (!line.up) return undefined;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => line.waiting.get(id)?.reject(new Error('no reply in 20 s')), 20000);
			const settle = (how) => (value) => {
				clearTimeout(timer);
				line.waiting.delete(id);
				how(value);
			};
			line.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
			line.socket.send(JSON.stringify({ type: 'message.send', request_id: id, conversation_id: this.conversation, message: { text: `text of ${id}`, client_id: id } }));
		});
	}

	/** Opens the listener, over which every other writer sends, too. */
	#listen(daemon, cookie) {
		const socket = new WebSocket(`${daemon.wsUrl}/api/v1/events`, { headers: { cookie } });
		const line = { socket, up: false, waiting: new Map() };
		socket.on('open', () => socket.send('{"type":"connect"}'));
		socket.on('error', () => {});
		socket.on('close', () => {
			line.up = false;
			for (const { reject } of [...line.waiting.values()]) reject(new Error('cut off'));
		});
		socket.on('message', (data) => {
			const event = JSON.parse(String(data));
			if (event.type === 'connection.ok') line.up = true;
			if (event.type === 'message.new') this.heard.set(event.message.id, event.message.client_id);
			const { request_id, error, message, status_code = 201, retry_after } = event;
			if (request_id !== undefined) line.waiting.get(request_id)?.resolve({ status: status_code, body: error ?? { message }, retryAfter: retry_after && String(retry_after) });
		});
		return line;
	}

	/** Starts `count` writers and a listener; {answers(), settled(), stop()}. They end by themselves when the server does. */
	start(daemon, cookie, count = 8) {
		let stopped = false;
		const answers = Array.from({ length: count }, () => 0); // of each writer
		const agent = new http.Agent({ keepAlive: true, maxSockets: count });
		const path = `/api/v1/conversations/${this.conversation}/messages`;
		const line = this.#listen(daemon, cookie);
		const writer = async (_, me) => {
			while (!stopped) {
				const id = this.unsure.pop() ?? `m${++this.#serial}`;
				try {
					const told = me % 2 ? this.#tell(line, id) : undefined;
					const answer = await (told ?? this.#ask(agent, daemon.url, cookie, 'POST', path, { text: `text of ${id}`, client_id: id }));
					answers[me]++;
					if (answer.status < 300) {
						if (told) this.bySocket++;
						this.acknowledged.set(id, answer.body.message.id);
						continue;
					}
					this.refused.push({ status: answer.status, ...answer.body, retryAfter: answer.retryAfter });
					this.unsure.push(id);
					await pause(20);
				} catch {
					this.unsure.push(id);
					if (daemon.child.exitCode !== null || daemon.child.signalCode !== null) return;
					await pause(5);
				}
			}
		};
		const running = Array.from({ length: count }, writer);
		const stop = async () => {
			stopped = true;
			await Promise.all(running);
			agent.destroy();
			line.socket.terminate();
			this.#running.delete(stop);
		};
		this.#running.add(stop);
		return {
			answers: () => answers.reduce((sum, n) => sum + n),
			/** Resolves once every writer has had an answer to something that it asked after this. */
			async settled() {
				const before = [...answers];
				for (const end = Date.now() + 30000; answers.some((n, i) => n < before[i] + 2); await pause(2)) {
					if (Date.now() > end) assert.fail(`no answers in 30 s: ${answers} after ${before}`);
				}
			},
			stop,
		};
	}

	/** Reads what is new since the last check and compares. Returns the number of messages stored. */
	async check(daemon, cookie) {
		const agent = new http.Agent({ keepAlive: true });
		for (let more = true; more; ) {
			const path = `/api/v1/conversations/${this.conversation}/messages?limit=100&after=${this.checkedTo}`;
			const answer = await this.#ask(agent, daemon.url, cookie, 'GET', path);
			assert.equal(answer.status, 200, JSON.stringify(answer.body));
			for (const message of answer.body.messages) {
				assert.ok(message.id > this.checkedTo, 'in order');
				assert.ok(!this.#known.has(message.client_id), `${message.client_id} is stored twice`);
				assert.equal(message.text, `text of ${message.client_id}`);
				this.#known.set(message.client_id, message.id);
				this.checkedTo = message.id;
			}
			more = answer.body.has_more;
		}
		agent.destroy();
		const lost = [...this.acknowledged].filter(([id, at]) => this.#known.get(id) !== at);
		assert.deepEqual(lost.slice(0, 10), [], `${lost.length} acknowledged messages are lost`);
		const unheard = [...this.heard].filter(([at, id]) => this.#known.get(id) !== at);
		assert.deepEqual(unheard.slice(0, 10), [], `${unheard.length} messages that people were told of are lost`);
		return this.#known.size;
	}
}

/** SQLite's own word on the file; the daemon must not run. */
export function integrity(folder, prefix = []) {
	const script = 'import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])';
	const [command, ...args] = [...prefix, 'python3', '-c', script, `${folder}/confab.db`];
	return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
