// SPDX-License-Identifier: Apache-2.0
// Direct and group conversations: who makes, sees, changes and leaves them, and what everybody hears of that.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { apiKey, startConfabd } from '../lib/confabd.mjs';
import { Client } from '../lib/client.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { addPerson, at, enterRoom, startWithPeople } from '../lib/people.mjs';

let daemon, people;
before(async () => ({ daemon, people } = await startWithPeople({ ann: 'admin', ben: 'admin', cleo: 'user', dan: 'user' })));
after(() => daemon.stop());

const expect = async (status, client, method, path, body) => {
	const answer = await client.call(method, path, body);
	assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const say = (client, id, text, status = 201) =>
	expect(status, client, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id: text.replace(/\W/g, '-') });
const list = async (client) => (await expect(200, client, 'GET', '/api/v1/channels')).channels;

test('one direct conversation for each pair, from either side', async () => {
	const { ann, ben, cleo } = people;
	const made = (await expect(201, ann, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'ben' })).channel;
	assert.equal(made.id, 'direct.ann.ben');
	assert.equal((await expect(200, ben, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'ann' })).channel.id, made.id);
	const hears = await ben.events();
	await say(ann, made.id, 'psst');
	assert.equal((await hears.next('message.new')).message.text, 'psst');
	const [seen] = await list(ben);
	assert.deepEqual([seen.id, seen.unread, seen.last_message.text, seen.members.map((m) => m.user.id)], [made.id, 1, 'psst', ['ann', 'ben']]);
	await expect(403, cleo, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'dan' });
	await expect(400, ann, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'ann' });
	await expect(400, ann, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'nobody' });
	await expect(403, ann, 'PATCH', `/api/v1/channels/${made.id}`, { name: 'x' });
	await expect(403, ann, 'POST', `/api/v1/channels/${made.id}/leave`, {});
	await hears.close();
});

test('a group: names, members, owners, leaving; an outsider sees nothing, not even an admin', async () => {
	const { ann, ben, cleo, dan } = people;
	const id = 'group.lunch';
	const { channel } = await expect(201, ann, 'POST', '/api/v1/channels', { type: 'group', id: 'lunch', name: 'Lunch', members: ['cleo'] });
	assert.deepEqual(channel.members.map((m) => [m.user.id, m.role]), [['ann', 'owner'], ['cleo', 'member']]);
	await say(cleo, id, 'Soup?');
	const secret = (await say(ann, id, 'A secret soup')).message;
	for (const outsider of [ben, dan]) {
		await expect(404, outsider, 'GET', `/api/v1/channels/${id}`);
		await expect(404, outsider, 'GET', `/api/v1/conversations/${id}/messages`);
		await say(outsider, id, 'let me in', 404);
		await expect(404, outsider, 'POST', `/api/v1/conversations/${id}/typing`, { typing: true });
		assert.equal((await expect(200, outsider, 'GET', '/api/v1/search?q=soup')).messages.length, 0);
		assert.ok(!(await list(outsider)).some((c) => c.id === id));
	}
	assert.ok(!(await expect(200, ben, 'GET', '/api/v1/conversations')).conversations.some((c) => c.id === id));
	await expect(404, ben, 'PATCH', `/api/v1/conversations/${id}`, { status: 'resolved' });
	assert.equal((await expect(200, cleo, 'GET', '/api/v1/search?q=secret')).messages.length, 1);
	await expect(409, ben, 'POST', '/api/v1/channels', { type: 'group', id: 'lunch', name: 'Mine' });
	await expect(403, cleo, 'PATCH', `/api/v1/channels/${id}`, { name: 'Dinner' });
	await expect(403, cleo, 'DELETE', `/api/v1/conversations/${id}/messages/${secret.id}`, {});
	await expect(403, ann, 'POST', `/api/v1/conversations/${id}/messages`, { text: 'n', client_id: 'n', private: true });

	const [c, d, b] = [await cleo.events(), await dan.events(), await ben.events()];
	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { name: 'Dinner', add_members: ['dan'] });
	assert.equal((await c.next('channel.updated')).channel.name, 'Dinner');
	assert.equal((await d.next('channel.updated')).channel.member_count, 3);
	await say(dan, id, 'Hello all');
	await c.next((e) => e.message?.text === 'Hello all');

	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { remove_members: ['dan'] });
	assert.equal((await d.next('channel.left')).conversation_id, id);
	await say(dan, id, 'still here?', 404);
	await say(ann, id, 'gone');
	await c.next((e) => e.message?.text === 'gone');
	await Promise.all([d.heard(), b.heard()]);
	assert.ok(!d.seen.some((e) => e.message?.text === 'gone'), 'nothing after the removal');
	assert.ok(!b.seen.some((e) => e.conversation_id === id), 'nothing for outsiders');
	const again = await dan.events({ since: c.first.cursor });
	await again.heard();
	assert.ok(!again.seen.some((e) => e.conversation_id === id), 'nor in a replay');
	const replayed = await cleo.events({ since: c.first.cursor });
	assert.equal((await replayed.next('channel.updated')).channel.member_count, 2);
	await replayed.next((e) => e.message?.text === 'gone');

	await expect(200, ann, 'POST', `/api/v1/channels/${id}/leave`, {});
	await expect(404, ann, 'GET', `/api/v1/channels/${id}`);
	const left = (await expect(200, cleo, 'GET', `/api/v1/channels/${id}`)).channel;
	assert.deepEqual(left.members.map((m) => [m.user.id, m.role]), [['cleo', 'owner']]); // somebody must own it
	await Promise.all([c, d, b, again, replayed].map((stream) => stream.close()));
});

