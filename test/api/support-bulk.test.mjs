// SPDX-License-Identifier: Apache-2.0
// Several conversations changed at once: in one request, each with a result of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithPeople } from '../lib/people.mjs';

let daemon, ann, bob, eva, max;
before(async () => {
	({ daemon, people: { ann, bob, eva, max } } = await startWithPeople({ ann: 'user', bob: 'user', cem: 'user', eva: 'admin', max: 'admin' }));
});
after(() => daemon.stop());

const ask = async (status, client, method, route, body) => {
	const answer = await client.call(method, route, body);
	assert.equal(answer.status, status, `${method} ${route} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const bulk = (status, client, changes) => ask(status, client, 'PATCH', '/api/v1/conversations', { changes });
const state = async (id) => (await ask(200, eva, 'GET', '/api/v1/conversations')).conversations.find((c) => c.id === id).support;

test('all of them, in their order, told to colleagues and customers', async () => {
	const [team, customer] = [await max.events(), await ann.events()];
	const { results } = await bulk(200, eva, ['ann', 'bob', 'cem'].map((id) => ({ id, status: 'resolved', assignee_id: 'max', priority: 'high' })));
	assert.deepEqual(results.map(({ id, support, error }) => [id, support.status, support.assignee.id, support.priority, error]), ['ann', 'bob', 'cem'].map((id) => [id, 'resolved', 'max', 'high', undefined]));
	for (const id of ['ann', 'bob', 'cem']) assert.equal((await team.next((e) => e.type === 'conversation.updated' && e.conversation_id === id)).support.status, 'resolved');
	assert.deepEqual((await customer.next('conversation.updated')).support.status, 'resolved');
	assert.equal((await ask(200, eva, 'GET', '/api/v1/audit?action=conversation.status')).audit.length, 3);
	await Promise.all([team.close(), customer.close()]);
});

test('what cannot be done is said for each, and the others are done', async () => {
	const later = new Date(Date.now() + 3600_000).toISOString();
	const { results } = await bulk(200, eva, [
		{ id: 'ann', status: 'open' }, { id: 'nobody', status: 'open' }, { id: 'bob', status: 'open', assignee_id: 'ann' },
		{ id: 'cem', status: 'snoozed', snoozed_until: later }, { id: 'cem', status: 'snoozed', snoozed_until: '2020-01-01T00:00:00Z' }, { id: 'group.none', status: 'open' }, { id: 'bob', add_labels: [999] },
	]);
	assert.deepEqual(results.map(({ id, support, error }) => [id, support?.status, error?.status_code, error?.code]), [
		['ann', 'open', undefined, undefined], ['nobody', undefined, 404, 16], ['bob', undefined, 400, 4],
		['cem', 'snoozed', undefined, undefined], ['cem', undefined, 400, 4], ['group.none', undefined, 404, 16], ['bob', undefined, 400, 4],
	]);
	assert.match(results[2].error.message, /not somebody of the team/);
	assert.match(results[4].error.message, /a time to come/);
	assert.deepEqual([(await state('ann')).status, (await state('bob')).status, (await state('cem')).status], ['open', 'resolved', 'snoozed']);
});

test('labels are put on and taken away, and the others stay', async () => {
	const ids = [];
	for (const name of ['Bug', 'Refund', 'Late']) ids.push((await ask(201, eva, 'POST', '/api/v1/labels', { name, color: '#0f766e' })).id);
	const [bug, refund, late] = ids;
	await ask(200, eva, 'PATCH', '/api/v1/conversations/ann', { labels: [bug] });
	await bulk(200, eva, [{ id: 'ann', add_labels: [refund, bug, refund] }, { id: 'bob', add_labels: [refund] }]);
	assert.deepEqual([(await state('ann')).labels, (await state('bob')).labels], [[bug, refund], [refund]]);
	await bulk(200, eva, [{ id: 'ann', remove_labels: [bug, late] }, { id: 'bob', remove_labels: [bug] }]);
	assert.deepEqual([(await state('ann')).labels, (await state('bob')).labels], [[refund], [refund]]);
	assert.deepEqual((await ask(200, eva, 'PATCH', '/api/v1/conversations/ann', { add_labels: [late] })).support.labels, [refund, late]);
	const more = [];
	for (let i = 0; i < 19; i++) more.push((await ask(201, eva, 'POST', '/api/v1/labels', { name: `L${i}`, color: '#000000' })).id);
	const { results: [full] } = await bulk(200, eva, [{ id: 'ann', add_labels: more }]);
	assert.match(full.error.message, /At most 20 labels/);
	assert.deepEqual((await state('ann')).labels, [refund, late]);
	await bulk(400, eva, [{ id: 'ann', labels: [bug], add_labels: [bug] }]);
});

test('what is wrong in form changes nothing; a hundred at once, and no more', async () => {
	const before_ = await state('ann');
	const good = { id: 'ann', status: 'pending' };
	for (const changes of [[], 'x', undefined, [good, {}], [good, 5], [good, { id: 5 }], [good, { id: 'bob', status: 'gone' }], [good, { id: 'bob', labels: 'x' }], [good, { id: 'bob', add_labels: ['x'] }], Array(101).fill(good)])
		await bulk(400, eva, changes);
	assert.deepEqual(await state('ann'), before_);
	await bulk(403, ann, [good]);
	await bulk(403, bob, [good]);
	const { results } = await bulk(200, eva, Array.from({ length: 100 }, (_, i) => ({ id: i % 2 ? 'ann' : `nobody${i}`, status: i % 4 === 1 ? 'open' : 'pending' })));
	assert.equal(results.length, 100);
	assert.deepEqual(results.slice(0, 4).map(({ id, support, error }) => [id, support?.status ?? error.code]), [['nobody0', 16], ['ann', 'open'], ['nobody2', 16], ['ann', 'pending']]);
});

test('a resolution that is taken back leaves the customer waiting as before', async () => {
	const say = (client, id, text, client_id) => ask(201, client, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id });
	const turn = async (status) => (await bulk(200, eva, ['ann', 'bob'].map((id) => ({ id, status })))).results.map(({ support }) => support.waiting_since);
	await say(ann, 'ann', 'First', 'w1');
	await say(eva, 'ann', 'An answer', 'w2');
	await say(ann, 'ann', 'Second', 'w3');
	await say(ann, 'ann', 'Third', 'w4');
	await say(bob, 'bob', 'Hello?', 'w5');
	await say(eva, 'bob', 'Hello!', 'w6');
	const { waiting_since: since } = await state('ann');
	assert.ok(since);
	assert.deepEqual(await turn('resolved'), [null, null]);
	assert.deepEqual(await turn('open'), [since, null], 'since the oldest message without an answer; bob has one');
});
