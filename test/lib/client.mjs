// SPDX-License-Identifier: Apache-2.0
// A signed-in (or anonymous) client of the API. Every answer is checked against the contract and searched for the secret.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { apiSecret } from './confabd.mjs';
import { checkAnswer, checkClientFrame, checkEvent } from './contract.mjs';

export function assertNoSecret(text, where) {
	assert.ok(!text.includes(apiSecret), `the API secret is in ${where}`);
	assert.ok(!text.includes(Buffer.from(apiSecret).toString('base64').replace(/=+$/, '')), `the API secret (base64) is in ${where}`);
}

export class Client {
	constructor(base) {
		this.base = base;
		this.cookie = undefined;
		this.token = undefined;
	}

	/** Sends one request. `body` may be a string (sent as it is) or a value (sent as JSON). */
	async raw(method, path, { body, headers = {} } = {}) {
		const all = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
		if (this.cookie && !('cookie' in all)) all.cookie = this.cookie;
		if (this.token && !('authorization' in all)) all.authorization = `Bearer ${this.token}`;
		const answer = await fetch(this.base + path, {
			method,
			headers: all,
			body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
			redirect: 'manual',
		});
		const text = await answer.text();
		assertNoSecret(text, `the answer to ${method} ${path}`);
		assertNoSecret(JSON.stringify([...answer.headers]), `the headers of ${method} ${path}`);
		const cookie = answer.headers.get('set-cookie');
		if (cookie) {
			this.setCookie = cookie;
			this.cookie = /=;|Max-Age=0/.test(cookie) ? undefined : cookie.split(';')[0];
		}
		return { status: answer.status, headers: answer.headers, text };
	}

	/** The same, with the JSON body parsed and checked against api/openapi.yaml. */
	async call(method, path, body, headers) {
		const answer = await this.raw(method, path, { body, headers });
		let json;
		try {
			json = JSON.parse(answer.text);
		} catch {
			assert.fail(`${method} ${path} ${answer.status} is not JSON: ${answer.text.slice(0, 200)}`);
		}
		checkAnswer(method, path.split('?')[0], answer.status, json);
		return { ...answer, body: json };
	}

	/** Signs in with a printed one-time link. */
	async openLink(link) {
		return this.call('POST', '/api/auth/link', { token: new URL(link).hash.slice(1) });
	}

	/** Opens the event socket; resolves once connection.ok or connection.error came. */
	async events({ since, token, device_id, headers = {}, first, autoPong } = {}) {
		const socket = new WebSocket(this.base.replace(/^http/, 'ws') + '/api/v1/events', {
			headers: { ...(this.cookie ? { cookie: this.cookie } : {}), ...headers },
			...(autoPong === undefined ? {} : { autoPong }),
		});
		const stream = new EventStream(socket);
		await stream.opened;
		socket.send(first ?? JSON.stringify({ type: 'connect', ...(since === undefined ? {} : { since }), ...(token ? { token } : {}), ...(device_id ? { device_id } : {}) }));
		stream.first = await stream.next((event) => event.type.startsWith('connection.'));
		return stream;
	}
}

let requests = 0;

class EventStream {
	constructor(socket) {
		this.socket = socket;
		this.seen = [];
		this.waiting = [];
		this.opened = new Promise((resolve, reject) => {
			socket.once('open', resolve);
			socket.once('unexpected-response', (_request, answer) => reject(new Error(`upgrade refused: ${answer.statusCode}`)));
			socket.once('error', reject);
		});
		this.closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
		socket.on('message', (data) => {
			assertNoSecret(String(data), 'an event');
			const event = JSON.parse(String(data));
			checkEvent(event);
			this.seen.push(event);
			this.waiting = this.waiting.filter((waiter) => !waiter(event));
		});
	}

	/** The next event that has not been given out yet and matches. */
	next(matches, ms = 30000) {
		const test = typeof matches === 'string' ? (event) => event.type === matches : matches;
		return new Promise((resolve, reject) => {
			const at = this.seen.findIndex((event) => !event.taken && test(event));
			const take = (event) => {
				Object.defineProperty(event, 'taken', { value: true });
				resolve(event);
			};
			if (at >= 0) return take(this.seen[at]);
			const timer = setTimeout(() => {
				this.waiting = this.waiting.filter((waiter) => waiter !== wait);
				reject(new Error(`no event ${matches} in ${ms} ms; seen: ${JSON.stringify(this.seen)}`));
			}, ms);
			const wait = (event) => {
				if (!test(event)) return false;
				clearTimeout(timer);
				take(event);
				return true;
			};
			this.waiting.push(wait);
		});
	}

	/** The reply to a frame that has a request_id, in the shape of call()'s answer: the frame named `reply`, or the message's own event. */
	async ask(frame) {
		this.socket.send(JSON.stringify(frame));
		const reply = await this.next((event) => event.request_id === frame.request_id);
		const { error, message, retry_after } = reply;
		assert.equal(error === undefined, message !== undefined, 'a message, or an error');
		if (error) assert.equal(error.status_code, reply.status_code);
		return { status: reply.type === 'reply' ? reply.status_code : 201, body: error ?? { message }, headers: new Headers(retry_after ? { 'retry-after': String(retry_after) } : {}), reply };
	}

	/** Sends a message over the socket; the answer is as that of POST …/messages. */
	sendMessage(conversation_id, message) {
		const frame = { type: 'message.send', request_id: `r${++requests}`, conversation_id, message };
		return this.ask(frame).then((answer) => {
			if (answer.status < 400) checkClientFrame(frame);
			return answer;
		});
	}

	/** Resolves when all that the server has told by now is in `seen`: what it answers to a frame comes behind that. For what must not be heard. */
	async heard() {
		await this.ask({ type: 'message.send', request_id: `r${++requests}`, conversation_id: 'no.such', message: { text: '', client_id: 'none' } });
	}

	close() {
		this.socket.close();
		return this.closed;
	}
}
