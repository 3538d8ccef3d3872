// SPDX-License-Identifier: Apache-2.0
// A push service on loopback, and the browser's half of Web Push: checks the signature (RFC 8292) and opens what was
// sent (RFC 8291), with Node's cryptography.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const hkdf = (key, salt, info, n) => Buffer.from(crypto.hkdfSync('sha256', key, salt, info, n));

/** What a browser's PushManager makes. */
export class Browser {
	#keys = crypto.createECDH('prime256v1');
	#auth = crypto.randomBytes(16);

	constructor(endpoint) {
		this.endpoint = endpoint;
		this.point = this.#keys.generateKeys();
	}

	get subscription() {
		return { endpoint: this.endpoint, keys: { p256dh: this.point.toString('base64url'), auth: this.#auth.toString('base64url') } };
	}

	/** One record of aes128gcm, as the JSON in it. */
	open(body) {
		const salt = body.subarray(0, 16);
		assert.ok(body.length <= body.readUInt32BE(16), 'one record');
		assert.equal(body[20], 65, 'length of the key id');
		const sender = body.subarray(21, 86);
		const ikm = hkdf(this.#keys.computeSecret(sender), this.#auth, Buffer.concat([Buffer.from('WebPush: info\0'), this.point, sender]), 32);
		const decipher = crypto.createDecipheriv('aes-128-gcm', hkdf(ikm, salt, 'Content-Encoding: aes128gcm\0', 16), hkdf(ikm, salt, 'Content-Encoding: nonce\0', 12));
		decipher.setAuthTag(body.subarray(-16));
		const text = Buffer.concat([decipher.update(body.subarray(86, -16)), decipher.final()]);
		assert.equal(text.at(-1), 2, 'delimiter of the last record');
		return JSON.parse(text.subarray(0, -1).toString());
	}
}

/** The claims of `Authorization: vapid t=…, k=…`, when the signature is good and the key the expected one. */
export function openVapid(header, publicKey) {
	const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(header);
	assert.equal(key, publicKey);
	const point = Buffer.from(key, 'base64url');
	const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
	const [head, claims, signature] = token.split('.');
	const good = crypto.verify('sha256', Buffer.from(`${head}.${claims}`), { key: jwk, format: 'jwk', dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
	assert.ok(good, 'signature of the VAPID token');
	assert.equal(JSON.parse(Buffer.from(head, 'base64url')).alg, 'ES256');
	return JSON.parse(Buffer.from(claims, 'base64url'));
}

/**
 * Takes all and answers 201, or what `next` has first: [[status, headers]]; 410 where the path is in `gone`.
 * {origin, seen: [{path, headers, body, at}], gone, next, until(count), close()}.
 */
export async function startPushService() {
	const service = { seen: [], gone: new Set(), next: [] };
	const server = http.createServer(async (req, res) => {
		const chunks = [];
		for await (const chunk of req) chunks.push(chunk);
		service.seen.push({ path: req.url, headers: req.headers, body: Buffer.concat(chunks), at: Date.now() });
		const [status, headers = {}] = service.next.shift() ?? [service.gone.has(req.url) ? 410 : 201];
		res.writeHead(status, headers).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	service.origin = `http://127.0.0.1:${server.address().port}`;
	service.until = async (count) => {
		for (const end = Date.now() + 20000; service.seen.length < count; await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, `${service.seen.length} of ${count} pushes came`);
		return service.seen;
	};
	service.close = () => {
		server.closeAllConnections();
		server.close();
	};
	return service;
}

/**
 * Chromium of the tests has no push service: what PushManager asks of it is answered here, and nothing else is replaced. The
 * subscription is kept as a browser keeps it, for every page of the origin. `subscription` is Browser's.
 */
export const stubPushManager = (context, subscription) =>
	context.addInitScript((given) => {
		const KEY = 'test.push.key';
		const make = () => {
			const text = localStorage.getItem(KEY);
			if (text === null) return null;
			const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
			return {
				...given,
				options: { userVisibleOnly: true, applicationServerKey: bytes.buffer },
				toJSON: () => given,
				unsubscribe: async () => {
					localStorage.removeItem(KEY);
					return true;
				},
			};
		};
		if (typeof PushManager === 'undefined') return;
		PushManager.prototype.getSubscription = async () => make();
		PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
			if (!userVisibleOnly || Notification.permission !== 'granted') throw new DOMException('Registration failed - permission denied', 'NotAllowedError');
			localStorage.setItem(KEY, applicationServerKey);
			return make();
		};
	}, subscription);

/** Hands the worker of the page's origin what a push service would: text, as DevTools does. */
export async function connectWorker(page) {
	const { origin } = new URL(page.url());
	const session = await page.context().newCDPSession(page);
	let registrationId;
	const active = new Set(); // registrations; what reaches a worker before it is active is lost
	session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
		for (const { registrationId: id, status } of versions) if (status === 'activated') active.add(id);
	});
	session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
		for (const { registrationId: id, scopeURL, isDeleted } of registrations) if (scopeURL === `${origin}/` && !isDeleted) registrationId = id;
	});
	await session.send('ServiceWorker.enable');
	return async (payload) => {
		for (const end = Date.now() + 20000; !active.has(registrationId); await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, 'no service worker is active');
		await takingTurns(page);
		await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: typeof payload === 'string' ? payload : JSON.stringify(payload) });
	};
}

/**
 * The service worker of the page's origin, in which showing and looking take turns: Chromium forgets for good what is shown in
 * the moment in which it is asked for all there is.
 */
async function takingTurns(page) {
	const worker = page.context().serviceWorkers().at(-1);
	await worker.evaluate(() => {
		if (self.turn) return;
		const show = self.registration.showNotification;
		self.turn = Promise.resolve();
		self.inTurn = (work) => {
			const done = self.turn.then(work);
			self.turn = done.catch(() => {});
			return done;
		};
		self.registration.showNotification = (...args) => self.inTurn(() => show.apply(self.registration, args));
	});
	return worker;
}

/** What the page's service worker has on screen. */
export const notices = async (page) =>
	(await takingTurns(page)).evaluate(() => self.inTurn(async () =>
		(await self.registration.getNotifications()).map(({ title, body, tag, lang, icon, requireInteraction, silent, actions, data }) => ({
			title, body, tag, lang, icon: icon && new URL(icon).pathname, requireInteraction, silent, actions: (actions ?? []).map(({ action, title: text }) => [action, text]), data,
		}))));
