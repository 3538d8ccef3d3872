// SPDX-License-Identifier: Apache-2.0
// Conversations in C against a running server: what is written, read, found, changed and told. In virtual time, with every way
// a send can fail: test/unit/client/test_chat_send.c.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../lib/confabd.mjs';
import { now, sign } from '../lib/jwt.mjs';
import { startWithPeople } from '../lib/people.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { Code, endAll, Talk } from '../lib/talk.mjs';

let daemon, people;
const names = { ann: 'user', ben: 'user', cleo: 'user', dora: 'user', boss: 'admin' };
const mint = (id) => sign({ user_id: id, iat: now() - 5, exp: now() + 600 });
const of = (id, rest = '') => `/api/v1/conversations/${id}/messages${rest}`;

before(async () => {
	({ daemon, people } = await startWithPeople(names));
});
after(() => {
	endAll();
	return daemon.stop();
});

async function talk(id, { url = daemon.url, since, ...options } = {}) {
	const t = new Talk(url, options);
	await t.ok(`token ${mint(id)}`);
	await t.ok(`connect ${id}${since === undefined ? '' : ` ${since}`}`);
	return t;
}

async function write(who, conversation, text, more = {}) {
	const { body, status } = await people[who].call('POST', of(conversation), { text, client_id: `w-${Math.random()}`, ...more });
	assert.equal(status, 201, JSON.stringify(body));
	return body.message;
}

