// SPDX-License-Identifier: Apache-2.0
// R20: the log, at its most talkative and in both forms, has none of the secrets that a day has seen, nothing of what people
// write, and no line that somebody else made.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, test } from 'node:test';
import WebSocket from 'ws';
import { Client } from '../lib/client.mjs';
import { apiKey, apiSecret, confab, startConfabd } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { at, enterRoom, PASSWORD, startWithPeople } from '../lib/people.mjs';
import { endAll, Talk } from '../lib/talk.mjs';

after(endAll);

const FAKE = '\r\n2026-01-01T00:00:00.000Z error fake it was me\u001b[31m\u009b31m\u202e';

/** Bytes as they are; resolves when the server has closed, or after a second. */
const send = (daemon, bytes) =>
	new Promise((resolve) => {
		const socket = net.connect(daemon.port, daemon.host, () => socket.write(bytes));
		setTimeout(() => socket.destroy(), 1000);
		socket.on('error', () => {}).on('data', () => {}).on('close', resolve);
	});

/** Does what people and servers do with secrets, rightly and wrongly; returns those secrets by name. */
async function useSecrets(daemon, people) {
	const secrets = { 'API secret': apiSecret, 'the password': PASSWORD };
	const { ann, boss } = people;
	secrets['a session'] = decodeURIComponent(ann.cookie.split('=')[1]);
	secrets['a sign-in link'] = new URL(daemon.links.user).hash.slice(1);
	const guest = new Client(daemon.url);
	await guest.openLink(daemon.links.user);
	await guest.openLink(daemon.links.user).catch(() => {}); // used up
	secrets['a new password'] = 'another password of nobody';
	secrets['a wrong password'] = 'this was meant for elsewhere';
	assert.equal((await ann.raw('POST', '/api/auth/login', { body: { userId: 'ann', password: secrets['a wrong password'] } })).status, 401);
	assert.equal((await ann.raw('POST', '/api/auth/login', { body: { userId: secrets['a wrong password'], password: 'x' } })).status, 401);
	assert.equal((await ann.call('POST', '/api/auth/password', { password: PASSWORD, new_password: secrets['a new password'] })).status, 200);

	const token = (await ann.call('POST', '/api/video-call/token', { userId: 'ann' })).body.token;
	secrets['a user token'] = token.split('.')[2];
	const visitor = (await new Client(daemon.url).call('POST', '/api/v1/guest', { user: { name: 'G' } })).body;
	secrets["a guest's token"] = visitor.token.split('.')[2];
	const expired = sign({ user_id: 'ann', iat: now() - 100, exp: now() - 50 });
	secrets['an expired token'] = expired.split('.')[2];
	for (const bearer of [token, visitor.token, expired, `${token}x`]) {
		const sdk = new Client(daemon.url);
		await sdk.raw('GET', '/api/v1/conversations', { headers: { authorization: `Bearer ${bearer}` } });
		await sdk.raw('GET', `/api/v1/conversations?token=${bearer}`);
		const stream = await sdk.events({ token: bearer });
		stream.socket.terminate();
	}

	const joined = await ann.call('POST', at('default', 'secret-call', 'join'), { create: true });
	const media = joined.body.credentials.token;
	secrets['a media token'] = media.split('.')[2];
	const room = await enterRoom(daemon, joined);
	await fetch(`${daemon.url}/rtc/validate?access_token=${media}`);
	await fetch(`${daemon.url}/rtc/validate?access_token=${media}x`);
	await fetch(`${daemon.url}/twirp/livekit.RoomService/ListRooms`, { method: 'POST', headers: { authorization: `Bearer ${media}`, 'content-type': 'application/json' }, body: '{}' });
	room.socket.close();

	secrets['a message'] = 'The treasure lies under the third oak';
	assert.equal((await ann.call('POST', '/api/v1/conversations/ann/messages', { text: secrets['a message'], client_id: 'm' })).status, 201);
	await boss.raw("GET", `/api/v1/search?q=${encodeURIComponent(secrets["a message"])}`);
	return secrets;
}

