// SPDX-License-Identifier: Apache-2.0
// Forged tokens (R22): each of 45 is refused at every door, with a reason and without a stack of anything.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { apiKey, apiSecret, startConfabd } from '../lib/confabd.mjs';
import { now, sign, unsigned } from '../lib/jwt.mjs';

let daemon;
before(async () => {
	daemon = await startConfabd();
});
after(() => daemon.stop());

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const hmac = (text, secret = apiSecret, hash = 'sha256') => crypto.createHmac(hash, secret).update(text).digest('base64url');
/** header and claims as raw text, signed rightly: what is wrong is inside. */
const raw = (header, claims) => `${b64(header)}.${b64(claims)}.${hmac(`${b64(header)}.${b64(claims)}`)}`;

/** The same 45 for each kind of token; `claims` would be accepted. */
function forgeries(claims) {
	const good = sign(claims);
	const [head, body, signature] = good.split('.');
	const key = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
	const publicKey = key.publicKey.export({ type: 'spki', format: 'pem' });
	const jwk = { kty: 'oct', k: b64('attacker') };
	const withHeader = (more, secret) => sign(claims, { header: { alg: 'HS256', typ: 'JWT', ...more }, secret: secret ?? apiSecret });
	const asymmetric = (alg) => `${b64({ alg, typ: 'JWT' })}.${body}.${crypto.sign('sha256', Buffer.from(`${b64({ alg, typ: 'JWT' })}.${body}`), key.privateKey).toString('base64url')}`;
	const json = JSON.stringify(claims);
	const header = JSON.stringify({ alg: 'HS256', typ: 'JWT' });
	const flipped = `${signature.slice(0, -2)}${signature.at(-2) === 'A' ? 'B' : 'A'}${signature.at(-1)}`;
	return {
		'alg none': unsigned(claims), 'alg None': unsigned(claims, 'None'), 'alg NONE': unsigned(claims, 'NONE'), 'alg nOnE': unsigned(claims, 'nOnE'),
		'alg none with a signature': `${b64({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`, 'no alg': raw('{"typ":"JWT"}', json), 'alg null': raw('{"alg":null}', json),
		'alg a number': raw('{"alg":256}', json), 'alg empty': raw('{"alg":""}', json), 'alg hs256': raw('{"alg":"hs256"}', json),
		HS384: sign(claims, { header: { alg: 'HS384', typ: 'JWT' }, hash: 'sha384' }), HS512: sign(claims, { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }),
		RS256: asymmetric('RS256'), PS256: asymmetric('PS256'), 'RS256 signed by HMAC with the public key': sign(claims, { header: { alg: 'RS256', typ: 'JWT' }, secret: publicKey }),
		ES256: sign(claims, { header: { alg: 'ES256', typ: 'JWT' } }), EdDSA: sign(claims, { header: { alg: 'EdDSA', typ: 'JWT' } }),
		'HS256 with the public key': withHeader({}, publicKey), 'another secret': withHeader({}, 'some other secret, but long enough'), 'the API key as secret': withHeader({}, apiKey),
		'an empty secret': withHeader({}, '\0'), 'a cut secret': withHeader({}, apiSecret.slice(0, -1)),
		'jwk in the header': withHeader({ jwk }, 'attacker'), 'jwk, rightly signed': withHeader({ jwk }), jku: withHeader({ jku: 'http://127.0.0.1/keys' }), x5u: withHeader({ x5u: 'http://127.0.0.1/cert' }),
		x5c: withHeader({ x5c: ['MIIB'] }), crit: withHeader({ crit: ['exp'] }), 'crit of unknown': withHeader({ crit: ['b64'], b64: false }),
		'kid of another key': withHeader({ kid: 'other' }), 'kid a path': withHeader({ kid: '../../dev/null' }, '\0'), 'kid SQL': withHeader({ kid: "' UNION SELECT 'x" }),
		'typ of something else': withHeader({ typ: 'at+jwt' }), zip: withHeader({ zip: 'DEF' }),
		'no signature': `${head}.${body}.`, 'two parts': `${head}.${body}`, 'four parts': `${good}.${signature}`, 'signature flipped': `${head}.${body}.${flipped}`,
		'signature cut': good.slice(0, -3), 'claims changed': `${head}.${b64({ ...claims, extra: 1 })}.${signature}`, 'padding': `${head}.${body}.${signature}=`,
		'alg twice': raw('{"alg":"none","alg":"HS256"}', json), 'claims twice': raw(header, `${json.slice(0, -1)},"exp":99999999999}`),
		'claims not JSON': raw(header, 'x'), 'bad UTF-8': `${head}.${Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]).toString('base64url')}.${hmac('x')}`,
	};
}

const user = { user_id: 'user', iat: now() - 5, exp: now() + 3600 };
const media = { iss: apiKey, sub: 'someone', nbf: now() - 5, exp: now() + 3600, video: { roomJoin: true, room: 'r', roomAdmin: true, roomList: true } };

/** Each door: a status for a token. */
const bearer = (token) => ({ authorization: `Bearer ${token}` });
const doors = {
	'GET conversations': { claims: user, ok: 200, knock: async (token) => (await fetch(`${daemon.url}/api/v1/conversations`, { headers: bearer(token) })).status },
	'POST join': { claims: user, ok: 200, knock: async (token) => (await fetch(`${daemon.url}/api/v1/call/default/forged/join`, { method: 'POST', body: '{"create":true}', headers: { ...bearer(token), 'content-type': 'application/json' } })).status },
	'the event socket': {
		claims: user, ok: 'connection.ok',
		knock: async (token) => {
			const stream = await new Client(daemon.url).events({ token });
			await stream.close();
			return stream.first.type === 'connection.error' ? 401 : stream.first.type;
		},
	},
	'/rtc': { claims: media, ok: 200, knock: async (token) => (await fetch(`${daemon.url}/rtc/validate?access_token=${encodeURIComponent(token)}`)).status },
	'the server API': { claims: media, ok: 200, knock: async (token) => (await fetch(`${daemon.url}/twirp/livekit.RoomService/ListRooms`, { method: 'POST', body: '{}', headers: { ...bearer(token), 'content-type': 'application/json' } })).status },
};

for (const [name, { claims, ok, knock }] of Object.entries(doors))
	test(`45 forgeries at ${name}`, async () => {
		const all = Object.entries(forgeries(claims));
		assert.equal(all.length, 45);
		assert.equal(await knock(sign(claims)), ok, 'the real one opens');
		for (const [forgery, token] of all) assert.equal(await knock(token), 401, forgery);
	});

test('no class of token opens what another is for', async () => {
	for (const door of Object.values(doors)) {
		const other = door.claims === user ? media : user;
		assert.equal(await door.knock(sign(other)), 401);
		assert.equal(await door.knock(sign({ ...other, ...door.claims })), 401, 'both in one');
	}
});
