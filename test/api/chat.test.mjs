// SPDX-License-Identifier: Apache-2.0
// Conversations, messages and the event socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { startWithStranger } from '../lib/people.mjs';

let daemon, user, admin, stranger;
before(async () => {
	({ daemon, user, admin, stranger } = await startWithStranger());
});
after(() => daemon.stop());

const say = (client, text, id = `c${Math.random()}`, to = 'user') =>
	client.call('POST', `/api/v1/conversations/${to}/messages`, { text, client_id: id });
const read = (client, query = '', to = 'user') => client.call('GET', `/api/v1/conversations/${to}/messages${query}`);

test('an admin sees every conversation, a customer only theirs', async () => {
	const all = await admin.call('GET', '/api/v1/conversations');
	assert.deepEqual(all.body.conversations.map((c) => c.id).sort(), ['eve', 'user']);
	const own = await user.call('GET', '/api/v1/conversations');
	assert.deepEqual(own.body.conversations.map((c) => c.id), ['user']);
});

test('a message is stored, arrives live on both sides, and is there after a reload', async () => {
	const [a, u] = [await admin.events(), await user.events()];
	assert.equal(a.first.type, 'connection.ok');
	assert.equal(u.first.me.id, 'user');
	const sent = await say(user, 'Hello, <b>is</b> anybody there? 👋');
	assert.equal(sent.status, 201);
	for (const stream of [a, u]) {
		const event = await stream.next('message.new');
		assert.deepEqual(event.message, sent.body.message);
	}
	assert.equal((await read(admin)).body.messages.at(-1).text, 'Hello, <b>is</b> anybody there? 👋');
	const list = await admin.call('GET', '/api/v1/conversations');
	assert.equal(list.body.conversations[0].id, 'user');
	assert.equal(list.body.conversations[0].last_message.id, sent.body.message.id);
	await Promise.all([a.close(), u.close()]);
});

test('repeating a client_id gives the first message again', async () => {
	const first = await say(user, 'once', 'same-id');
	const second = await say(user, 'twice?', 'same-id');
	assert.equal(second.status, 200);
	assert.deepEqual(second.body.message, first.body.message);
	assert.equal((await read(user)).body.messages.filter((m) => m.client_id === 'same-id').length, 1);
});

test("a stranger's conversation does not exist for them", async () => {
	for (const answer of [await read(stranger), await say(stranger, 'let me in'), await read(stranger, '', 'nobody-here')]) {
		assert.equal(answer.status, 404);
		assert.equal(answer.body.code, 16);
	}
	const nobody = await read(new Client(daemon.url));
	assert.equal(nobody.status, 401);
});

test("a stranger's socket hears nothing of it", async () => {
	const eve = await stranger.events();
	await say(user, 'between us');
	await say(stranger, 'my own', 'eve-1', 'eve');
	const event = await eve.next('message.new');
	assert.equal(event.conversation_id, 'eve');
	await eve.heard();
	assert.equal(eve.seen.filter((e) => e.type === 'message.new').length, 1);
	await eve.close();
});

test('what was missed is replayed after the cursor, in order and once', async () => {
	const first = await user.events();
	const { cursor } = first.first;
	await first.close();
	const texts = Array.from({ length: 20 }, (_, i) => `missed ${i}`);
	for (const text of texts) await say(admin, text);
	const again = await user.events({ since: cursor });
	await say(admin, 'live');
	await again.next((event) => event.message?.text === 'live');
	const seen = again.seen.filter((event) => event.type === 'message.new');
	assert.deepEqual(seen.map((event) => event.message.text), [...texts, 'live']);
	assert.ok(seen.every((event, i) => i === 0 || event.cursor > seen[i - 1].cursor));
	await again.close();
});

test('pages go backwards without gaps', async () => {
	const all = [];
	let before;
	for (;;) {
		const page = (await read(user, `?limit=7${before ? `&before=${before}` : ''}`)).body;
		assert.ok(page.messages.length <= 7);
		all.unshift(...page.messages);
		if (!page.has_more) break;
		before = page.messages[0].id;
	}
	assert.deepEqual(all.map((m) => m.id), [...new Set(all.map((m) => m.id))].sort((a, b) => a - b));
	assert.equal(all.length, (await read(user, '?limit=100')).body.messages.length);
	for (const query of ['?limit=0', '?limit=101', '?limit=abc', '?before=-1', '?before=x'])
		assert.equal((await read(user, query)).status, 400, query);
});

