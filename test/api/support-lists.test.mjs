// SPDX-License-Identifier: Apache-2.0
// What a team keeps beside its conversations: labels, canned replies, customers, hours, ratings, figures, the audit log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithPeople } from '../lib/people.mjs';

let daemon, ann, bob, eva, max;
before(async () => {
	({ daemon, people: { ann, bob, eva, max } } = await startWithPeople({ ann: 'user', bob: 'user', eva: 'admin', max: 'admin' }));
});
after(() => daemon.stop());

let number = 0;
const path = (id) => `/api/v1/conversations/${id}`;
const ask = async (status, client, method, route, body) => {
	const answer = await client.call(method, route, body);
	assert.equal(answer.status, status, `${method} ${route} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const say = (client, id, text, more = {}) => ask(201, client, 'POST', `${path(id)}/messages`, { text, client_id: `c${++number}`, ...more });
const overview = async (client, id) => (await client.call('GET', '/api/v1/conversations')).body.conversations.find((c) => c.id === id);

test('labels: made, put on, taken away, renamed, deleted; told to the team', async () => {
	const [a, m] = [await ann.events(), await max.events()];
	const { id, labels } = await ask(201, eva, 'POST', '/api/v1/labels', { name: 'Refund', color: '#c62a33' });
	assert.deepEqual(labels, [{ id, name: 'Refund', color: '#c62a33' }]);
	assert.deepEqual((await m.next('labels.updated')).labels, labels);
	await ask(409, eva, 'POST', '/api/v1/labels', { name: 'refund', color: '#000000' });
	const second = (await ask(201, eva, 'POST', '/api/v1/labels', { name: 'Bug', color: '#0f766e' })).id;
	const { support } = await ask(200, eva, 'PATCH', path('ann'), { labels: [second, id, id] });
	assert.deepEqual(support.labels, [id, second]);
	assert.deepEqual((await m.next((e) => e.message?.activity?.type === 'labelled')).message.activity, { type: 'labelled', value: String(second), text: 'Bug' });
	assert.deepEqual((await ask(200, eva, 'PATCH', path('ann'), { labels: [id] })).support.labels, [id]);
	await m.next((e) => e.message?.activity?.type === 'unlabelled');
	await ask(200, eva, 'PATCH', `/api/v1/labels/${id}`, { name: 'Money back', color: '#c62a33' });
	assert.deepEqual((await ask(200, max, 'DELETE', `/api/v1/labels/${id}`, {})).labels.map((l) => l.name), ['Bug']);
	assert.deepEqual((await overview(eva, 'ann')).support.labels, []);
	await ask(404, eva, 'DELETE', `/api/v1/labels/${id}`, {});
	for (const body of [{}, { name: '', color: '#000000' }, { name: 'x', color: 'red' }, { name: 'x', color: '#GGGGGG' }, { name: 'x'.repeat(41), color: '#000000' }, { name: 'a\nb', color: '#000000' }, { name: 5, color: '#000000' }])
		await ask(400, eva, 'POST', '/api/v1/labels', body);
	await a.heard();
	assert.ok(!a.seen.some((e) => e.type === 'labels.updated' || e.message?.activity?.type === 'labelled'));
	await Promise.all([a.close(), m.close()]);
});

test('canned replies', async () => {
	const m = await max.events();
	const { id } = await ask(201, eva, 'POST', '/api/v1/canned', { shortcut: 'hello', text: 'Hello {name}, how can we help?' });
	assert.equal((await m.next('canned.updated')).canned[0].shortcut, 'hello');
	await ask(201, eva, 'POST', '/api/v1/canned', { shortcut: 'bye', text: 'Have a nice day!' });
	await ask(200, max, 'PATCH', `/api/v1/canned/${id}`, { shortcut: 'hi', text: 'Hi {name}!' });
	assert.deepEqual((await ask(200, max, 'GET', '/api/v1/canned')).canned.map((c) => c.shortcut), ['bye', 'hi']);
	await ask(409, eva, 'PATCH', `/api/v1/canned/${id}`, { shortcut: 'bye', text: 'x' });
	await ask(404, eva, 'PATCH', '/api/v1/canned/999', { shortcut: 'x', text: 'x' });
	for (const body of [{ shortcut: 'a b', text: 'x' }, { shortcut: '', text: 'x' }, { shortcut: 'x', text: '  ' }, { shortcut: 'x', text: 'x'.repeat(4001) }, { shortcut: 'x' }])
		await ask(400, eva, 'POST', '/api/v1/canned', body);
	await m.close();
});

test("a customer's client is heard, limited and not believed", async () => {
	const answer = await ann.call('POST', '/api/v1/seen', { page: 'https://shop.example/cart?a=1', title: 'Cart', language: 'de-AT', time_zone: 'Europe/Vienna' }, { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0' });
	assert.equal(answer.status, 200);
	const { customer } = await ask(200, eva, 'GET', '/api/v1/customers/ann');
	assert.deepEqual([customer.page, customer.title, customer.language, customer.time_zone], ['https://shop.example/cart?a=1', 'Cart', 'de-AT', 'Europe/Vienna']);
	assert.match(customer.agent, /Firefox/);
	assert.ok(customer.first_seen_at && customer.last_seen_at);
	for (const body of [{ page: 'javascript:alert(1)' }, { page: 'data:text/html,x' }, { page: `https://x/${'x'.repeat(500)}` }, { page: 5 }, { title: 'x'.repeat(201) }, { title: 'a\u0000b' }, { title: 'a\nb' }, { language: 'de<b>' }, { time_zone: '../../x y' }])
		await ask(400, ann, 'POST', '/api/v1/seen', body);
	await ask(404, eva, 'GET', '/api/v1/customers/eva');
	await ask(404, eva, 'GET', '/api/v1/customers/nobody');
});

