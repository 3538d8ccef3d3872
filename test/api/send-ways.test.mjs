// SPDX-License-Identifier: Apache-2.0
// A message over the event socket and over HTTP: the same replies, the same events, the same rules.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { addPerson, startWithPeople } from '../lib/people.mjs';

let daemon, people, serial = 0;
before(async () => {
	({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cleo: 'user', dan: 'user', boss: 'admin' }));
});
after(() => daemon.stop());

const id = () => `way-${++serial}`;
const http = (client) => (conversation, fields) => client.call('POST', `/api/v1/conversations/${conversation}/messages`, fields);
/** Both ways of one person: [[name, send]], and how to end. */
async function ways(client) {
	const stream = await client.events(client.token ? { token: client.token } : {});
	return { stream, both: [['http', http(client)], ['socket', (...args) => stream.sendMessage(...args)]], close: () => stream.close() };
}
const listed = async (client, conversation) => (await client.call('GET', `/api/v1/conversations/${conversation}/messages?limit=100`)).body.messages;

test('a message: the same answer, one event for everybody, and to its sender the event is the answer', async () => {
	const { ann, boss } = people;
	const [w, other, team] = [await ways(ann), await ann.events(), await boss.events()];
	assert.deepEqual(w.stream.first.accepts, ['message.send', 'health.check']);
	await http(ann)('ann', { text: 'hello', client_id: id() }); // the first one changes the conversation's state, too
	for (const [way, send] of w.both) {
		const client_id = id();
		const answer = await send('ann', { text: `over ${way}`, client_id });
		assert.equal(answer.status, 201, JSON.stringify(answer.body));
		assert.equal(answer.body.message.client_id, client_id);
		assert.deepEqual((await listed(ann, 'ann')).at(-1), answer.body.message);
		for (const stream of [other, team]) {
			const event = await stream.next((e) => e.message?.client_id === client_id);
			assert.deepEqual([event.type, event.message, 'request_id' in event], ['message.new', answer.body.message, false]);
		}
		if (way === 'http') await w.stream.next((e) => e.message?.client_id === client_id);
		assert.equal(w.stream.seen.filter((e) => e.message?.client_id === client_id).length, 1, 'one frame');
	}
	const [a, b] = await Promise.all([w.stream.sendMessage('ann', { text: 'a', client_id: id() }), w.stream.sendMessage('ann', { text: 'b', client_id: id() })]);
	assert.ok(a.reply.cursor < b.reply.cursor && a.body.message.id < b.body.message.id, 'in order');
	await Promise.all([w.close(), other.close(), team.close()]);
});

test('a message that changes its conversation is answered beside its event', async () => {
	const eve = await addPerson(daemon, 'eve');
	const w = await ways(eve);
	const answer = await w.stream.sendMessage('eve', { text: 'the first one', client_id: 'first' });
	assert.equal(answer.status, 201);
	const event = w.stream.seen.find((e) => e.type === 'message.new');
	assert.deepEqual(event.message, answer.body.message);
	assert.equal(event.support.status, 'open');
	await w.close();
});

test('a retry gives the first message and no event, whichever way each of the two took', async () => {
	const { ann } = people;
	const w = await ways(ann);
	for (const [, first] of w.both)
		for (const [, second] of w.both) {
			const fields = { text: 'once', client_id: id() };
			const made = await first('ann', fields), again = await second('ann', { ...fields, text: 'twice' });
			assert.deepEqual([made.status, again.status, again.body], [201, 200, made.body]);
			assert.equal((await listed(ann, 'ann')).filter((m) => m.client_id === fields.client_id).length, 1);
		}
	const fields = { text: 'at once', client_id: id() };
	const both = await Promise.all([w.stream.sendMessage('ann', fields), w.stream.sendMessage('ann', fields)]);
	assert.deepEqual(both.map(({ status }) => status).sort(), [200, 201]);
	assert.deepEqual(both[0].body, both[1].body);
	await w.close();
});