/** Whatever people may name themselves, ask for and send: none of it begins a line. */
async function beHostile(daemon, people) {
	const { ann } = people;
	await ann.raw('POST', '/api/auth/name', { body: { name: FAKE } });
	await ann.raw('POST', '/api/auth/login', { body: { userId: FAKE, password: FAKE } });
	await ann.raw('GET', `/api/v1/conversations/${encodeURIComponent(FAKE)}/messages`);
	await ann.raw('POST', at('default', 'x', 'join'), { body: { create: true, data: { custom: { name: FAKE } } } });
	await send(daemon, `GET /\u001b[31m%0d%0aerror%20fake HTTP/1.1\r\nHost: x\r\nUser-Agent: \u001b[31mfake\r\nX-Forwarded-For: \u001b[31mfake\r\n\r\n`);
	await send(daemon, `\u0016\u0003\u0001${FAKE}`);
	for (const identity of [FAKE, '"quoted\\']) {
		const token = sign({ iss: apiKey, sub: identity, name: identity, nbf: now() - 5, exp: now() + 60, metadata: identity, video: { roomJoin: true, room: `room${identity}` } });
		const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/rtc?access_token=${token}&protocol=17`);
		await new Promise((resolve) => socket.on('message', resolve).on('error', resolve).on('close', resolve));
		socket.close();
	}
}

/** A call with media, whose SDP has passwords, too. */
async function talk(daemon) {
	const both = [];
	for (const id of ['bob', 'boss']) {
		const t = new Talk(daemon.url);
		await t.connect(id, sign({ user_id: id, iat: now() - 5, exp: now() + 600 }));
		await t.ok('call default loud');
		await t.ok('join');
		both.push(t);
	}
	await both[0].ok('publish');
	await both[0].ok('sound 25');
	for (const t of both) await t.end();
}

for (const json of [false, true])
	test(`the log${json ? ' as JSON' : ''} tells no secret, and its lines are its own`, { timeout: 120_000 }, async () => {
		const { daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', boss: 'admin' }, { args: ['--log-level', 'debug', ...(json ? ['--log-json'] : [])] });
		let secrets;
		try {
			const link = confab(['link', 'create', '--user', 'bob', '--url', daemon.url, '--data', daemon.data]).trim();
			secrets = await useSecrets(daemon, people);
			secrets['a link of the command line'] = link.split('#')[1];
			await beHostile(daemon, people);
			await talk(daemon);
		} finally {
			await daemon.stop();
		}
		const log = daemon.log().split('--- stderr\n')[1];
		const lines = log.trimEnd().split('\n');
		assert.ok(lines.length > 30, `${lines.length} lines`);
		for (const [name, secret] of Object.entries(secrets))
			for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64url'), JSON.stringify(secret).slice(1, -1)])
				assert.ok(!log.includes(form), `${name} is in the log: ${lines.find((line) => line.includes(form))}`);
		assert.doesNotMatch(log, /ice-pwd|ice-ufrag|a=candidate|a=fingerprint|c2Vzc2lvbg|__Host-/);
		for (const line of lines) {
			// eslint-disable-next-line no-control-regex
			assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/, JSON.stringify(line));
			if (!json) {
				assert.match(line, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (error|warn|info|debug) [a-z0-9-]+ ./, line);
				assert.doesNotMatch(line, /^2026-01-01T/);
				continue;
			}
			const entry = JSON.parse(line);
			assert.deepEqual(Object.keys(entry), ['time', 'level', 'topic', 'text']);
			assert.equal(new Date(entry.time).toISOString(), entry.time);
			assert.ok(['error', 'warn', 'info', 'debug'].includes(entry.level) && entry.topic !== 'fake' && entry.text !== '', line);
		}
	});
