// SPDX-License-Identifier: Apache-2.0
// A conversation to take along: whole, in order, with what its reader may see and nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWithPeople } from '../lib/people.mjs';

let daemon, people;
before(async () => ({ daemon, people } = await startWithPeople({ boss: 'admin', ann: 'user', bob: 'user' })));
after(() => daemon.stop());

const path = '/api/v1/conversations/ann/export';

test('all messages in order over many pages; the customer gets no notes, a stranger nothing', async () => {
	const { boss, ann, bob } = people;
	for (let i = 0; i < 230; i++) assert.equal((await ann.call('POST', '/api/v1/conversations/ann/messages', { text: `m${i}`, client_id: `m${i}` })).status, 201);
	const note = { text: '<b>a note</b> & more', client_id: 'n', private: true };
	assert.equal((await boss.call('POST', '/api/v1/conversations/ann/messages', note)).status, 201);
	const attached = JSON.parse((await ann.raw('POST', '/api/v1/conversations/ann/attachments?name=list.txt', { body: 'milk', headers: { 'content-type': 'application/octet-stream' } })).text).attachment;
	assert.equal((await ann.call('POST', '/api/v1/conversations/ann/messages', { text: 'the list', client_id: 'f', attachments: [attached.id] })).status, 201);

	const mine = await ann.call('GET', path);
	assert.equal(mine.status, 200);
	assert.match(mine.headers.get('content-disposition'), /^attachment/);
	assert.deepEqual(mine.body.messages.map((m) => m.text), [...Array.from({ length: 230 }, (_, i) => `m${i}`), 'the list']);
	assert.equal(mine.body.messages.at(-1).attachments[0].name, 'list.txt');
	assert.equal(mine.body.has_more, false);
	assert.equal((await boss.call('GET', path)).body.messages.length, 232);
	assert.equal((await bob.call('GET', path)).status, 404);

	const page = await boss.raw('GET', `${path}?format=html`);
	assert.match(page.headers.get('content-type'), /^text\/html/);
	assert.match(page.headers.get('content-disposition'), /^attachment/);
	assert.ok(page.text.includes('&lt;b&gt;a note&lt;/b&gt; &amp; more') && !page.text.includes('<b>'), 'escaped');
	assert.ok(page.text.includes('Attachment: list.txt (4 bytes)'));
	assert.ok(page.text.indexOf('<p>m0</p>') < page.text.indexOf('<p>m229</p>'));
	assert.ok(!(await ann.raw('GET', `${path}?format=html`)).text.includes('a note'));
	assert.equal((await ann.call('GET', `${path}?format=pdf`)).status, 400);
});