test('what is refused is refused in the same words', async () => {
	const { ann, bob, boss } = people;
	const w = await ways(ann);
	assert.equal((await boss.call('PUT', '/api/v1/words', { refuse: ['Fool'], report: [] })).status, 200);
	assert.equal((await boss.call('POST', '/api/v1/channels', { type: 'group', id: 'theirs', name: 'Theirs', members: ['cleo'] })).status, 201);
	const direct = (await boss.call('POST', '/api/v1/channels', { type: 'direct', user_id: 'ann' })).body.channel.id;
	assert.equal((await boss.call('PUT', '/api/v1/blocks/ann', {})).status, 200);
	const cases = [
		[413, 22, 'ann', { text: 'x'.repeat(10001) }], [400, 4, 'ann', { text: '' }], [400, 4, 'ann', { text: 5 }], [400, 4, 'ann', {}],
		[400, 4, 'ann', { text: 'x', client_id: 5 }], [400, 4, 'ann', { text: 'x', client_id: 'with blanks' }], [400, 4, 'ann', { text: 'x', client_id: 'x'.repeat(65) }],
		[400, 4, 'ann', { text: 'x', quoted_message_id: 'x' }], [404, 16, 'ann', { text: 'x', quoted_message_id: 999999 }],
		[400, 4, 'ann', { text: 'x', private: 1 }], [403, 17, 'ann', { text: 'x', private: true }],
		[400, 4, 'ann', { text: 'x', attachments: [1] }], [400, 4, 'ann', { text: 'x', attachments: Array(11).fill('a') }], [404, 16, 'ann', { text: 'x', attachments: ['none'] }],
		[404, 16, 'bob', { text: 'x' }], [404, 16, 'nobody-here', { text: 'x' }], [404, 16, 'group.theirs', { text: 'x' }], [404, 16, '', { text: 'x' }],
		[400, 73, 'ann', { text: 'You fool' }], [403, 17, direct, { text: 'x' }],
	];
	for (const [status, code, conversation, fields] of cases) {
		const client_id = id();
		const answers = [];
		for (const [, send] of conversation === '' ? w.both.slice(1) : w.both) answers.push(await send(conversation, { client_id, ...fields }));
		for (const { status: got, body } of answers) assert.deepEqual([got, body.code], [status, code], `${conversation} ${JSON.stringify(fields).slice(0, 60)}: ${JSON.stringify(body)}`);
		if (answers[1]) assert.deepEqual(answers[0].body, answers[1].body);
	}
	assert.equal((await listed(people.boss, 'bob')).length, 0);
	await boss.call('PUT', '/api/v1/words', { refuse: [], report: [] });
	assert.equal((await http(bob)('bob', { text: 'x', client_id: id() })).status, 201);
	await w.close();
});

test('frames that are no request are answered, or close the socket before connection.ok; the rest goes on', async () => {
	const { ann } = people;
	const w = await ways(ann);
	const bad = async (text) => {
		w.stream.socket.send(text);
		return w.stream.next('reply');
	};
	for (const text of ['', '5', '[]', '{', '{"type":"message.send"}', `{"type":"message.send","request_id":"${'x'.repeat(65)}"}`, '['.repeat(1000)]) {
		const { error, request_id } = await bad(text);
		assert.deepEqual([error.status_code, error.code, request_id], [400, 4, undefined], text.slice(0, 40));
	}
	w.stream.socket.send(Buffer.from('{}')); // binary
	assert.equal((await w.stream.next('reply')).error.code, 4);
	const frame = { type: 'message.send', request_id: 'named', conversation_id: 'ann', message: { text: 'x', client_id: id() } };
	for (const change of [{ type: 'connect' }, { type: 5 }, { conversation_id: 5 }, { conversation_id: undefined }, { message: 'x' }, { message: undefined }]) {
		const { status, body } = await w.stream.ask({ ...frame, ...change });
		assert.deepEqual([status, body.code], [400, 4], JSON.stringify(change));
	}
	assert.equal((await w.stream.ask(frame)).status, 201, 'and it still works');
	w.stream.socket.send(JSON.stringify({ ...frame, message: { text: 'x'.repeat(70_000) } }));
	assert.equal((await w.stream.closed).code, 1009);

	const early = await ann.events({ first: `${JSON.stringify({ type: 'message.send' })}` });
	assert.equal(early.first.error.code, 4);
	await early.closed;
});

