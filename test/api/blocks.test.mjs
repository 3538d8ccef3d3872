// SPDX-License-Identifier: Apache-2.0
// One person does not want to hear from another: direct messages and rings do not come, groups stay open, and it can be undone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { at, startWithPeople } from '../lib/people.mjs';

let daemon, people;
before(async () => ({ daemon, people } = await startWithPeople({ ann: 'user', bob: 'user', cleo: 'user', boss: 'admin' }, { args: ['--open-channels'] })));
after(() => daemon.stop());

const expect = async (status, client, method, path, body = {}) => {
	const answer = await client.call(method, path, method === 'GET' ? undefined : body);
	assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
let serial = 0;
const say = (status, client, id, text) => expect(status, client, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `c${++serial}` });
const direct = (client, user_id, status = 201) => expect(status, client, 'POST', '/api/v1/channels', { type: 'direct', user_id });

test("who is blocked does not reach the other in their direct conversation; the other's list says so, and undoes it", async () => {
	const { ann, bob } = people;
	const { id } = (await direct(ann, 'bob')).channel;
	const before = (await say(201, bob, id, 'before')).message;
	await expect(200, ann, 'PUT', '/api/v1/blocks/bob');
	await expect(200, ann, 'PUT', '/api/v1/blocks/bob'); // once more changes nothing
	const { blocks } = await expect(200, ann, 'GET', '/api/v1/blocks');
	assert.deepEqual(blocks.map(({ user }) => [user.id, user.name]), [['bob', 'Bob']]);
	assert.deepEqual((await expect(200, bob, 'GET', '/api/v1/blocks')).blocks, [], 'nobody else is told');

	const hears = await ann.events();
	const path = `/api/v1/conversations/${id}/messages/${before.id}`;
	for (const [method, route, body] of [
		['POST', `/api/v1/conversations/${id}/messages`, { text: 'hello?', client_id: 'x1' }],
		['PATCH', path, { text: 'another text' }],
		['POST', `${path}/reactions`, { type: 'like' }],
	]) {
		const refused = await expect(403, bob, method, route, body);
		assert.deepEqual([refused.code, refused.message], [17, 'This person does not take messages from you.']);
	}
	assert.match((await say(403, ann, id, 'nor this way')).message, /^You have blocked this person; undo that first\.$/);
	await expect(200, bob, 'POST', `/api/v1/conversations/${id}/typing`, { typing: true });
	assert.equal((await direct(bob, 'ann', 200)).channel.id, id, 'what was written stays to be read');
	await expect(200, bob, 'GET', `/api/v1/conversations/${id}/messages`);

	await expect(200, ann, 'DELETE', '/api/v1/blocks/bob');
	await expect(404, ann, 'DELETE', '/api/v1/blocks/bob');
	await say(201, bob, id, 'after');
	assert.equal((await hears.next('message.new')).message.text, 'after');
	await hears.heard();
	assert.deepEqual(hears.seen.map(({ type }) => type).filter((type) => /^(message|typing|reaction)/.test(type)), ['message.new']);
	await hears.close();
});

test('no new direct conversation either way; groups and support conversations stay open', async () => {
	const { ann, bob, cleo, boss } = people;
	await expect(200, cleo, 'PUT', '/api/v1/blocks/bob');
	assert.match((await direct(bob, 'cleo', 403)).message, /does not take messages from you/);
	assert.match((await direct(cleo, 'bob', 403)).message, /You have blocked/);
	const { id } = (await expect(201, ann, 'POST', '/api/v1/channels', { type: 'group', id: 'g', name: 'G', members: ['bob', 'cleo'] })).channel;
	const hears = await cleo.events();
	await say(201, bob, id, 'to all');
	assert.equal((await hears.next('message.new')).message.text, 'to all');
	await expect(200, cleo, 'PUT', '/api/v1/blocks/boss');
	await say(201, boss, 'cleo', 'your parcel is here');
	assert.equal((await hears.next('message.new')).message.text, 'your parcel is here');
	await hears.close();
	await expect(200, cleo, 'DELETE', '/api/v1/blocks/boss');
	await expect(200, cleo, 'DELETE', '/api/v1/blocks/bob');
});

test('rings do not reach who has blocked the caller, and reach the others', async () => {
	const { ann, bob, cleo, boss } = people;
	const ring = (client, id, members) => client.call('POST', at('default', id), { ring: true, data: { members: members.map((user_id) => ({ user_id })) } });
	await expect(200, ann, 'PUT', '/api/v1/blocks/bob');
	const [a, c] = [await ann.events(), await cleo.events()];
	const both = await ring(bob, 'to-both', ['bob', 'ann', 'cleo']);
	assert.deepEqual(both.body.ring.legs.map(({ user_id }) => user_id), ['cleo']);
	assert.equal((await c.next('call.ring')).cid, 'default:to-both');
	await expect(200, bob, 'POST', at('default', 'to-both', 'end')); // else bob is busy
	assert.equal((await ring(bob, 'to-ann', ['bob', 'ann'])).status, 400, 'there is nobody to ring');
	const back = await ring(ann, 'to-bob', ['ann', 'bob']);
	assert.deepEqual(back.body.ring.legs.map(({ user_id }) => user_id), ['bob'], 'the other way is free');
	await expect(201, boss, 'POST', at('default', 'chat-ann'), { ring: true });
	// a member hears of what happens to the call, but bob's ring has no leg of hers
	const hers = async () => {
		for (;;) {
			const { cid, ring: r } = await a.next('call.ring');
			if (r.caller.id !== 'bob' && r.caller.id !== 'ann') return cid;
			assert.ok(!r.legs.some(({ user_id }) => user_id === 'ann'));
		}
	};
	assert.equal(await hers(), 'default:chat-ann');
	await expect(200, boss, 'POST', at('default', 'chat-ann', 'end'));
	await expect(200, ann, 'PUT', '/api/v1/blocks/boss');
	assert.equal((await boss.call('POST', at('default', 'chat-ann', 'ring'), {})).status, 400);
	for (const user of ['boss', 'bob']) await expect(200, ann, 'DELETE', `/api/v1/blocks/${user}`);
	await Promise.all([a.close(), c.close()]);
});

test('bad input, and a restart', async () => {
	const { ann } = people;
	assert.match((await expect(400, ann, 'PUT', '/api/v1/blocks/ann')).message, /block yourself/);
	await expect(404, ann, 'PUT', '/api/v1/blocks/nobody-here');
	await expect(404, ann, 'DELETE', '/api/v1/blocks/nobody-here');
	await expect(401, new Client(daemon.url), 'GET', '/api/v1/blocks');

	const data = `${daemon.data}-blocks`;
	const first = await startConfabd({ data });
	const admin = new Client(first.url);
	await admin.openLink(first.links.admin);
	await expect(201, admin, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'user' });
	await expect(200, admin, 'PUT', '/api/v1/blocks/user');
	await first.stop();
	const second = await startConfabd({ data });
	const user = new Client(second.url);
	await user.openLink(second.links.user);
	await say(403, user, 'direct.admin.user', 'still there');
	await second.stop();
	fs.rmSync(data, { recursive: true });
});