test('notes on a customer are the team\'s', async () => {
	const { customer } = await ask(200, eva, 'PATCH', '/api/v1/customers/bob', { notes: 'Likes short answers.' });
	assert.deepEqual([customer.notes, customer.notes_by], ['Likes short answers.', 'eva']);
	await ask(400, eva, 'PATCH', '/api/v1/customers/bob', { notes: 'x'.repeat(4001) });
	await ask(403, bob, 'GET', '/api/v1/customers/bob');
});

test('the question after it was resolved: once, skippable, told to the team', async () => {
	const m = await max.events();
	await say(ann, 'ann', 'It is broken.');
	await ask(200, eva, 'PATCH', path('ann'), { status: 'resolved' });
	const { question } = (await overview(ann, 'ann')).support;
	assert.ok(question);
	for (const body of [{ question, rating: 6 }, { question, rating: -1 }, { question, rating: 'x' }, { rating: 3 }, { question, rating: 3, comment: 'x'.repeat(1001) }])
		await ask(400, ann, 'POST', `${path('ann')}/rating`, body);
	await ask(404, bob, 'POST', `${path('ann')}/rating`, { question, rating: 1 });
	await ask(404, bob, 'POST', `${path('bob')}/rating`, { question, rating: 1 });
	await ask(404, eva, 'POST', `${path('ann')}/rating`, { question, rating: 5 });
	const { support } = await ask(200, ann, 'POST', `${path('ann')}/rating`, { question, rating: 4, comment: 'Quick!' });
	assert.deepEqual(support, { status: 'resolved' });
	assert.deepEqual((await m.next((e) => e.message?.activity?.type === 'rated')).message.activity, { type: 'rated', value: '4', text: 'Quick!' });
	await ask(404, ann, 'POST', `${path('ann')}/rating`, { question, rating: 1 });
	const [one] = (await ask(200, eva, 'GET', '/api/v1/customers/ann')).customer.cases;
	assert.deepEqual([one.rating, one.comment, one.resolved_by], [4, 'Quick!', 'eva']);

	// a question that was left alone is not asked once the next case has been answered
	for (const text of ['Once more.', 'And again.']) {
		await say(ann, 'ann', text);
		await ask(200, eva, 'PATCH', path('ann'), { status: 'resolved' });
	}
	const again = (await overview(ann, 'ann')).support.question;
	assert.ok(again > question);
	await ask(200, ann, 'POST', `${path('ann')}/rating`, { question: again, rating: 0 });
	assert.equal((await overview(ann, 'ann')).support.question, undefined);
	const texts = (await ann.call('GET', `${path('ann')}/messages`)).body.messages.map((message) => message.activity?.type);
	assert.ok(!texts.includes('rated'));
	await m.close();
});

