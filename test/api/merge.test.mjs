// SPDX-License-Identifier: Apache-2.0
// Two customers who are one person: everything goes over at once, the other's doors are shut, and the shop's word leads to who stays.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { apiKey, apiSecret, confab, startConfabd } from '../lib/confabd.mjs';
import { addPerson, at, enterRoom, startWithPeople, validate } from '../lib/people.mjs';

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-merge-'));
let daemon, eva, secret;
before(async () => {
	({ daemon, people: { eva } } = await startWithPeople({ eva: 'admin', ann: 'user' }, { data }));
	secret = confab(['widget', 'secret', '--data', daemon.data], '', { CONFAB_API_KEY: apiKey, CONFAB_API_SECRET: apiSecret }).trim();
});
after(async () => {
	await daemon.stop();
	fs.rmSync(data, { recursive: true });
});

const session = (body) => new Client(daemon.url).call('POST', '/api/v1/widget/session', body);
const shops = (id) => session({ customer: { id, hash: crypto.createHmac('sha256', secret).update(id).digest('hex'), name: id } });
const as = ({ body }) => Object.assign(new Client(daemon.url), { token: body.token, id: body.user.id, key: body.key });
const talk = (id) => `/api/v1/conversations/${id}/messages`;
let number = 0;
async function say(client, text, where = client.id) {
	const answer = await client.call('POST', talk(where), { text, client_id: `c${++number}` });
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.message;
}
const merge = (kept, other, client = eva) => client.call('POST', `/api/v1/customers/${kept}/merge`, { other });
const texts = async (client, id) => (await client.call('GET', talk(id))).body.messages.filter((m) => !m.activity).map((m) => `${m.user.name}: ${m.text}`);

test('who may not, and what is nonsense', async () => {
	const guest = as(await session({ visitor: {} }));
	assert.equal((await merge('ann', guest.id, guest)).status, 403);
	assert.equal((await merge('ann', 'ann')).status, 400);
	assert.equal((await merge('ann', 'eva')).status, 404);
	assert.equal((await merge('nobody', guest.id)).status, 404);
	for (const body of [{}, { other: 7 }, { other: 'x'.repeat(65) }]) assert.equal((await eva.call('POST', '/api/v1/customers/ann/merge', body)).status, 400);
	assert.equal((await guest.call('GET', talk(guest.id))).status, 200, 'nothing happened');
});

test('a guest turns out to be a customer of the shop', async () => {
	const guest = as(await session({ visitor: {} })), customer = as(await shops('Ann.Lee'));
	await say(guest, 'is the blue teapot there');
	await say(customer, 'I am Ann');
	const asked = await say(guest, 'the one with a lid');
	await say(eva, 'it is', guest.id);
	const streams = { eva: await eva.events(), guest: await guest.events({ token: guest.token }), customer: await customer.events({ token: customer.token }) };
	const join = await guest.call('POST', at('default', `chat-${guest.id}`, 'join'), { create: true });
	const media = join.body.credentials.token;

	const merged = await merge(customer.id, guest.id);
	assert.equal(merged.status, 200, JSON.stringify(merged.body));
	assert.deepEqual([merged.body.customer.user.id, merged.body.customer.message_count], [customer.id, 4]);

	// those who look see it happen
	for (const stream of [streams.eva, streams.customer]) {
		const { conversation_id: gone, into, user } = await stream.next('conversation.merged');
		assert.deepEqual([gone, into, user.id], [guest.id, customer.id, 'eva']);
	}
	const line = (await streams.eva.next((event) => event.type === 'message.new' && event.message.activity?.type === 'merged')).message;
	assert.deepEqual([line.conversation_id, line.private, line.activity.value], [customer.id, true, guest.id]);
	assert.match((await streams.guest.next('connection.error')).error.message, /put together/);
	await streams.guest.closed;

	// one conversation, in the order of time, that is found
	const all = ['Ann.Lee: is the blue teapot there', 'Ann.Lee: I am Ann', 'Ann.Lee: the one with a lid', 'Eva: it is'];
	assert.deepEqual(await texts(eva, customer.id), all);
	assert.deepEqual(await texts(customer, customer.id), all);
	const found = (await eva.call('GET', '/api/v1/search?q=lid')).body.messages;
	assert.deepEqual(found.map((m) => [m.id, m.conversation_id, m.user.id]), [[asked.id, customer.id, customer.id]]);
	const { conversations } = (await eva.call('GET', '/api/v1/conversations')).body;
	assert.deepEqual(conversations.filter(({ id }) => [guest.id, customer.id].includes(id)).map((c) => [c.id, c.support.status, c.last_message.text]), [[customer.id, 'open', 'it is']]);
	assert.equal((await eva.call('GET', talk(guest.id))).status, 404);
	const { audit } = (await eva.call('GET', '/api/v1/audit?action=customer')).body;
	assert.deepEqual([audit[0].action, audit[0].target, audit[0].detail, audit[0].actor_id], ['customer.merge', customer.id, guest.id, 'eva']);

	// no door of the guest's is open
	assert.equal((await guest.call('GET', '/api/v1/conversations')).status, 401);
	assert.deepEqual([(await session({ visitor: { id: guest.id, key: guest.key } })).status], [403]);
	assert.equal(await validate(daemon, media), 403);
	assert.deepEqual((await eva.call('GET', '/api/v1/bans')).body.bans, [], 'which is no ban');
	assert.equal((await merge(customer.id, guest.id)).status, 404);
	for (const stream of [streams.eva, streams.customer]) await stream.close();
});

