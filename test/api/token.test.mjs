// SPDX-License-Identifier: Apache-2.0
// The token service (M4-M9) and how user tokens are checked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiKey, confab, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { claims, now, sign, unsigned } from '../lib/jwt.mjs';

let daemon, user, admin;
before(async () => {
	daemon = await startConfabd();
	user = new Client(daemon.url);
	admin = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	await admin.openLink(daemon.links.admin);
});
after(() => daemon.stop());

test('configuration by GET and POST holds the key and nothing secret', async () => {
	for (const method of ['GET', 'POST']) {
		const answer = await new Client(daemon.url).call(method, '/api/video-call', method === 'POST' ? {} : undefined);
		assert.equal(answer.status, 200);
		assert.equal(answer.body.apiKey, apiKey);
		assert.deepEqual(answer.body.callTypes, ['default', 'audio_room', 'livestream', 'development']);
	}
});

test('a token is for the signed-in user, HS256, with user_id, iat and exp', async () => {
	const answer = await user.call('POST', '/api/video-call/token', { userId: ' USER! ' });
	assert.equal(answer.status, 200);
	assert.equal(answer.body.userId, 'user');
	assert.match(answer.headers.get('cache-control'), /no-store/);
	const body = claims(answer.body.token);
	assert.equal(body.user_id, 'user');
	assert.ok(body.iat <= now() && body.iat > now() - 60);
	assert.ok(body.exp > now() + 300 && body.exp <= now() + 3600);
	assert.deepEqual(JSON.parse(Buffer.from(answer.body.token.split('.')[0], 'base64url')), { alg: 'HS256', typ: 'JWT' });
});

test('no session 401, another id 403, not a string 400, nothing left of it 400', async () => {
	const nobody = await new Client(daemon.url).call('POST', '/api/video-call/token', { userId: 'user' });
	assert.equal(nobody.status, 401);
	const other = await user.call('POST', '/api/video-call/token', { userId: 'admin' });
	assert.equal(other.status, 403);
	assert.equal(other.body.code, 17);
	const number = await user.call('POST', '/api/video-call/token', { userId: 42 });
	assert.equal(number.status, 400);
	assert.match(number.body.message, /userId.*string/);
	const empty = await user.call('POST', '/api/video-call/token', { userId: '!!!' });
	assert.equal(empty.status, 400);
	const missing = await user.call('POST', '/api/video-call/token', {});
	assert.equal(missing.status, 400);
});

test('two accounts can never become one', () => {
	const add = (id) => confab(['user', 'add', id, '--role', 'user', '--name', id, '--password-stdin', '--data', daemon.data], 'long enough\n');
	add('ann.lee');
	assert.throws(() => add('annlee'), /annlee/);
	assert.throws(() => add('Ann Lee'), /annlee/);
	assert.throws(() => add('...'), /id/i);
});

const good = () => ({ user_id: 'user', iat: now() - 5, exp: now() + 600 });

test('the API takes our tokens and says why it refuses others', async () => {
	const ask = async (token) => {
		const sdk = new Client(daemon.url);
		sdk.token = token;
		return sdk.call('GET', '/api/v1/conversations');
	};
	assert.equal((await ask(sign(good()))).status, 200);
	const table = [
		['expired', sign({ ...good(), exp: now() - 120 }), 40],
		['not yet valid', sign({ ...good(), nbf: now() + 600 }), 41],
		['issued in the future', sign({ ...good(), iat: now() + 600 }), 42],
		['wrong secret', sign(good(), { secret: 'another secret that is long enough to be one' }), 43],
		['alg none', unsigned(good()), 5],
		['alg None', unsigned(good(), 'None'), 5],
		['alg HS512', sign(good(), { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }), 5],
		['alg RS256 signed as HMAC', sign(good(), { header: { alg: 'RS256', typ: 'JWT' } }), 5],
		['user_id is a number', sign({ ...good(), user_id: 42 }), 5],
		['no user_id', sign({ iat: now(), exp: now() + 60 }), 5],
		['no exp', sign({ user_id: 'user', iat: now() }), 5],
		['unknown user', sign({ ...good(), user_id: 'nobody-here' }), 5],
		['not a token', 'abc', 5],
		['a media token', sign({ iss: apiKey, sub: 'user:x', exp: now() + 60, video: { roomJoin: true, room: 'x' } }), 5],
	];
	for (const [name, token, code] of table) {
		const answer = await ask(token);
		assert.equal(answer.status, 401, name);
		// A forged signature may be reported as such or as a token that is not ours.
		assert.ok(answer.body.code === code || (code === 5 && answer.body.code === 43), `${name}: code ${answer.body.code}, wanted ${code}`);
	}
	assert.match((await ask(sign({ ...good(), user_id: 42 }))).body.message, /string/);
});

test('the original environment names work too', async () => {
	const secret = 'another-secret-of-more-than-thirty-two-bytes';
	const other = await startConfabd({
		env: { CONFAB_API_KEY: '', CONFAB_API_SECRET: '', NEXT_PUBLIC_STREAM_API_KEY: 'alias-key', STREAM_API_SECRET: secret },
	});
	try {
		assert.equal((await new Client(other.url).call('GET', '/api/video-call')).body.apiKey, 'alias-key');
		const sdk = new Client(other.url);
		sdk.token = sign(good(), { secret });
		assert.equal((await sdk.call('GET', '/api/v1/conversations')).status, 200);
	} finally {
		await other.stop();
	}
});

test('without them a pair is generated and kept', async () => {
	const env = { CONFAB_API_KEY: '', CONFAB_API_SECRET: '' };
	const first = await startConfabd({ env, data: `${daemon.data}/own` });
	const key = (await new Client(first.url).call('GET', '/api/video-call')).body.apiKey;
	await first.stop();
	const second = await startConfabd({ env, data: `${daemon.data}/own` });
	assert.equal((await new Client(second.url).call('GET', '/api/video-call')).body.apiKey, key);
	await second.stop();
	assert.notEqual(key, apiKey);
});