const WEEK = Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]);
const HOURS = { enabled: true, time_zone: 'Europe/Berlin', week: WEEK, holidays: [], away_text: 'We sleep now.', ask: true };

test('business hours: told once while it is closed, not at all while it is open', async () => {
	await ask(200, eva, 'PUT', '/api/v1/support/hours', HOURS);
	assert.deepEqual((await ann.call('GET', '/api/v1/conversations')).body.hours, { open: true, opens_at: null });
	await say(bob, 'bob', 'Hello?');
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, week: Array(7).fill([]) });
	assert.equal((await ann.call('GET', '/api/v1/conversations')).body.hours.open, false);
	const b = await bob.events();
	await say(bob, 'bob', 'Anybody there?');
	const told = (await b.next((e) => e.message?.activity?.type === 'away')).message;
	assert.deepEqual([told.activity.text, told.private], ['We sleep now.', undefined]);
	await say(bob, 'bob', 'Still nobody?');
	await say(eva, 'bob', 'I am here.'); // the team's own words bring no answer
	await b.next((e) => e.message?.text === 'I am here.');
	assert.equal(b.seen.filter((e) => e.message?.activity?.type === 'away').length, 1);
	await b.close();
	assert.deepEqual((await ask(200, max, 'GET', '/api/v1/support/hours')).hours.week, Array(7).fill([]));
	const bad = [{ ...HOURS, time_zone: 'Mars/Olympus' }, { ...HOURS, time_zone: '../../etc/passwd' }, { ...HOURS, week: [] }, { ...HOURS, week: Array(7).fill([{ from: '17:00', to: '09:00' }]) },
		{ ...HOURS, week: Array(7).fill([{ from: '9:00', to: '17:00' }]) }, { ...HOURS, holidays: ['2026-02-30'] }, { ...HOURS, away_text: 'x'.repeat(1001) }, {}];
	for (const body of bad) await ask(400, eva, 'PUT', '/api/v1/support/hours', body);
});

test('slow mode: a customer waits between two messages, the team does not; a retry is no second message', async () => {
	const b = await bob.events();
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, slow_mode_s: 2 });
	assert.deepEqual(await b.next('hours.updated'), { type: 'hours.updated', slow_mode_s: 2, read_receipts: true, hours: { open: true, opens_at: null } });
	assert.equal((await ask(200, max, 'GET', '/api/v1/support/hours')).hours.slow_mode_s, 2);
	assert.equal((await bob.call('GET', '/api/v1/conversations')).body.slow_mode_s, 2);
	assert.equal((await eva.call('GET', '/api/v1/conversations')).body.slow_mode_s, undefined);
	const post = (client, client_id) => client.call('POST', `${path('bob')}/messages`, { text: 'Quick', client_id });
	const wait = () => new Promise((resolve) => setTimeout(resolve, 2100)); // as long as slow mode says
	await wait(); // bob may have written just now
	assert.equal((await post(bob, 'slow-1')).status, 201);
	// an hour: a busy machine may take the two seconds for the next question
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, slow_mode_s: 3600 });
	assert.equal((await b.next('hours.updated')).slow_mode_s, 3600);
	const refused = await post(bob, 'slow-2');
	assert.deepEqual([refused.status, refused.body.code], [429, 60]);
	assert.match(refused.headers.get('retry-after'), /^3[56]\d\d$/);
	assert.equal((await post(bob, 'slow-1')).status, 200);
	for (const id of ['slow-a', 'slow-b']) assert.equal((await post(eva, id)).status, 201);
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, slow_mode_s: 2 });
	assert.equal((await b.next('hours.updated')).slow_mode_s, 2);
	await wait();
	assert.equal((await post(bob, 'slow-2')).status, 201);
	for (const slow_mode_s of [-1, 3601, 1.5, '5', null]) await ask(400, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, slow_mode_s });
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, enabled: false });
	assert.deepEqual(await b.next('hours.updated'), { type: 'hours.updated', slow_mode_s: 0, read_receipts: true }, 'not of what was refused');
	await b.close();
	await ask(200, eva, 'PUT', '/api/v1/support/hours', HOURS);
	assert.equal((await post(bob, 'slow-3')).status, 201);
	assert.equal((await bob.call('GET', '/api/v1/conversations')).body.slow_mode_s, undefined);
});