test('slow mode counts messages of both ways', async () => {
	const { boss, cleo } = people;
	const { id: group } = (await boss.call('POST', '/api/v1/channels', { type: 'group', id: 'slow', name: 'Slow', members: ['cleo'] })).body.channel;
	assert.equal((await boss.call('PATCH', `/api/v1/channels/${group}`, { slow_mode_s: 3600 })).status, 200);
	const w = await ways(cleo);
	const first = { text: 'one', client_id: id() };
	assert.equal((await w.stream.sendMessage(group, first)).status, 201);
	for (const [way, send] of w.both) {
		const refused = await send(group, { text: 'two', client_id: id() });
		assert.deepEqual([refused.status, refused.body.code], [429, 60], way);
		assert.match(refused.body.message, /slow mode; your next message can go in 3[56]\d\d seconds/);
		assert.match(refused.headers.get('retry-after'), /^3[56]\d\d$/);
		assert.equal((await send(group, first)).status, 200, 'a retry is no second message');
	}
	await w.close();
});

test('quotes, files and notes go both ways', async () => {
	const { boss, dan } = people;
	const [w, team] = [await ways(dan), await ways(boss)];
	for (const [way, send] of w.both) {
		const up = await dan.raw('POST', '/api/v1/conversations/dan/attachments?name=a.txt', { body: way, headers: { 'content-type': 'application/octet-stream' } });
		const { attachment } = JSON.parse(up.text);
		const asked = (await send('dan', { text: 'Where is it?', client_id: id() })).body.message;
		const { status, body: { message } } = await send('dan', { text: '', client_id: id(), quoted_message_id: asked.id, attachments: [attachment.id] });
		assert.equal(status, 201);
		assert.deepEqual([message.quoted.text, message.attachments], ['Where is it?', [attachment]]);
		assert.equal((await send('dan', { text: 'again', client_id: id(), attachments: [attachment.id] })).status, 404, 'each is sent once');
	}
	for (const [, send] of team.both) {
		const { body: { message } } = await send('dan', { text: 'a note', client_id: id(), private: true });
		assert.equal(message.private, true);
		assert.ok(!(await listed(dan, 'dan')).some((m) => m.id === message.id));
		await w.stream.heard();
		assert.ok(!w.stream.seen.some((e) => e.message?.id === message.id));
	}
	await Promise.all([w.close(), team.close()]);
});

test('a socket takes so many at once, in order, and says so of the rest', async () => {
	const { dan } = people;
	const w = await ways(dan);
	const sent = Array.from({ length: 60 }, (_, i) => w.stream.sendMessage('dan', { text: `burst ${i}`, client_id: `burst-${i}` }));
	const answers = await Promise.all(sent);
	const taken = answers.filter(({ status }) => status === 201);
	assert.ok(taken.length >= 16, `${taken.length} of 60`);
	for (const { status, body, headers } of answers) {
		if (status === 201) continue;
		assert.deepEqual([status, body.code, headers.get('retry-after')], [429, 9, '1']);
		assert.match(body.message, /16 messages of this connection/);
	}
	const ids = taken.map(({ body }) => body.message.id);
	assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
	assert.equal((await listed(dan, 'dan')).filter((m) => m.text.startsWith('burst')).length, taken.length);
	await w.close();
});