describe('libconfab chats', { concurrency: 4 }, () => {
	test('what is sent arrives once and in order, with its number; the same client_id is the same message', async () => {
		const t = await talk('ann');
		for (const text of ['one', 'two', 'three']) t.say(`send ann c-${text} 0 ${text}`);
		for (const text of ['one', 'two', 'three']) await t.event('message', (l) => l.text === text);
		await t.until((l) => l.sent && t.lines.filter((line) => line.sent).length === 3, 'three ends');
		const ids = t.lines.filter((l) => l.sent).map((l) => l.sent);
		assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
		const from = t.lines.length;
		await t.ok('send ann c-two 0 two again');
		assert.equal((await t.until((l) => l.sent, 'the number', from)).sent, ids[1]);
		const { body } = await people.boss.call('GET', of('ann'));
		assert.deepEqual(body.messages.map((m) => m.text), ['one', 'two', 'three']);
		assert.deepEqual(body.messages.map((m) => m.id), ids);
		const event = t.lines.find((l) => l.event === 'message' && l.text === 'two');
		assert.deepEqual([event.identity, event.user, event.client_id, event.message], ['ann', 'ann', 'c-two', ids[1]]);
		assert.ok(Math.abs(event.created_us / 1000 - Date.now()) < 60000 && event.cursor > 0);
		assert.equal((await t.do('send ben c 0 not mine')).code, Code.notFound);
		await t.end();
	});

	test('without a network messages wait, and none is stored twice; what was missed meanwhile comes in order', { timeout: 60000 }, async (c) => {
		const proxy = await startProxy(c, daemon);
		const t = await talk('ben', { url: proxy.url.replace('ws', 'http') });
		proxy.closed = true;
		proxy.cut();
		await t.event('connection', (l) => l.state === 3);
		assert.equal((await t.do('send ben never 1 too late')).code, Code.network);
		const sending = t.do('send ben later 0 a word from the dark', 50000);
		for (const text of ['first', 'second']) await write('boss', 'ben', text);
		proxy.closed = false;
		assert.equal((await sending).code, 0);
		await t.event('message', (l) => l.text === 'a word from the dark');
		const heard = t.lines.filter((l) => l.event === 'message').map((l) => l.text);
		assert.deepEqual(heard, ['first', 'second', 'a word from the dark']);
		const { body } = await people.boss.call('GET', of('ben'));
		assert.deepEqual(body.messages.map((m) => m.text), heard);
		await t.end();
	});

	test('a program that was restarted hears what it has missed', async () => {
		let t = await talk('cleo');
		await write('boss', 'cleo', 'before');
		const { cursor } = await t.event('message', (l) => l.text === 'before');
		await t.end();
		for (const text of ['missed 1', 'missed 2']) await write('boss', 'cleo', text);
		t = await talk('cleo', { since: cursor });
		await t.event('message', (l) => l.text === 'missed 2');
		await write('boss', 'cleo', 'live');
		await t.event('message', (l) => l.text === 'live');
		assert.deepEqual(t.lines.filter((l) => l.event === 'message').map((l) => l.text), ['missed 1', 'missed 2', 'live']);
		await t.end();
		t = await talk('cleo', { since: 1e9 }); // of another server
		await t.event('resync');
		await t.end();
	});

	test('pages, words, read and delivered, typing, changes, a picture, a direct conversation, any request', { timeout: 60000 }, async () => {
		const t = await talk('dora', { ownLoop: true });
		const ids = [];
		for (let i = 1; i <= 5; i++) ids.push((await write('boss', 'dora', `line ${i} of Größe`)).id);
		const page = async (line) => {
			const from = t.lines.length;
			await t.ok(line);
			const found = t.lines.slice(from).filter((l) => l.found);
			return { ids: found.map((l) => l.found), more: t.lines.findLast((l) => l.count !== undefined).has_more, found };
		};
		assert.deepEqual((await page('history dora 2')).ids, ids.slice(3));
		assert.deepEqual(await page(`history dora 2 ${ids[3]}`).then(({ ids, more }) => ({ ids, more })), { ids: ids.slice(1, 3), more: 1 });
		assert.deepEqual((await page(`history dora 50 0 ${ids[3]}`)).ids, ids.slice(4));
		assert.deepEqual((await page('search dora 3 GRÖ')).ids, [ids[2]]);
		assert.equal((await page('search - line')).ids.length, 5);
		assert.equal((await t.do('history ann 2')).code, Code.notFound);

		const hears = await people.boss.events();
		await t.ok(`delivered dora ${ids[3]}`);
		assert.equal((await hears.next('message.read')).read.last_delivered_message_id, ids[3]);
		await t.ok(`read dora ${ids[4]}`);
		assert.equal((await hears.next('message.read')).read.last_read_message_id, ids[4]);
		await t.ok('typing dora 1');
		assert.equal((await hears.next('typing.start')).user.id, 'dora');
		await t.ok('typing dora 0');
		await hears.next('typing.stop');
		await people.boss.call('POST', '/api/v1/conversations/dora/typing', { typing: true });
		assert.equal((await t.event('typing', (l) => l.state === 1 && l.identity !== 'dora')).identity, 'boss');

		await t.ok(`picture dora ${path.join(root, 'test/vectors/pictures/text.png')} at the door`);
		const picture = await t.event('message', (l) => l.files === 1);
		assert.deepEqual([picture.text, picture.mime, picture.file], ['at the door', 'image/png', 'front door.png']);
		assert.ok(picture.width > 0 && picture.size > 0);
		assert.equal((await fetch(daemon.url + picture.url)).headers.get('content-type'), 'image/png');
		await people.boss.call('POST', '/api/v1/conversations/dora/read', { message_id: picture.message });
		const read = await t.event('read', (l) => l.identity === 'boss' && l.message_id === picture.message);
		assert.equal(read.conversation, 'dora');
		await t.ok(`edit dora ${picture.message} somebody at the door`);
		const edited = await t.event('message changed', (l) => l.topic === 'message.updated');
		assert.deepEqual([edited.text, edited.edited, edited.message], ['somebody at the door', 1, picture.message]);
		await t.ok(`react dora ${ids[0]} 👍 1`);
		await t.event('message changed', (l) => l.topic === 'reaction.new' && l.message === ids[0] && l.identity === 'dora');
		await t.ok(`react dora ${ids[0]} 👍 0`);
		await t.event('message changed', (l) => l.topic === 'reaction.deleted');
		await t.ok(`delete dora ${picture.message}`);
		assert.equal((await t.event('message changed', (l) => l.topic === 'message.deleted')).deleted, 1);
		assert.equal((await t.do(`delete dora ${ids[0]}`)).code, Code.notAllowed);

		assert.equal((await t.do('direct ben')).code, Code.notAllowed); // the team starts them
		const team = await talk('boss');
		await team.ok('direct dora');
		const channel = team.lines.findLast((l) => l.answered !== undefined).text;
		assert.match(channel, /^direct\./);
		await t.ok(`send ${channel} c-d 0 just between us`);
		assert.equal((await team.event('message', (l) => l.conversation === channel)).user, 'dora');
		await t.ok('request GET /api/v1/channels');
		assert.match(t.lines.findLast((l) => l.answered !== undefined).text, /just between us/);
		assert.equal((await t.do('request POST /api/v1/nothing {}')).code, Code.notFound);
		await team.end();
		hears.close();
		await t.end();
	});
});