test('the call of a group: its members are rung and let in, nobody else; who is taken out is out of it', async () => {
	const { ann, ben, cleo, dan } = people;
	const { id } = (await expect(201, ann, 'POST', '/api/v1/channels', { type: 'group', id: 'talk', name: 'Talk', members: ['cleo', 'dan'] })).channel;
	const call = at('default', `chat-${id}`);
	const [c, b] = [await cleo.events(), await ben.events()];
	await expect(404, ben, 'POST', `${call}/join`, { create: true });
	await expect(404, ben, 'GET', call);
	const joined = await expect(200, ann, 'POST', `${call}/join`, { create: true, ring: true });
	assert.deepEqual(joined.members.map((m) => [m.user_id, m.role]).sort(), [['ann', 'host'], ['cleo', 'call_member'], ['dan', 'call_member']]);
	const { ring, conversation_id } = await c.next('call.ring');
	assert.deepEqual([ring.mode, ring.channel_name, conversation_id, ring.legs.map((leg) => leg.user_id).sort()], ['group', 'Talk', id, ['cleo', 'dan']]);
	await expect(404, ben, 'POST', `${call}/join`, {});
	await expect(404, ben, 'POST', `${call}/accept`, {});
	await expect(400, ann, 'POST', `${call}/members`, { update_members: [{ user_id: 'ben' }] });
	const host = await enterRoom(daemon, { body: joined });
	const guest = await enterRoom(daemon, { body: await expect(200, cleo, 'POST', `${call}/join`, {}) });
	await expect(200, dan, 'POST', `${call}/reject`, {});
	await c.next((e) => e.type === 'call.session_participant_joined' && e.state.participants.length === 2);
	assert.equal((await list(dan)).find((channel) => channel.id === id).call.participants.length, 2);
	assert.ok(!(await expect(200, ben, 'POST', '/api/v1/calls', {})).calls.some((other) => other.call.conversation_id === id));

	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { remove_members: ['cleo'] });
	await guest.closed;
	await expect(404, cleo, 'POST', `${call}/join`, {});
	host.socket.close();
	const d = await dan.events();
	const card = await d.next((e) => e.type === 'message.new' && e.message.call, 60000);
	assert.deepEqual([card.conversation_id, card.message.call.outcome], [id, 'completed']);
	await b.heard();
	assert.ok(!b.seen.some((e) => e.conversation_id === id), 'nothing for outsiders');
	await Promise.all([c, b, d].map((stream) => stream.close()));
	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { remove_members: ['dan'] });
	await expect(200, ann, 'POST', `/api/v1/channels/${id}/leave`, {});
});

