// SPDX-License-Identifier: Apache-2.0
// The support layer over HTTP and the event socket: what the team does, and how much of it the customer is told.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { startConfabd } from '../lib/confabd.mjs';
import { failingDisk } from '../lib/disk.mjs';
import { startWithPeople } from '../lib/people.mjs';

const data = fs.mkdtempSync(`${os.tmpdir()}/confab-support-`); // stays over a restart
const HOUR = 3600_000;
const clock = failingDisk(); // of which only the clock is used: what is due in hours is due when the test says so
let daemon, ann, bob, eva, max;
before(async () => {
	({ daemon, people: { ann, bob, eva, max } } = await startWithPeople({ ann: 'user', bob: 'user', eva: 'admin', max: 'admin' }, { data, env: clock.env }));
});
after(async () => {
	await daemon.stop();
	clock.remove();
	fs.rmSync(data, { recursive: true });
});

const path = (id) => `/api/v1/conversations/${id}`;
let number = 0;
const say = async (client, id, text, more = {}) => {
	const answer = await client.call('POST', `${path(id)}/messages`, { text, client_id: `c${++number}`, ...more });
	assert.equal(answer.status, 201, JSON.stringify(answer.body));
	return answer.body.message;
};
const overview = async (client, id) => (await client.call('GET', '/api/v1/conversations')).body.conversations.find((c) => c.id === id);
const change = async (client, id, what) => {
	const answer = await client.call('PATCH', path(id), what);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	return answer.body.support;
};
const refused = async (status, client, method, route, body) => {
	const answer = await client.call(method, route, body);
	assert.equal(answer.status, status, `${method} ${route} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
	return answer.body.message;
};

test('open, waiting, resolved, open again: the answer, the events and the list agree', async () => {
	const [a, e] = [await ann.events(), await eva.events()];
	await say(ann, 'ann', 'Where is my order?');
	const waiting = (await e.next('message.new')).support;
	assert.equal(waiting.status, 'open');
	assert.ok(waiting.waiting_since);
	assert.deepEqual((await overview(max, 'ann')).support, waiting);
	assert.deepEqual((await a.next('message.new')).support, { status: 'open' }, 'the customer is told no more');
	assert.deepEqual((await overview(ann, 'ann')).support, { status: 'open' });

	await say(eva, 'ann', 'On its way.');
	assert.equal((await e.next((event) => event.message?.text === 'On its way.')).support.waiting_since, null);

	const resolved = await change(eva, 'ann', { status: 'resolved' });
	assert.equal(resolved.status, 'resolved');
	const told = await e.next('conversation.updated');
	assert.deepEqual([told.support, told.user_id], [resolved, 'eva']);
	const theirs = await a.next('conversation.updated');
	assert.deepEqual(Object.keys(theirs.support).sort(), ['question', 'status']);
	assert.equal(theirs.user_id, undefined);
	const line = (await a.next((event) => event.message?.activity)).message;
	assert.deepEqual([line.type, line.activity, line.user.id], ['system', { type: 'status', value: 'resolved' }, 'eva']);
	assert.equal((await overview(ann, 'ann')).last_message.text, 'On its way.', 'a line is no message');
	assert.equal((await overview(ann, 'ann')).unread, 1);

	await say(ann, 'ann', 'It is broken!');
	assert.equal((await e.next((event) => event.message?.text === 'It is broken!')).support.status, 'open');
	assert.equal((await e.next((event) => event.message?.activity?.type === 'reopened')).message.private, true);
	await a.next((event) => event.message?.text === 'It is broken!');
	assert.ok(!a.seen.some((event) => event.message?.activity?.type === 'reopened'));
	await Promise.all([a.close(), e.close()]);
});

test('take, transfer, give back', async () => {
	const m = await max.events();
	assert.deepEqual((await max.call('GET', '/api/v1/team')).body.team.map((user) => user.id).sort(), ['admin', 'eva', 'max']);
	assert.equal((await change(eva, 'ann', { assignee_id: 'eva' })).assignee.id, 'eva');
	assert.equal((await m.next('conversation.updated')).support.assignee.id, 'eva');
	assert.deepEqual((await m.next((event) => event.message?.activity?.type === 'assigned')).message.activity, { type: 'assigned', value: 'eva', text: 'Eva' });
	const both = await change(eva, 'ann', { assignee_id: 'max', status: 'pending' });
	assert.deepEqual([both.assignee.id, both.status], ['max', 'pending']);
	assert.equal((await change(max, 'ann', { assignee_id: null })).assignee, null);
	await m.close();
});

test('snoozed until a time, or until the customer writes; the customer is told that it is pending', async () => {
	const [a, m] = [await ann.events(), await max.events()];
	const soon = new Date(Date.now() + HOUR).toISOString();
	const state = await change(eva, 'ann', { status: 'snoozed', snoozed_until: soon });
	assert.deepEqual([state.status, state.snoozed_until], ['snoozed', soon]);
	assert.deepEqual((await overview(max, 'ann')).support, state);
	assert.equal((await overview(ann, 'ann')).support.status, 'pending');
	assert.equal((await a.next('conversation.updated')).support.status, 'pending');
	const line = (await m.next((event) => event.message?.activity?.value === 'snoozed')).message;
	assert.equal(Math.floor(Date.parse(soon) / 1000), Date.parse(line.activity.text) / 1000);

	clock.shiftClock(61);
	const woken = (await m.next((event) => event.message?.activity?.type === 'woken')).message;
	assert.ok(Date.parse(woken.created_at) >= Date.parse(soon), 'not before its time');
	assert.equal((await m.next((event) => event.type === 'conversation.updated' && event.support.status === 'open')).support.snoozed_until, undefined);
	assert.equal((await overview(max, 'ann')).support.status, 'open');
	assert.ok(Date.parse((await overview(max, 'ann')).updated_at) >= Date.parse(soon), 'it comes up in the list');

	await change(eva, 'ann', { status: 'snoozed', snoozed_until: new Date(Date.now() + 86_400_000).toISOString() });
	assert.equal((await eva.call('GET', '/api/v1/support/figures')).body.snoozed, 1);
	await say(ann, 'ann', 'One more thing.');
	assert.equal((await m.next((event) => event.message?.text === 'One more thing.')).support.status, 'open');
	assert.ok(!a.seen.some((event) => ['woken', 'snoozed'].includes(event.message?.activity?.type) || event.message?.activity?.value === 'snoozed'));
	await Promise.all([a.close(), m.close()]);
});

test('priority: for the team', async () => {
	const m = await max.events();
	assert.equal((await overview(eva, 'ann')).support.priority, 'normal');
	assert.equal((await change(eva, 'ann', { priority: 'urgent' })).priority, 'urgent');
	assert.deepEqual((await m.next((event) => event.message?.activity?.type === 'priority')).message.activity, { type: 'priority', value: 'urgent' });
	assert.equal((await overview(ann, 'ann')).support.priority, undefined);
	assert.deepEqual((await eva.call('GET', '/api/v1/audit?action=conversation.priority')).body.audit.map((row) => [row.actor_id, row.target, row.detail]), [['eva', 'ann', 'urgent']]);
	await m.close();
});

test('who may not, and what is nonsense', async () => {
	assert.match(await refused(403, ann, 'PATCH', path('ann'), { status: 'resolved' }), /team/);
	await refused(404, bob, 'PATCH', path('ann'), { status: 'resolved' });
	await refused(404, eva, 'PATCH', path('nobody'), { status: 'resolved' });
	await refused(403, ann, 'GET', '/api/v1/team');
	for (const until of [undefined, 5, 'tomorrow', '2020-01-01T00:00:00.000Z', new Date(Date.now() + 400 * 86_400_000).toISOString()])
		assert.match(await refused(400, eva, 'PATCH', path('ann'), { status: 'snoozed', snoozed_until: until }), /snoozed_until/);
	for (const body of [{ status: 'closed' }, { status: 5 }, { priority: 'huge' }, { priority: 1 }, { assignee_id: 5 }, { assignee_id: 'ann' }, { assignee_id: 'nobody' }, { labels: 'x' }, { labels: [99] }, { labels: ['x'] }, { labels: Array(21).fill(1) }])
		await refused(400, eva, 'PATCH', path('ann'), body);
	const { messages } = (await eva.call('GET', `${path('ann')}/messages`)).body;
	const line = messages.find((message) => message.activity);
	await refused(403, eva, 'DELETE', `${path('ann')}/messages/${line.id}`, {});
	await refused(403, eva, 'PATCH', `${path('ann')}/messages/${line.id}`, { text: 'x' });
	await refused(403, eva, 'POST', `${path('ann')}/messages/${line.id}/reactions`, { type: 'x' });
});

test('who comes back is told what happened meanwhile, and the team only of what is internal', async () => {
	const [a, e] = [await ann.events(), await eva.events()];
	const since = [a.first.cursor, e.first.cursor];
	await Promise.all([a.close(), e.close()]);
	await change(max, 'ann', { status: 'pending', assignee_id: 'max' });
	await change(max, 'ann', { status: 'resolved' });
	const [again, team] = [await ann.events({ since: since[0] }), await eva.events({ since: since[1] })];
	await again.next((event) => event.message?.activity?.value === 'resolved');
	await team.next((event) => event.message?.activity?.value === 'resolved');
	assert.deepEqual(again.seen.flatMap((event) => event.message?.activity ?? []), [{ type: 'status', value: 'resolved' }]);
	assert.ok(team.seen.some((event) => event.message?.activity?.type === 'assigned'));
	assert.ok(again.seen.filter((event) => event.support).every((event) => !('assignee' in event.support)));
	await Promise.all([again.close(), team.close()]);
});

test('what is due while the server is down comes back with it', async () => {
	await say(ann, 'ann', 'Call me tomorrow.');
	await change(eva, 'ann', { status: 'snoozed', snoozed_until: new Date(Date.now() + 2 * HOUR).toISOString() });
	await daemon.stop();
	clock.shiftClock(121);
	daemon = await startConfabd({ data, env: clock.env });
	max.base = daemon.url;
	for (const deadline = Date.now() + 15_000; ;) {
		const { support } = await overview(max, 'ann');
		if (support.status === 'open') break;
		assert.ok(Date.now() < deadline, `still ${JSON.stringify(support)}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
});