test('what was sent right before the socket went is stored', async () => {
	const { dan, boss } = people;
	const [stream, team] = [await dan.events(), await boss.events()];
	for (let i = 0; i < 8; i++) stream.socket.send(JSON.stringify({ type: 'message.send', request_id: `${i}`, conversation_id: 'dan', message: { text: 'last words', client_id: `last-${i}` } }));
	await stream.close();
	for (let i = 0; i < 8; i++) await team.next((e) => e.message?.client_id === `last-${i}`);
	await team.close();
});

test('a token that expires, a session that ends, a ban: nothing is taken over a socket that is still there', async () => {
	const { bob, boss } = people;
	const exp = now() + 4; // time to connect and write in, on a busy machine, too
	const token = sign({ user_id: 'bob', iat: now() - 5, exp });
	const short = Object.assign(new Client(daemon.url), { token });
	const w = await ways(short);
	assert.equal((await w.stream.sendMessage('bob', { text: 'in time', client_id: id() })).status, 201);
	await new Promise((resolve) => setTimeout(resolve, (exp + 1) * 1000 - Date.now()));
	const answers = [];
	for (const [, send] of w.both) answers.push(await send('bob', { text: 'late', client_id: id() }));
	for (const { status, body } of answers) assert.deepEqual([status, body.code], [401, 40]);
	assert.deepEqual(answers[0].body, answers[1].body);
	assert.equal((await w.stream.next('connection.error')).error.code, 40);
	assert.equal((await w.stream.closed).code, 4001);

	const elsewhere = new Client(daemon.url);
	elsewhere.cookie = bob.cookie;
	const stream = await bob.events();
	stream.socket.send(JSON.stringify({ type: 'message.send', request_id: 'before', conversation_id: 'bob', message: { text: 'before', client_id: 'before' } }));
	await stream.next((e) => e.request_id === 'before');
	await elsewhere.call('POST', '/api/auth/logout', {});
	stream.socket.send(JSON.stringify({ type: 'message.send', request_id: 'after', conversation_id: 'bob', message: { text: 'after', client_id: 'after' } }));
	assert.equal((await stream.closed).code, 4003);
	assert.equal((await http(bob)('bob', { text: 'after', client_id: 'after' })).status, 401);

	const fay = await addPerson(daemon, 'fay');
	const banned = await fay.events();
	assert.equal((await boss.call('PUT', '/api/v1/bans/fay', { reason: 'Enough' })).status, 200);
	banned.socket.send(JSON.stringify({ type: 'message.send', request_id: 'after', conversation_id: 'fay', message: { text: 'after', client_id: 'after' } }));
	const { error } = await banned.next('connection.error');
	assert.deepEqual([error.status_code, error.code], [403, 17]);
	const refused = await http(fay)('fay', { text: 'after', client_id: 'after' });
	assert.deepEqual(refused.body, error);
	await banned.closed;
	for (const whose of ['bob', 'fay']) assert.ok(!(await listed(boss, whose)).some((m) => ['after', 'late'].includes(m.text)), whose);
});

test('both ways share the minute\'s allowance', async () => {
	const { daemon: server, people: { gus } } = await startWithPeople({ gus: 'user' }, { env: { CONFAB_MESSAGE_RATE: '20' } });
	try {
		const w = await ways(gus);
		const statuses = { http: [], socket: [] };
		for (let i = 0; i < 40; i++) for (const [way, send] of w.both) statuses[way].push(await send('gus', { text: `${i}`, client_id: `${way}-${i}` }));
		const taken = Object.values(statuses).flat().filter(({ status }) => status === 201).length;
		assert.ok(taken >= 20 && taken < 40, `${taken} of 80 taken`);
		for (const answers of Object.values(statuses)) {
			const { body, headers } = answers.findLast(({ status }) => status === 429); // the very last may be the one that 3 s have given back
			assert.equal(body.code, 9);
			assert.match(body.message, /^You are writing too fast; try again in \d+ seconds\.$/);
			assert.ok(Number(headers.get('retry-after')) > 0);
		}
		await w.close();
	} finally {
		await server.stop();
	}
});
