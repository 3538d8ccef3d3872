// SPDX-License-Identifier: Apache-2.0
// Bans at every door, and how much one person may write in a minute.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { at, enterRoom, startWithPeople, validate } from '../lib/people.mjs';

let daemon, people;
before(async () => ({ daemon, people } = await startWithPeople({ boss: 'admin', ann: 'user', bob: 'user' }, { env: { CONFAB_MESSAGE_RATE: '20' } })));
after(() => daemon.stop());

const send = (client, id, i, headers) => client.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'x', client_id: `r${i}` }, headers);

test('a ban closes every door at once, with its reason, and lifting it opens them', async () => {
	const { boss, ann, bob } = people;
	const token = sign({ user_id: 'ann', iat: now() - 5, exp: now() + 600 });
	const stream = await ann.events();
	const joined = await ann.call('POST', at('default', 'chat-ann', 'join'), { create: true });
	const leg = await enterRoom(daemon, joined);
	assert.equal((await ann.call('PUT', '/api/v1/bans/bob', { reason: 'x' })).status, 403);
	assert.equal((await boss.call('PUT', '/api/v1/bans/ann', { reason: 'Spam', seconds: 3600 })).status, 200);
	const told = await stream.next('connection.error');
	assert.match(told.error.message, /^This account is banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC: Spam$/);
	assert.equal(told.error.code, 17);
	assert.equal((await stream.closed).code, 4003);
	await leg.closed;
	assert.equal(await validate(daemon, leg.token), 403);
	const other = await boss.call('POST', at('default', 'chat-ann', 'join'), { create: true });
	assert.equal(await validate(daemon, other.body.credentials.token), 200);

	for (const answer of [await ann.call('GET', '/api/v1/conversations'), await send(ann, 'ann', 0), await ann.call('POST', '/api/video-call/token', { userId: 'ann' })])
		assert.deepEqual([answer.status, answer.body.code, /banned.*Spam/.test(answer.body.message)], [403, 17, true]);
	const bearer = Object.assign(new Client(daemon.url), { token });
	assert.equal((await bearer.call('GET', '/api/v1/conversations')).status, 403);
	assert.equal((await new Client(daemon.url).events({ token })).first.error.code, 17);
	assert.equal((await ann.events()).first.type, 'connection.error');
	const again = await new Client(daemon.url).call('POST', '/api/auth/login', { userId: 'ann', password: 'a password of nobody in particular' });
	assert.equal(again.status, 403);
	assert.equal(again.headers.get('set-cookie'), null);
	assert.equal((await ann.call('GET', '/api/auth/session')).body.user, null);
	assert.equal((await send(bob, 'bob', 0)).status, 201);

	const { bans } = (await boss.call('GET', '/api/v1/bans')).body;
	assert.deepEqual(bans.map((ban) => [ban.user_id, ban.reason, ban.by_user_id]), [['ann', 'Spam', 'boss']]);
	assert.equal((await boss.call('DELETE', '/api/v1/bans/ann', {})).status, 200);
	assert.equal((await boss.call('DELETE', '/api/v1/bans/ann', {})).status, 404);
	assert.equal((await ann.call('GET', '/api/v1/conversations')).status, 200);

	const begun = Date.now();
	assert.equal((await boss.call('PUT', '/api/v1/bans/ann', { seconds: 1 })).status, 200);
	const { status } = await ann.call('GET', '/api/v1/conversations');
	assert.ok(status === 403 || Date.now() - begun >= 1000, `${status} after ${Date.now() - begun} ms`); // a busy machine may take longer than the ban
	for (let tries = 0; (await ann.call('GET', '/api/v1/conversations')).status === 403; tries++) {
		assert.ok(tries < 100, 'it ends by itself');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	assert.equal((await boss.call('PUT', '/api/v1/bans/nobody', {})).status, 404);
	assert.equal((await boss.call('PUT', '/api/v1/bans/boss', {})).status, 400);
	for (const body of [{ seconds: 0 }, { seconds: 'x' }, { reason: 5 }, { reason: 'a\nb' }, { reason: 'x'.repeat(501) }]) assert.equal((await boss.call('PUT', '/api/v1/bans/ann', body)).status, 400);
});

test('a ban outlives a restart', async () => {
	const data = `${daemon.data}-banned`;
	const first = await startConfabd({ data });
	const admin = new Client(first.url);
	await admin.openLink(first.links.admin);
	assert.equal((await admin.call('PUT', '/api/v1/bans/user', { reason: 'For good' })).status, 200);
	await first.stop();
	const second = await startConfabd({ data });
	assert.equal((await new Client(second.url).call('POST', '/api/auth/link', { token: new URL(second.links.user).hash.slice(1) })).status, 403);
	await second.stop();
	fs.rmSync(data, { recursive: true });
});

test('who writes too fast is told when to go on, others do not feel it, and guests get a quarter', async () => {
	const { ann, bob, boss } = people;
	const statuses = [];
	let refused;
	for (let i = 1; i <= 40; i++) {
		const answer = await send(ann, 'ann', i);
		statuses.push(answer.status);
		if (answer.status === 429) refused = answer;
	}
	const taken = statuses.filter((status) => status === 201).length;
	assert.ok(taken >= 20 && taken < 40, `${taken} of 40 taken`);
	assert.match(refused.body.message, /too fast; try again in \d+ seconds/);
	assert.equal(refused.body.code, 9);
	assert.ok(Number(refused.headers.get('retry-after')) > 0);
	assert.equal((await send(bob, 'bob', 1)).status, 201);
	const made = await new Client(daemon.url).call('POST', '/api/v1/guest', { user: { name: 'Passer-by' } });
	const guest = Object.assign(new Client(daemon.url), { token: made.body.token });
	assert.equal((await boss.call('POST', '/api/v1/channels', { type: 'group', id: 'g', name: 'G', members: [made.body.user.id] })).status, 201);
	let guests = 0;
	for (let i = 0; i < 12; i++) if ((await send(guest, 'group.g', i)).status === 201) guests++;
	assert.ok(guests >= 5 && guests < 12, `${guests} of 12 taken`);
});

test('who rings and reacts without end is told to wait, with an allowance of its own', async () => {
	const { daemon: server, people: { fay, gil } } = await startWithPeople({ fay: 'user', gil: 'user' }, { env: { CONFAB_MESSAGE_RATE: '10' } });
	try {
		const made = await fay.call('POST', '/api/v1/call/default/loud', { data: { members: [{ user_id: 'gil' }] } });
		assert.equal(made.status, 201);
		let refused;
		let taken = 0;
		for (let i = 0; i < 80 && !refused; i++) {
			const answer = await fay.call('POST', '/api/v1/call/default/loud/event', { custom: { i } });
			if (answer.status === 429) refused = answer;
			else taken++;
		}
		assert.ok(taken >= 38 && taken < 60, `${taken} of 80 taken`);
		assert.equal(refused.body.code, 9);
		assert.ok(Number(refused.headers.get('retry-after')) > 0);
		// each is asked until it is refused: one is given back every 1.5 s, so that a single question may come right after that
		for (let more = 0; (await fay.call('POST', `/api/v1/call/default/more-${more}`, { data: {} })).status === 201; more++) assert.ok(more < 20, 'of the same allowance');
		assert.equal((await send(fay, 'fay', 1)).status, 201, 'messages have their own');
		assert.equal((await gil.call('POST', '/api/v1/call/default/loud/event', { custom: {} })).status, 200, 'others do not feel it');
	} finally {
		await server.stop();
	}
});

test('deleting, reacting and files count, too, a file as four', async () => {
	const { daemon: server, people: { cat, dan, eve } } = await startWithPeople({ cat: 'user', dan: 'user', eve: 'user' }, { env: { CONFAB_MESSAGE_RATE: '20' } });
	try {
		const path = (client) => `/api/v1/conversations/${client}/messages`;
		const until = async (ask) => {
			for (let i = 0; i < 40; i++) {
				const answer = await ask(i);
				if (answer.status === 429) return { taken: i, answer };
				assert.ok(answer.status < 300, `${answer.status}`);
			}
			assert.fail('40 of 40 were taken');
		};
		const ids = [];
		for (const name of ['a', 'b', 'c', 'd']) ids.push((await send(cat, 'cat', name)).body.message.id);
		const [id] = ids;
		const reacted = await until((i) => cat.call(i % 2 ? 'DELETE' : 'POST', `${path('cat')}/${id}/reactions${i % 2 ? '/like' : ''}`, i % 2 ? {} : { type: 'like' }));
		assert.ok(reacted.taken >= 16 && reacted.taken < 40, `${reacted.taken}`);
		assert.ok(Number(reacted.answer.headers.get('retry-after')) > 0);
		// at once, but for what the minute has given back since: one in 3 s
		await until((i) => cat.call('DELETE', `${path('cat')}/${ids[i]}`, {}));
		const files = await until((i) => dan.raw('POST', '/api/v1/conversations/dan/attachments?name=a.txt', { body: 'text', headers: { 'content-type': 'application/octet-stream' } }));
		assert.ok(files.taken >= 5 && files.taken < 10, `${files.taken}`);
		const mine = (await send(eve, 'eve', 'b')).body.message;
		assert.equal((await eve.call('DELETE', `${path('eve')}/${mine.id}`, {})).status, 200, 'one flood is not felt by others');
	} finally {
		await server.stop();
	}
});