test('a direct conversation has a call, however long the two names are', async () => {
	const [long, longer] = await Promise.all(['l', 'm'].map((letter) => addPerson(daemon, letter.repeat(64), 'admin', 'Long')));
	const { id } = (await expect(201, long, 'POST', '/api/v1/channels', { type: 'direct', user_id: longer.id })).channel;
	const hears = await longer.events();
	const joined = await expect(200, long, 'POST', `${at('default', `chat-${id}`)}/join`, { create: true, ring: true });
	const rang = await hears.next('call.ring');
	assert.deepEqual([rang.conversation_id, rang.ring.channel_name], [id, undefined]);
	const host = await enterRoom(daemon, { body: joined });
	await expect(200, longer, 'POST', `${at('default', `chat-${id}`)}/accept`, {});
	const other = await enterRoom(daemon, { body: await expect(200, longer, 'POST', `${at('default', `chat-${id}`)}/join`, {}) });
	for (const { socket } of [host, other]) socket.close();
	await hears.close();
	await expect(400, long, 'POST', `${at('default', `chat-${'x'.repeat(137)}`)}/join`, { create: true });
});

test('the API secret opens private rooms, too; the tokens of people in them, and of other rooms, do not', async () => {
	const room = 'default:chat-direct.ann.ben';
	const { ann, ben } = people;
	const grant = (video, sub = 'backend') => sign({ iss: apiKey, sub, nbf: now() - 5, exp: now() + 60, video });
	const ask = async (status, token, method, body = {}) => {
		const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
		const answer = await fetch(`${daemon.url}/twirp/livekit.RoomService/${method}`, { method: 'POST', headers, body: JSON.stringify(body) });
		const said = await answer.json();
		assert.equal(answer.status, status, `${method}: ${JSON.stringify(said)}`);
		return said;
	};
	const joined = await expect(200, ann, 'POST', `${at('default', 'chat-direct.ann.ben')}/join`, { create: true });
	const host = await enterRoom(daemon, { body: joined });
	assert.ok((await ask(200, grant({ roomList: true }), 'ListRooms')).rooms.some(({ name }) => name === room));
	const admin = grant({ roomAdmin: true, room });
	const inside = async () => (await ask(200, admin, 'ListParticipants', { room })).participants.map(({ identity }) => identity.split(':')[0]).sort();
	assert.deepEqual(await inside(), ['ann']);
	const unseen = await enterRoom(daemon, { body: { credentials: { token: grant({ roomJoin: true, room, hidden: true }, 'listener') } } });
	assert.deepEqual(await inside(), ['ann', 'listener']);
	const { state } = await expect(200, ben, 'GET', at('default', 'chat-direct.ann.ben'));
	assert.deepEqual(state.participants.map(({ id }) => id), ['ann'], 'hidden is hidden from the members');

	await ask(403, joined.credentials.token, 'ListRooms');
	await ask(403, joined.credentials.token, 'ListParticipants', { room });
	await ask(403, grant({ roomAdmin: true, room: 'default:other' }), 'ListParticipants', { room });
	await ask(403, grant({ roomAdmin: true, room }), 'ListRooms');
	await ask(401, sign({ user_id: 'ann', iat: now() - 5, exp: now() + 60 }), 'ListRooms');
	await ask(200, admin, 'RemoveParticipant', { room, identity: 'listener' });
	await unseen.closed;
	host.socket.close();
});