test("the shop's word for who was merged leads to who stays, also after a restart and one more merge", async () => {
	const kept = as(await shops('kept')), other = as(await shops('other')), last = as(await session({ visitor: {} }));
	await say(other, 'from my other account');
	assert.equal((await merge(kept.id, other.id)).status, 200);
	const again = await shops('other');
	assert.deepEqual([again.status, again.body.user.id], [200, kept.id]);
	assert.deepEqual(await texts(as(again), kept.id), ['kept: from my other account']);
	assert.equal((await merge(last.id, kept.id)).status, 200);
	await daemon.stop();
	daemon = await startConfabd({ data });
	eva.base = daemon.url;
	assert.equal((await shops('other')).body.user.id, last.id);
	assert.equal((await shops('kept')).body.user.id, last.id);
	assert.equal((await session({ visitor: { id: last.id, key: last.key } })).status, 200);
});

test('sign-ins by password and link end; what was missed is loaded anew', async () => {
	const bob = await addPerson(daemon, 'bob');
	await say(bob, 'hello from bob');
	const { cursor } = (await bob.events()).first;
	assert.equal((await merge('ann', 'bob')).status, 200);
	assert.equal((await bob.call('GET', '/api/v1/conversations')).status, 401);
	assert.equal((await new Client(daemon.url).call('POST', '/api/auth/login', { userId: 'bob', password: 'a password of nobody in particular' })).status, 401);
	assert.throws(() => confab(['link', 'create', '--user', 'bob', '--url', daemon.url, '--data', daemon.data]));
	assert.throws(() => confab(['user', 'add', 'bob', '--role', 'user', '--data', daemon.data]), 'nobody else becomes bob');
	const stream = await eva.events({ since: cursor });
	await stream.next('resync');
	await stream.close();
});

test('while one of them is in a call, nothing is merged', async () => {
	const [one, two] = [as(await session({ visitor: {} })), as(await session({ visitor: {} }))];
	const room = await enterRoom(daemon, await one.call('POST', at('default', `chat-${one.id}`, 'join'), { create: true }));
	for (const [kept, other] of [[one.id, two.id], [two.id, one.id]]) {
		const refused = await merge(kept, other);
		assert.deepEqual([refused.status, refused.body.code], [409, 4]);
		assert.match(refused.body.message, /in a call/);
	}
	assert.equal((await eva.call('POST', at('default', `chat-${one.id}`, 'end'), {})).status, 200);
	await room.closed;
	let answer = await merge(two.id, one.id);
	for (const end = Date.now() + 20_000; answer.status === 409; answer = await merge(two.id, one.id)) {
		assert.ok(Date.now() < end, 'the call is over');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	assert.equal(answer.status, 200);
	const { calls } = (await eva.call('GET', `/api/v1/customers/${two.id}`)).body.customer;
	assert.deepEqual(calls.map(({ cid, caller }) => [cid, caller.id]), [[`default:chat-${two.id}`, two.id]], 'the call came along');
});