test('read receipts off: to the customer a message has arrived and no more; the team sees who has read', async () => {
	const b = await bob.events(), m = await max.events();
	const read = async (client) => (await overview(client, 'bob')).reads.find((r) => r.user_id === 'eva');
	const isEvas = (e) => e.type === 'message.read' && e.user.id === 'eva';
	await ask(200, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, read_receipts: false });
	assert.equal((await ask(200, max, 'GET', '/api/v1/support/hours')).hours.read_receipts, false);
	const told = async (receipts) => assert.equal((await b.next((e) => e.type === 'hours.updated')).read_receipts, receipts, 'open pages hide it at once');
	await told(false);
	const { message: first } = await say(bob, 'bob', 'Did you see it?');
	await ask(200, eva, 'POST', `${path('bob')}/read`, { message_id: first.id }); // at once: it arrives with that
	const arrived = { user_id: 'eva', role: 'admin', last_read_message_id: 0, last_delivered_message_id: first.id };
	assert.deepEqual((await b.next(isEvas)).read, arrived);
	assert.equal((await m.next(isEvas)).read.last_read_message_id, first.id);
	assert.deepEqual(await read(bob), arrived);
	assert.equal((await read(max)).last_read_message_id, first.id);

	const { message: second } = await say(bob, 'bob', 'And now?');
	await ask(200, eva, 'POST', `${path('bob')}/delivered`, { message_id: second.id });
	assert.equal((await b.next(isEvas)).read.last_delivered_message_id, second.id);
	await ask(200, eva, 'POST', `${path('bob')}/read`, { message_id: second.id });
	await m.next((e) => isEvas(e) && e.read.last_read_message_id === second.id);
	await say(eva, 'bob', 'Seen.');
	await b.next((e) => e.message?.text === 'Seen.');
	await b.heard();
	assert.equal(b.seen.filter(isEvas).length, 2, 'that it was looked at is not told');

	await ask(400, eva, 'PUT', '/api/v1/support/hours', { ...HOURS, read_receipts: 'no' });
	await ask(200, eva, 'PUT', '/api/v1/support/hours', HOURS);
	await told(true);
	assert.ok((await read(bob)).last_read_message_id > second.id);
	await Promise.all([b.close(), m.close()]);
});

test('named in a note: counted until it is read', async () => {
	await say(eva, 'bob', 'Ask @max, not @bob or max@example.org.', { private: true });
	assert.equal((await overview(max, 'bob')).mentions, 1);
	assert.equal((await overview(eva, 'bob')).mentions, 0);
	assert.equal((await overview(bob, 'bob')).mentions, undefined);
	const { last_message } = await overview(max, 'bob');
	await ask(200, max, 'POST', `${path('bob')}/read`, { message_id: last_message.id });
	assert.equal((await overview(max, 'bob')).mentions, 0);
});

