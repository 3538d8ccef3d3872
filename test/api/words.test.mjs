// SPDX-License-Identifier: Apache-2.0
// The team's list of words: refused with the word's name, or reported by itself; not for the team, and over a restart.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { PASSWORD, startWithPeople } from '../lib/people.mjs';

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-words-'));
let daemon, ann, bob, eva, max;
before(async () => {
	({ daemon, people: { ann, bob, eva, max } } = await startWithPeople({ ann: 'user', bob: 'user', eva: 'admin', max: 'admin' }, { data }));
	await ask(201, eva, 'POST', '/api/v1/channels', { type: 'group', id: 'lunch', name: 'Lunch', members: ['ann', 'bob'] });
});
after(async () => {
	await daemon.stop();
	fs.rmSync(data, { recursive: true, force: true });
});

let number = 0;
const ask = async (status, client, method, route, body) => {
	const answer = await client.call(method, route, body);
	assert.equal(answer.status, status, `${method} ${route} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const say = (status, client, id, text) => ask(status, client, 'POST', `/api/v1/conversations/${id}/messages`, { text, client_id: `c${++number}` });
const put = (status, words, client = eva) => ask(status, client, 'PUT', '/api/v1/words', words);
const reported = async () => (await ask(200, eva, 'GET', '/api/v1/reports')).reported;

test('refused, with the word that it is about; the team may', async () => {
	const team = await max.events();
	assert.deepEqual(await ask(200, eva, 'GET', '/api/v1/words'), { refuse: [], report: [] });
	assert.deepEqual(await put(200, { refuse: ['Fool', 'Straße'], report: [] }), { refuse: ['Fool', 'Straße'], report: [] });
	const { type: _, ...told } = await team.next('words.updated');
	assert.deepEqual(told, { refuse: ['Fool', 'Straße'], report: [] });
	for (const [id, text, word] of [['ann', 'You FOOL!', 'Fool'], ['group.lunch', 'in der STRAßE', 'Straße']]) {
		const refused = await say(400, ann, id, text);
		assert.deepEqual([refused.code, refused.message], [73, `The word '${word}' is on the team's list; leave it out.`]);
	}
	const { message } = await say(201, ann, 'ann', 'foolish');
	assert.equal((await ask(400, ann, 'PATCH', `/api/v1/conversations/ann/messages/${message.id}`, { text: 'fool' })).code, 73);
	await say(201, eva, 'ann', 'Who is a fool?');
	const { messages } = await ask(200, eva, 'GET', '/api/v1/conversations/ann/messages');
	assert.deepEqual(messages.map(({ text }) => text), ['foolish', 'Who is a fool?']);
	assert.deepEqual(await reported(), []);
	assert.equal((await ask(200, eva, 'GET', '/api/v1/audit?action=settings')).audit[0].detail, 'words');
	await team.close();
});

test('what is no word is quoted, also when the quotation is cut inside a character', async () => {
	const { message } = await put(400, { refuse: ['中'.repeat(30)], report: [] });
	assert.equal(message, `'${'中'.repeat(26)}?' in \`refuse\` is not one word of at most 64 bytes; use letters, digits and _ only.`);
});

test('reported by itself, once for each message, also by an edit', async () => {
	const team = await max.events();
	await put(200, { refuse: ['Fool'], report: ['refund', 'REFUND', 'fool'] });
	assert.deepEqual(await ask(200, max, 'GET', '/api/v1/words'), { refuse: ['Fool'], report: ['refund'] });
	const { message } = await say(201, bob, 'bob', 'I want a Refund');
	assert.equal((await team.next('reports.updated')).open, 1);
	await ask(200, bob, 'PATCH', `/api/v1/conversations/bob/messages/${message.id}`, { text: 'REFUND me!' });
	const [one] = await reported();
	assert.deepEqual([one.text, one.message.text, one.reports.length], ['I want a Refund', 'REFUND me!', 1]);
	assert.deepEqual([one.reports[0].word, one.reports[0].user, one.reports[0].reason], ['refund', undefined, '']);
	await ask(200, eva, 'POST', `/api/v1/reports/${message.id}/close`, {});
	const fine = (await say(201, bob, 'group.lunch', 'Lunch?')).message;
	assert.equal((await reported()).length, 0);
	await ask(200, bob, 'PATCH', `/api/v1/conversations/group.lunch/messages/${fine.id}`, { text: 'Lunch or refund?' });
	assert.deepEqual((await reported()).map(({ text, conversation }) => [text, conversation.id]), [['Lunch or refund?', 'group.lunch']]);
	await say(201, max, 'bob', 'A refund it is'); // the team's own words
	assert.equal((await reported()).length, 1);
	await team.close();
});

test('what is no list is refused with the reason, and the old one holds', async () => {
	const many = Array.from({ length: 501 }, (_, i) => `w${i}`);
	for (const [words, reason] of [
		[{}, /`refuse` must be a list/], [{ refuse: [] }, /`report` must be a list/], [{ refuse: 'x', report: [] }, /`refuse`/], [{ refuse: ['two words'], report: [] }, /'two words' in `refuse` is not one word/],
		[{ refuse: [], report: ["don't"] }, /'don't' in `report`/], [{ refuse: [''], report: [] }, /not one word/], [{ refuse: [5], report: [] }, /not one word/],
		[{ refuse: ['x'.repeat(65)], report: [] }, /64 bytes/], [{ refuse: ['a\u0000b'], report: [] }, /not valid JSON/], [{ refuse: many.slice(0, 300), report: many.slice(300) }, /At most 500/],
	])
		assert.match((await put(400, words)).message, reason, JSON.stringify(words).slice(0, 60));
	assert.equal((await put(200, { refuse: many.slice(0, 500), report: [] })).refuse.length, 500);
	await say(400, ann, 'ann', 'W499');
	await put(200, { refuse: ['fool'], report: ['refund'] });
});

test('over a restart', async () => {
	await daemon.stop();
	daemon = await startConfabd({ data });
	const again = new Client(daemon.url);
	assert.equal((await again.call('POST', '/api/auth/login', { userId: 'bob', password: PASSWORD })).status, 200);
	assert.equal((await say(400, again, 'bob', 'fool')).code, 73);
	await say(201, again, 'bob', 'w499');
});
