// SPDX-License-Identifier: Apache-2.0
// A certificate authority (RFC 8555) for tests: it checks what a real one checks (signatures, nonces, who asks), looks at the proof itself, over
// HTTP or TLS, and signs with openssl. It misbehaves when told to.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';

const openssl = (args, options) => execFileSync('openssl', args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
const decoded = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());
const sha256 = (text) => crypto.createHash('sha256').update(text).digest();

class Problem extends Error {
	constructor(status, type, detail, headers = {}) {
		super(detail);
		Object.assign(this, { status, type: `urn:ietf:params:acme:error:${type}`, headers });
	}
}

/** RFC 7638, of a P-256 key. */
export const thumbprint = ({ crv, kty, x, y }) => sha256(JSON.stringify({ crv, kty, x, y })).toString('base64url');

/**
 * Starts one. `ports`: {http, tls} of the server whose names are to be proved, whatever they are; may be set later.
 * `wrong`: what goes wrong, once each, by name: {badNonce, limited: seconds, challenge: text, chain, cut: path, busy}.
 * `life`: [seconds before now, seconds after] of the certificates that it gives. `hold`: a promise that orders wait for.
 * `asked`: the paths of all requests. `proved`: how each name was.
 */
export async function startAuthority(ports = {}) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-acme-'));
	const file = (name) => path.join(folder, name);
	const pair = (name, subject, more) => openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', `/CN=${subject}`,
		...more, '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)]);
	pair('root', 'Test Root', []);
	pair('web', 'localhost', ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']);
	fs.writeFileSync(file('index.txt'), '');
	fs.writeFileSync(file('index.txt.attr'), 'unique_subject = no\n');
	fs.writeFileSync(file('ca.cnf'), `[ca]\ndefault_ca = it\n[it]\ndatabase = ${file('index.txt')}\nrand_serial = yes\nnew_certs_dir = ${folder}\ncertificate = ${file('root.crt')}
private_key = ${file('root.key')}\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\nx509_extensions = leaf\n[any]\ncommonName = optional\n[leaf]\nbasicConstraints = CA:false\n`);

	const nonces = new Set();
	const accounts = []; // {jwk, contact}
	const orders = [];
	const ca = { ports, wrong: {}, life: [600, 90 * 86400], hold: null, asked: [], proved: [], accounts, caFile: file('web.crt'), root: fs.readFileSync(file('root.crt'), 'utf8'), rootFile: file('root.crt') };
	const take = (name) => {
		const value = ca.wrong[name];
		delete ca.wrong[name];
		return value;
	};
	const nonce = () => {
		const fresh = crypto.randomBytes(16).toString('base64url');
		nonces.add(fresh);
		return fresh;
	};

	/** The account and the payload of a signed request; all of RFC 8555 6.2 to 6.5. */
	function open(url, type, body) {
		assert.equal(type, 'application/jose+json');
		const jws = JSON.parse(body);
		const head = decoded(jws.protected);
		assert.deepEqual([head.alg, head.url], ['ES256', url]);
		assert.equal(Boolean(head.jwk), url.endsWith('/account/new'), 'the key itself is for a new account only');
		const account = head.kid ? accounts[Number(head.kid.split('/').at(-1))] : { jwk: head.jwk };
		if (!account) throw new Problem(400, 'accountDoesNotExist', 'no such account');
		const key = crypto.createPublicKey({ key: account.jwk, format: 'jwk' });
		const good = crypto.verify('sha256', Buffer.from(`${jws.protected}.${jws.payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(jws.signature, 'base64url'));
		if (!good) throw new Problem(403, 'unauthorized', 'the signature does not hold');
		if (!nonces.delete(head.nonce) || take('badNonce')) throw new Problem(400, 'badNonce', 'that nonce is old');
		return { account, payload: jws.payload ? decoded(jws.payload) : null };
	}

	/** RFC 8555 8.3: the page on the name's port 80. */
	async function proveByPage(name, token, wanted) {
		const request = http.get({ host: '127.0.0.1', port: ca.ports.http, path: `/.well-known/acme-challenge/${token}`, headers: { host: name } });
		const [answer] = await once(request, 'response');
		let text = '';
		for await (const piece of answer) text += piece;
		if (answer.statusCode !== 200 || text !== wanted) throw new Problem(403, 'unauthorized', `the page of ${name} says ${answer.statusCode} ${text.slice(0, 80)}`);
	}

	/** RFC 8737: a certificate of its own on the name's port 443. */
	async function proveByTls(name, wanted) {
		const socket = tls.connect({ host: '127.0.0.1', port: ca.ports.tls, servername: name, ALPNProtocols: ['acme-tls/1'], rejectUnauthorized: false });
		await once(socket, 'secureConnect');
		const shown = socket.getPeerX509Certificate();
		const protocol = socket.alpnProtocol;
		socket.destroy();
		const identifier = Buffer.concat([Buffer.from('06082b0601050507011f0101ff042204' + '20', 'hex'), sha256(wanted)]);
		if (protocol !== 'acme-tls/1' || shown.subjectAltName !== `DNS:${name}` || !shown.raw.includes(identifier)) throw new Problem(403, 'unauthorized', `port 443 of ${name} shows another certificate`);
	}

	async function check(authorization, type, account) {
		const { token } = authorization;
		const wanted = `${token}.${thumbprint(account.jwk)}`;
		try {
			const wrong = take('challenge');
			if (wrong) throw new Problem(403, 'connection', wrong);
			await (type === 'http-01' ? proveByPage(authorization.name, token, wanted) : proveByTls(authorization.name, wanted));
			authorization.status = 'valid';
			ca.proved.push(type);
		} catch (error) {
			authorization.status = 'invalid';
			authorization.error = { type: error.type ?? 'urn:ietf:params:acme:error:connection', detail: error.message, status: 403 };
		}
	}

	function sign(csr, names) {
		const id = crypto.randomBytes(6).toString('hex');
		fs.writeFileSync(file(`${id}.der`), csr);
		const text = openssl(['req', '-inform', 'DER', '-in', file(`${id}.der`), '-verify', '-noout', '-text']).toString();
		const asked = [...text.matchAll(/DNS:([^,\s]+)/g)].map((m) => m[1]);
		assert.deepEqual(asked.sort(), [...names].sort(), 'the request is for the names of the order');
		openssl(['req', '-inform', 'DER', '-in', file(`${id}.der`), '-out', file(`${id}.csr`)]);
		const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, '');
		openssl(['ca', '-batch', '-config', file('ca.cnf'), '-notext', '-in', file(`${id}.csr`), '-out', file(`${id}.crt`), '-subj', '/CN=site', '-startdate', at(-ca.life[0]), '-enddate', at(ca.life[1])]);
		if (take('chain')) return fs.readFileSync(file('web.crt'), 'utf8'); // of another key
		return fs.readFileSync(file(`${id}.crt`), 'utf8') + ca.root;
	}

	const shown = (order) => ({ status: order.status, identifiers: order.names.map((value) => ({ type: 'dns', value })), authorizations: order.authorizations.map((_, i) => `${ca.url}/authorization/${order.id}/${i}`),
		finalize: `${ca.url}/finalize/${order.id}`, ...(order.certificate ? { certificate: `${ca.url}/certificate/${order.id}` } : {}), ...(order.error ? { error: order.error } : {}) });

	async function answer(where, { account, payload }) {
		const [, what, id, index] = where.split('/');
		const order = orders[Number(id)];
		if (what === 'account') {
			assert.equal(payload.termsOfServiceAgreed, true);
			let at = accounts.findIndex(({ jwk }) => thumbprint(jwk) === thumbprint(account.jwk));
			const made = at < 0;
			if (made) at = accounts.push({ jwk: account.jwk, contact: payload.contact }) - 1;
			return { status: made ? 201 : 200, location: `${ca.url}/account/${at}`, json: { status: 'valid' } };
		}
		if (what === 'order' && id === 'new') {
			const limited = take('limited');
			if (limited) throw new Problem(429, 'rateLimited', 'too many certificates for this name', { 'retry-after': String(limited) });
			await ca.hold;
			const names = payload.identifiers.map(({ value }) => value);
			const made = { id: orders.length, status: 'pending', names, authorizations: names.map((name) => ({ name, status: 'pending', token: crypto.randomBytes(16).toString('base64url') })) };
			orders.push(made);
			return { status: 201, location: `${ca.url}/order/${made.id}`, json: shown(made) };
		}
		if (what === 'order') return { json: shown(order) };
		if (what === 'authorization' || what === 'challenge') {
			const authorization = order.authorizations[Number(index)];
			const type = where.split('/')[4];
			if (what === 'challenge') {
				assert.deepEqual(payload, {});
				void check(authorization, type, account).then(() => {
					if (order.authorizations.every(({ status }) => status === 'valid')) order.status = 'ready';
					if (authorization.status === 'invalid') order.status = 'invalid';
				});
			}
			const challenges = ['http-01', 'tls-alpn-01', 'dns-01'].map((kind) => ({ type: kind, status: authorization.status, token: authorization.token, url: `${ca.url}/challenge/${order.id}/${index}/${kind}`,
				...(authorization.error ? { error: authorization.error } : {}) }));
			return { json: what === 'challenge' ? challenges.find((one) => one.type === type) : { status: authorization.status, identifier: { type: 'dns', value: authorization.name }, challenges } };
		}
		if (what === 'finalize') {
			if (order.status !== 'ready') throw new Problem(403, 'orderNotReady', `it is ${order.status}`);
			order.certificate = sign(Buffer.from(payload.csr, 'base64url'), order.names);
			order.status = 'valid';
			return { json: { ...shown(order), status: 'processing', certificate: undefined }, headers: { 'retry-after': '1' } };
		}
		if (what === 'certificate') return { text: order.certificate };
		throw new Problem(404, 'malformed', where);
	}

	const server = https.createServer({ key: fs.readFileSync(file('web.key')), cert: fs.readFileSync(file('web.crt')) }, async (request, response) => {
		const where = request.url;
		ca.asked.push(where);
		let body = '';
		for await (const piece of request) body += piece;
		if (ca.wrong.cut === where) {
			take('cut');
			request.socket.destroy();
			return;
		}
		const reply = (status, headers, text) => response.writeHead(status, { 'replay-nonce': nonce(), 'content-type': 'application/json', ...headers }).end(request.method === 'HEAD' ? '' : text);
		try {
			if (where === '/directory') {
				reply(200, {}, JSON.stringify({ newNonce: `${ca.url}/nonce`, newAccount: `${ca.url}/account/new`, newOrder: `${ca.url}/order/new`, meta: { termsOfService: `${ca.url}/terms` } }));
			} else if (where === '/nonce') {
				reply(200, {}, '');
			} else {
				const got = await answer(where, open(`${ca.url}${where}`, request.headers['content-type'], body));
				reply(got.status ?? 200, { ...(got.location ? { location: got.location } : {}), ...got.headers }, got.text ?? JSON.stringify(got.json));
			}
		} catch (error) {
			const problem = error instanceof Problem ? error : new Problem(400, 'malformed', error.message);
			reply(problem.status, { 'content-type': 'application/problem+json', ...problem.headers }, JSON.stringify({ type: problem.type, detail: problem.message, status: problem.status }));
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	ca.url = `https://localhost:${server.address().port}`;
	ca.port = server.address().port;
	ca.args = ['--acme-directory', `${ca.url}/directory`, '--acme-ca', ca.caFile];
	ca.stop = () => {
		server.closeAllConnections();
		server.close();
		fs.rmSync(folder, { recursive: true, force: true });
	};
	return ca;
}