test('who else looks at it: told to the team', async () => {
	const [b, m] = [await bob.events(), await max.events()];
	await ask(200, eva, 'POST', `${path('bob')}/viewing`, { viewing: true });
	assert.equal((await m.next('viewing.start')).user.id, 'eva');
	await ask(200, eva, 'POST', `${path('bob')}/viewing`, { viewing: false });
	await m.next('viewing.stop');
	assert.ok(!b.seen.some((e) => e.type.startsWith('viewing')));
	await ask(400, eva, 'POST', `${path('bob')}/viewing`, {});
	await Promise.all([b.close(), m.close()]);
});

test('figures', async () => {
	const figures = await ask(200, eva, 'GET', '/api/v1/support/figures?days=1');
	assert.equal(figures.cases, 4); // three of ann, one of bob
	assert.equal(figures.resolved, 3);
	assert.deepEqual([figures.ratings, figures.rating_mean], [1, 4]);
	assert.ok(figures.first_reply_median_s >= 0 && figures.resolution_median_s >= 0);
	await ask(400, eva, 'GET', '/api/v1/support/figures?days=0');

	const { team, replied } = figures;
	assert.deepEqual(team.map(({ user }) => user.name), team.map(({ user }) => user.name).sort(), 'all of the team, by name');
	const [e, m] = ['eva', 'max'].map((id) => team.find(({ user }) => user.id === id));
	assert.deepEqual([e.resolved, e.replied, e.ratings, e.rating_mean], [3, replied, 1, 4]);
	assert.ok(e.first_reply_median_s >= 0);
	assert.deepEqual({ ...m, user: 'max' }, { user: 'max', resolved: 0, replied: 0, first_reply_median_s: null, ratings: 0, rating_mean: null });
	assert.ok(!team.some(({ user }) => user.role !== 'admin'));
});

test('how soon the team usually answers: told to customers, once five were answered', async () => {
	const usual = async (client) => (await ask(200, client, 'GET', '/api/v1/conversations')).usual_reply;
	const { replied } = await ask(200, eva, 'GET', '/api/v1/support/figures');
	assert.ok(replied < 5);
	const stream = await ann.events();
	for (let i = replied; i < 5; i++) {
		assert.equal(await usual(ann), undefined);
		await ask(200, eva, 'PATCH', path('ann'), { status: 'resolved' });
		await say(ann, 'ann', `Question ${i}`);
		await say(eva, 'ann', `Answer ${i}`);
	}
	assert.equal((await stream.next((e) => e.type === 'hours.updated' && e.usual_reply !== undefined)).usual_reply, 'minutes', 'open pages are told');
	await stream.close();
	assert.equal(await usual(ann), 'minutes');
	assert.equal(await usual(eva), undefined);
});

test('the audit log: what was done, by whom, in pages, and nothing of it goes', async () => {
	const { messages } = (await eva.call('GET', `${path('ann')}/messages`)).body;
	await ask(200, eva, 'DELETE', `${path('ann')}/messages/${messages.find((m) => m.user.id === 'ann' && !m.activity).id}`, {});
	const { audit } = await ask(200, max, 'GET', '/api/v1/audit?limit=100');
	for (const action of ['session.begin', 'label.save', 'label.delete', 'label.put', 'label.take', 'canned.save', 'conversation.status', 'customer.notes', 'settings', 'message.delete'])
		assert.ok(audit.some((row) => row.action === action), action);
	const [deleted] = audit;
	assert.deepEqual([deleted.actor_id, deleted.action, deleted.target], ['eva', 'message.delete', 'ann']);
	const page = await ask(200, max, 'GET', '/api/v1/audit?limit=2&actor=eva&action=label');
	assert.deepEqual([page.audit.length, page.has_more], [2, true]);
	const next = await ask(200, max, 'GET', `/api/v1/audit?limit=2&actor=eva&action=label&before=${page.audit[1].id}`);
	assert.ok(next.audit.every((row) => row.id < page.audit[1].id && row.actor_id === 'eva' && row.action.startsWith('label.')));
	await ask(400, max, 'GET', '/api/v1/audit?limit=101');
});
