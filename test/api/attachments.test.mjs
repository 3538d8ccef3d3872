// SPDX-License-Identifier: Apache-2.0
// Files of messages: sent, shown, refused, gone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { checkAnswer } from '../lib/contract.mjs';
import { root, startConfabd } from '../lib/confabd.mjs';
import { startWithStranger } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

let daemon, user, admin, stranger;
before(async () => {
	({ daemon, user, admin, stranger } = await startWithStranger());
});
after(() => daemon.stop());

const base = '/api/v1/conversations/user';
const picture = (name) => fs.readFileSync(path.join(root, 'test/vectors/pictures', name));

async function upload(client, bytes, { name, headers = {}, to = base } = {}) {
	const query = name === undefined ? '' : `?name=${encodeURIComponent(name)}`;
	const answer = await fetch(`${daemon.url}${to}/attachments${query}`, {
		method: 'POST', headers: { 'content-type': 'application/octet-stream', ...(client.cookie ? { cookie: client.cookie } : {}), ...headers }, body: bytes,
	});
	const body = await answer.json();
	checkAnswer('POST', `${to}/attachments`, answer.status, body);
	return { status: answer.status, body, attachment: body.attachment };
}
const send = (client, attachments, more = {}) =>
	client.call('POST', `${base}/messages`, { text: '', client_id: `c${Math.random()}`, attachments, ...more });
const get = (url) => fetch(daemon.url + url);

test('a photo goes with a message, without what its sender does not know is in it', async () => {
	const { status, attachment } = await upload(user, picture('turned.jpg'), { name: '../holiday/Straße "1".jpg' });
	assert.equal(status, 201);
	assert.deepEqual([attachment.name, attachment.mime_type, attachment.width, attachment.height], ['Straße _1_.jpg', 'image/jpeg', 32, 24]);
	const stream = await admin.events();
	const { body } = await send(user, [attachment.id]);
	assert.deepEqual(body.message.attachments, [attachment]);
	assert.deepEqual((await stream.next('message.new')).message, body.message);
	assert.deepEqual((await admin.call('GET', `${base}/messages`)).body.messages.at(-1).attachments, [attachment]);
	const shown = await get(attachment.url);
	assert.equal(shown.status, 200);
	assert.equal(shown.headers.get('content-type'), 'image/jpeg');
	assert.match(shown.headers.get('content-security-policy'), /sandbox/);
	assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
	assert.match(shown.headers.get('content-disposition'), /^inline; filename\*=UTF-8''%53%74/);
	const bytes = Buffer.from(await shown.arrayBuffer());
	assert.equal(bytes.length, attachment.size);
	assert.ok(!bytes.includes('SECRET'));
	await stream.close();
});

test('what could run is for saving, whatever it calls itself', async () => {
	for (const [text, name] of [['<html><script>alert(1)</script>', 'a.html'], ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.png'], ['%PDF-1.7', 'a.pdf']]) {
		const { attachment } = await upload(user, text, { name });
		const shown = await get(attachment.url);
		assert.ok(!/html|svg|xml|script/.test(shown.headers.get('content-type')), shown.headers.get('content-type'));
		assert.match(shown.headers.get('content-disposition'), /^attachment/);
		await shown.arrayBuffer();
	}
});

test('whose, how large, how many', async () => {
	assert.equal((await upload(stranger, 'x')).status, 404);
	assert.equal((await upload(new Client(daemon.url), 'x')).status, 401);
	assert.equal((await upload(user, '')).status, 400);
	assert.equal((await upload(user, 'x', { headers: { 'content-type': 'text/plain' } })).status, 415);
	assert.equal((await upload(user, 'x', { headers: { 'content-type': 'application/json' } })).status, 415);
	assert.equal((await upload(user, 'x', { headers: { origin: 'http://evil.example' } })).status, 403);
	const whole = await upload(user, Buffer.alloc(10 * 1024 * 1024, 7));
	assert.equal(whole.status, 201);
	assert.equal((await (await get(whole.attachment.url)).arrayBuffer()).byteLength, 10 * 1024 * 1024);
	const large = await upload(user, Buffer.alloc(10 * 1024 * 1024 + 1)).catch((error) => error);
	assert.ok(large instanceof Error || large.status === 413);

	const { attachment } = await upload(user, 'mine');
	assert.equal((await send(admin, [attachment.id])).status, 404, 'another sends it');
	assert.equal((await send(stranger, [attachment.id])).status, 404);
	assert.equal((await send(user, [attachment.id, 'unknown'])).status, 404, 'one is not there: nothing is sent');
	assert.equal((await send(user, [attachment.id])).status, 201);
	assert.equal((await send(user, [attachment.id])).status, 404, 'twice');
	assert.equal((await send(user, Array(11).fill(attachment.id))).status, 400);
	assert.equal((await send(user, [5])).status, 400);
	assert.equal((await send(user, 'x')).status, 400);
	assert.equal((await send(user, [])).status, 400, 'neither text nor file');
	for (const url of ['/files/none/x', `/files/${'A'.repeat(24)}/x`]) assert.equal((await get(url)).status, 404, url);
});

test('a file of a deleted message is gone with its bytes, and what no message has goes with the next start', async () => {
	const data = `${daemon.data}/second`;
	const first = await startConfabd({ data });
	const ann = new Client(first.url);
	await ann.openLink(first.links.user);
	const up = await fetch(`${first.url}${base}/attachments`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', cookie: ann.cookie }, body: 'gone soon' });
	const { attachment } = await up.json();
	const { message } = (await ann.call('POST', `${base}/messages`, { text: 'look', client_id: 'a1', attachments: [attachment.id] })).body;
	assert.ok(fs.existsSync(`${data}/files/${attachment.id}`));
	assert.equal(fs.statSync(`${data}/files/${attachment.id}`).mode & 0o777, 0o600);
	const gone = (await ann.call('DELETE', `${base}/messages/${message.id}`, {})).body.message;
	assert.deepEqual(gone.attachments, []);
	assert.equal((await fetch(first.url + attachment.url)).status, 404);
	const there = (name) => fs.existsSync(`${data}/files/${name}`);
	await until('the bytes go', () => !there(attachment.id));
	await first.stop();

	// a crash between the file and its row, one within the file
	const lost = 'L'.repeat(24), half = `${'H'.repeat(24)}.new`;
	for (const name of [lost, half]) fs.writeFileSync(`${data}/files/${name}`, 'x');
	fs.writeFileSync(`${data}/files/README`, 'the operator put it here');
	const second = await startConfabd({ data });
	await until('what no message has goes', () => !there(lost) && !there(half));
	assert.ok(there('README'));
	await second.stop();
});