test('empty, huge and malformed messages are refused with their cause', async () => {
	for (const text of ['', '   \n']) assert.equal((await say(user, text)).status, 400);
	const huge = await say(user, 'x'.repeat(10001));
	assert.equal(huge.status, 413);
	assert.match(huge.body.message, /10,?000/);
	const number = await user.call('POST', '/api/v1/conversations/user/messages', { text: 5, client_id: 'a' });
	assert.equal(number.status, 400);
	const noId = await user.call('POST', '/api/v1/conversations/user/messages', { text: 'x' });
	assert.match(noId.body.message, /client_id/);
});

test('the server owns identity and order', async () => {
	const sent = await user.call('POST', '/api/v1/conversations/user/messages', {
		text: 'mine', client_id: 'owner', user: { id: 'admin' }, id: 1, created_at: '2000-01-01T00:00:00.000Z',
	});
	assert.equal(sent.body.message.user.id, 'user');
	assert.ok(sent.body.message.id > 1);
	assert.notEqual(sent.body.message.created_at, '2000-01-01T00:00:00.000Z');
});

test('messages survive a crash of the daemon', async () => {
	const data = `${daemon.data}/crash`;
	const first = await startConfabd({ data });
	const before = new Client(first.url);
	await before.openLink(first.links.user);
	const sent = await say(before, 'do not lose me');
	assert.equal(sent.status, 201);
	first.kill();
	await first.exited;
	const second = await startConfabd({ data });
	const afterwards = new Client(second.url);
	await afterwards.openLink(second.links.user);
	assert.equal((await read(afterwards)).body.messages.at(-1).id, sent.body.message.id);
	await second.stop();
});

test('the event socket: tokens, foreign origins, silence and nonsense', async () => {
	const sdk = new Client(daemon.url);
	const token = sign({ user_id: 'user', iat: now() - 5, exp: now() + 60 });
	const ok = await sdk.events({ token });
	assert.equal(ok.first.me.id, 'user');
	await ok.close();

	const expired = await sdk.events({ token: sign({ user_id: 'user', iat: now() - 500, exp: now() - 100 }) });
	assert.equal(expired.first.error.code, 40);
	assert.equal((await expired.closed).code, 4001);

	const nobody = await sdk.events();
	assert.equal(nobody.first.error.code, 5);
	assert.equal((await nobody.closed).code, 4003);

	// on another origin's page the cookie, which the browser sends along, is nobody's; a token counts
	for (const origin of ['http://evil.example', 'null']) {
		const foreign = await user.events({ headers: { origin } });
		assert.equal(foreign.first.error?.code, 5, origin);
		await foreign.closed;
		const withToken = await sdk.events({ token, headers: { origin } });
		assert.equal(withToken.first.me?.id, 'user');
		await withToken.close();
	}

	const nonsense = await user.events({ first: '{"type": 5' });
	assert.equal(nonsense.first.type, 'connection.error');
	await nonsense.closed;
});

test('pages of other origins may use tokens, and read the answers', async () => {
	const origin = 'https://shop.example';
	const address = `${daemon.url}/api/v1/conversations`;
	const preflight = await fetch(address, {
		method: 'OPTIONS',
		headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
	});
	assert.equal(preflight.status, 204);
	assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
	assert.equal(preflight.headers.get('access-control-allow-credentials'), null); // never with the cookie
	assert.match(preflight.headers.get('access-control-allow-headers'), /authorization/);
	const token = sign({ user_id: 'user', iat: now() - 5, exp: now() + 60 });
	const answer = await fetch(address, { headers: { origin, authorization: `Bearer ${token}` } });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.get('access-control-allow-origin'), '*');
	const refused = await fetch(address, { headers: { origin, authorization: 'Bearer x' } });
	assert.equal(refused.status, 401);
	assert.equal(refused.headers.get('access-control-allow-origin'), '*'); // the reason can be read
	// by this the SDK measures how far the server is; it sends the token with it
	const health = `${daemon.url}/healthz`;
	const asked = await fetch(health, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } });
	for (const { headers } of [asked, await fetch(health, { headers: { origin, authorization: `Bearer ${token}` } })]) assert.equal(headers.get('access-control-allow-origin'), '*');
});

test('logout closes the sockets of that session', async () => {
	confab(['user', 'add', 'bob', '--role', 'user', '--name', 'Bob', '--password-stdin', '--data', daemon.data], 'bob has a password\n');
	const bob = new Client(daemon.url);
	await bob.call('POST', '/api/auth/login', { userId: 'bob', password: 'bob has a password' });
	const stream = await bob.events();
	await bob.call('POST', '/api/auth/logout', {});
	const { code } = await Promise.race([stream.closed, new Promise((_, reject) => setTimeout(() => reject(new Error('still open')), 10_000))]);
	assert.ok(code >= 4000 || code === 1008, `closed with ${code}`);
});