test('bad input is refused with what is wrong', async () => {
	const { ann } = people;
	for (const body of [{}, { type: 'x' }, { type: 'group' }, { type: 'group', name: '' }, { type: 'group', name: 'a\nb' }, { type: 'group', name: 'x'.repeat(129) },
		{ type: 'group', name: 'x', id: 'A b' }, { type: 'group', name: 'x', id: 'a.b' }, { type: 'group', name: 'x', members: 'ben' }, { type: 'group', name: 'x', members: [1] },
		{ type: 'group', name: 'x', members: ['nobody-of-that-name'] }, { type: 'direct' }, { type: 'direct', user_id: 5 }, { type: 'group', name: 'x', user_id: 'ben' }])
		await expect(400, ann, 'POST', '/api/v1/channels', body);
	for (const id of ['group.none', 'ann', 'direct.a', '.', 'cleo']) await expect(404, ann, 'GET', `/api/v1/channels/${id}`);
	await expect(404, ann, 'PATCH', '/api/v1/channels/cleo', { name: 'x' });
	assert.equal((await list(ann)).length, 1);
});

test('they are there after a restart; with --open-channels everybody starts them', async () => {
	const first = await startConfabd({ data: daemon.data + '-again', args: ['--open-channels'] });
	const user = new Client(first.url);
	await user.openLink(first.links.user);
	await expect(201, user, 'POST', '/api/v1/channels', { type: 'group', name: 'Ours', id: 'ours', members: ['admin'] });
	await say(user, 'group.ours', 'kept');
	await first.stop();
	const second = await startConfabd({ data: daemon.data + '-again', args: ['--open-channels'] });
	user.base = second.url;
	const [kept] = await list(user);
	assert.deepEqual([kept.id, kept.name, kept.last_message.text], ['group.ours', 'Ours', 'kept']);
	await say(user, 'group.ours', 'and goes on');
	await second.stop();
	fs.rmSync(daemon.data + '-again', { recursive: true });
});

test('slow mode: members wait, owners and the team do not, a retry is no second message', async () => {
	const { ann, ben, cleo, dan } = people;
	const { id } = (await expect(201, ann, 'POST', '/api/v1/channels', { type: 'group', id: 'slow', name: 'Slow', members: ['ben', 'cleo', 'dan'] })).channel;
	const hears = await cleo.events();
	for (const slow_mode_s of [-1, 21601, 1.5, '5', null]) await expect(400, ann, 'PATCH', `/api/v1/channels/${id}`, { slow_mode_s });
	await expect(403, cleo, 'PATCH', `/api/v1/channels/${id}`, { slow_mode_s: 0 });
	assert.equal((await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { slow_mode_s: 3600 })).channel.slow_mode_s, 3600);
	assert.equal((await hears.next('channel.updated')).channel.slow_mode_s, 3600);
	await hears.close();
	const first = (await say(cleo, id, 'one')).message;
	const refused = await cleo.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'two', client_id: 'two' });
	assert.deepEqual([refused.status, refused.body.code], [429, 60]);
	assert.match(refused.body.message, /slow mode; your next message can go in 3[56]\d\d seconds/);
	assert.match(refused.headers.get('retry-after'), /^3[56]\d\d$/);
	assert.equal((await say(cleo, id, 'one', 200)).message.id, first.id);
	await say(dan, id, 'each has their own');
	for (const text of ['a', 'b']) await say(ben, id, `team ${text}`);
	for (const text of ['a', 'b']) await say(ann, id, `owner ${text}`);
	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { owners: ['cleo'] });
	await say(cleo, id, 'now an owner');
	await expect(429, dan, 'POST', `/api/v1/conversations/${id}/messages`, { text: 'x', client_id: 'x' });
	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { slow_mode_s: 1 });
	for (let tries = 0; (await dan.call('POST', `/api/v1/conversations/${id}/messages`, { text: 'x', client_id: 'x' })).status === 429; tries++) {
		assert.ok(tries < 100, 'it ends by itself');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await expect(200, ann, 'PATCH', `/api/v1/channels/${id}`, { slow_mode_s: 0 });
	for (const text of ['c', 'd']) await say(dan, id, `free ${text}`);
});
