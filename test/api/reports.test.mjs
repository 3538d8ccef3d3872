// SPDX-License-Identifier: Apache-2.0
// Messages that the team is asked to look at: who may report what, what the team sees of it, and how it ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithPeople } from '../lib/people.mjs';

let daemon, ann, bob, eva, max;
before(async () => {
	({ daemon, people: { ann, bob, eva, max } } = await startWithPeople({ ann: 'user', bob: 'user', eva: 'admin', max: 'admin' }));
	await ask(201, eva, 'POST', '/api/v1/channels', { type: 'group', id: 'lunch', name: 'Lunch', members: ['ann', 'bob'] });
	await ask(200, eva, 'POST', '/api/v1/channels/group.lunch/leave', {});
});
after(() => daemon.stop());

let number = 0;
const ask = async (status, client, method, route, body) => {
	const answer = await client.call(method, route, body);
	assert.equal(answer.status, status, `${method} ${route} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const say = async (client, id, text, more = {}) =>
	(await ask(201, client, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `c${++number}`, ...more })).message;
const report = (status, client, message, body = {}) => ask(status, client, 'POST', `/api/v1/conversations/${message.conversation_id}/messages/${message.id}/report`, body);
const close = (status, client, message, body = {}) => ask(status, client, 'POST', `/api/v1/reports/${message.id}/close`, body);
const list = (client = eva) => ask(200, client, 'GET', '/api/v1/reports');
const audit = async (action) => (await ask(200, eva, 'GET', `/api/v1/audit?action=${action}`)).audit;

test('of a group without admins: the team sees the message, nothing else of it, and finds it fine', async () => {
	const [team, customer] = [await eva.events(), await ann.events()];
	const rude = await say(bob, 'group.lunch', 'You are a <b>fool</b>.');
	assert.deepEqual(await report(201, ann, rude, { reason: 'Insult' }), { created: true });
	assert.equal((await team.next('reports.updated')).open, 1);
	assert.deepEqual(await report(200, ann, rude), { created: false });

	const { reported: [one], open } = await list();
	assert.equal(open, 1);
	assert.deepEqual([one.message.id, one.message.user.id, one.text, one.message.text], [rude.id, 'bob', 'You are a <b>fool</b>.', 'You are a <b>fool</b>.']);
	assert.deepEqual(one.conversation, { id: 'group.lunch', type: 'group', names: ['Lunch'], open_to_you: false });
	assert.deepEqual(one.reports.map(({ user, reason, word }) => [user.id, reason, word]), [['ann', 'Insult', undefined]]);
	await ask(404, eva, 'GET', '/api/v1/conversations/group.lunch/messages');

	assert.deepEqual(await close(200, max, rude), { deleted: false });
	assert.equal((await team.next('reports.updated')).open, 0);
	assert.deepEqual(await list(), { reported: [], open: 0 });
	await close(404, eva, rude);
	assert.deepEqual((await audit('message.report')).map(({ actor_id: by, target, detail }) => [by, target, detail]), [['ann', 'group.lunch', String(rude.id)]]);
	assert.deepEqual((await audit('report')).map(({ action, actor_id: by, detail }) => [action, by, detail]), [['report.close', 'max', String(rude.id)]]);
	assert.deepEqual(await report(200, ann, rude), { created: false }, 'once, also after it was closed');
	await customer.heard();
	assert.ok(!customer.seen.some(({ type }) => type === 'reports.updated'));
	await Promise.all([team.close(), customer.close()]);
});

test('deleted by the team where it is no member: the members see the placeholder', async () => {
	const members = await ann.events();
	const rude = await say(bob, 'group.lunch', 'Even worse.');
	await report(201, ann, rude);
	assert.deepEqual(await close(200, eva, rude, { delete_message: true }), { deleted: true });
	const { message, user } = await members.next('message.deleted');
	assert.deepEqual([message.id, message.text, user.id, message.deleted_at !== undefined], [rude.id, '', 'eva', true]);
	assert.deepEqual((await audit('message.delete')).map(({ target, detail }) => [target, detail]), [['group.lunch', String(rude.id)]]);
	assert.equal((await list()).open, 0);
	await members.close();
});

test('what the writer takes back stays reported, with the words of then; a colleague who deletes it ends that', async () => {
	const team = await max.events();
	const [first, second] = [await say(bob, 'bob', 'First words'), await say(bob, 'bob', 'Second words')];
	await report(201, eva, first);
	await report(201, max, first, { reason: 'Me, too' });
	await report(201, eva, second);
	await ask(200, bob, 'PATCH', `/api/v1/conversations/bob/messages/${first.id}`, { text: 'Harmless' });
	await ask(200, bob, 'DELETE', `/api/v1/conversations/bob/messages/${second.id}`, {});
	const { reported } = await list();
	assert.deepEqual(reported.map(({ text, message }) => [text, message.text]), [['Second words', ''], ['First words', 'Harmless']]);
	assert.deepEqual(reported[1].reports.map(({ user }) => user.id), ['eva', 'max']);
	assert.deepEqual(reported[1].conversation, { id: 'bob', type: 'support', names: ['Bob'], open_to_you: true });
	await ask(200, eva, 'DELETE', `/api/v1/conversations/bob/messages/${first.id}`, {});
	await team.next(({ type, open }) => type === 'reports.updated' && open === 1);
	assert.deepEqual(await close(200, eva, second, { delete_message: true }), { deleted: false }, 'it is gone already');
	assert.deepEqual(await ask(200, eva, 'GET', '/api/v1/reports?count=only'), { reported: [], open: 0 });
	await team.close();
});

test('what nobody can report', async () => {
	const mine = await say(ann, 'ann', 'Mine');
	const note = await say(eva, 'ann', 'For us', { private: true });
	const direct = (await ask(201, eva, 'POST', '/api/v1/channels', { type: 'direct', user_id: 'max' })).channel.id;
	const theirs = await say(eva, direct, 'Between us');
	assert.match((await report(400, ann, mine)).message, /^You wrote this message/);
	for (const message of [note, theirs, { conversation_id: 'ann', id: 999999 }, { conversation_id: 'bob', id: mine.id }]) await report(404, ann, message);
	await report(404, bob, mine);
	await ask(200, eva, 'PATCH', '/api/v1/conversations/ann', { status: 'resolved' });
	const line = (await ask(200, ann, 'GET', '/api/v1/conversations/ann/messages')).messages.find(({ activity }) => activity?.type === 'status');
	await report(400, ann, { conversation_id: 'ann', id: line.id });
	const answer = await say(eva, 'ann', 'An answer');
	for (const reason of [5, 'x'.repeat(501), 'a\u0000b']) await report(400, ann, answer, { reason });
	for (const delete_message of ['yes', 1, null]) await close(400, eva, answer, { delete_message });
	await report(201, ann, answer, { reason: 'é'.repeat(250) }); // the team's own can be reported, too
	const { reported: [one] } = await list();
	assert.deepEqual([one.message.user.id, one.reports[0].reason.length], ['eva', 250]);
	await close(200, max, answer);
});

test('a customer who is deleted with all they said leaves no words in reports', async () => {
	const rude = await say(bob, 'group.lunch', 'Unforgettable');
	await report(201, ann, rude);
	const team = await eva.events();
	await ask(200, eva, 'DELETE', '/api/v1/users/bob?mode=hard', {});
	assert.equal((await team.next('reports.updated')).open, 0);
	await team.close();
	assert.deepEqual(await list(), { reported: [], open: 0 });
});
