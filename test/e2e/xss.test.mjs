// SPDX-License-Identifier: Apache-2.0
// R19: whatever people write and call themselves, their files, labels and groups, a page shows as the text that it is: nothing of it
// runs, opens a dialog, is asked of the network, or troubles the content security policy (any console error fails the test).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chooseConversation, signInByLink } from '../lib/app.mjs';
import { launchChromium, until } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { startConfabd } from '../lib/confabd.mjs';

const RUN = 'window.xss=1';
const TAGS = [
	`<script>${RUN}</script>`, `<img src=x onerror=${RUN}>`, `<svg/onload=${RUN}>`, `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<iframe srcdoc="<script>parent.${RUN}</script>">`,
	`<details open ontoggle=${RUN}>`, `<input autofocus onfocus=${RUN}>`, `<video><source onerror=${RUN}>`, `<math><mtext><img src onerror=${RUN}>`, `<a href="javascript:${RUN}">x</a>`,
	`<object data="data:text/html,<script>${RUN}</script>">`, `<base href=//evil.example>`, `<link rel=stylesheet href=//evil.example>`, `<meta http-equiv=refresh content=0;url=//evil.example>`, `<form><button formaction=javascript:${RUN}>x`,
	`<style>@import'//evil.example'</style>`, `<template><script>${RUN}</script></template>`, `<x/onclick=${RUN}>`,
];
const AHEAD = ['', '">', "'>", '</textarea>', '</title></script>', '-->', ']]>', '`;', '\\">', '&quot;&gt;'];
const ALONE = [
	`javascript:${RUN}`, `JaVaScRiPt:${RUN}`, `java\tscript:${RUN}`, `data:text/html,<script>${RUN}</script>`, `vbscript:${RUN}`, `https://a.example/"onmouseover="${RUN}`, `https://a.example/'onclick='${RUN}`,
	`https://a.example/<img src=x onerror=${RUN}>`, `http://javascript:${RUN}@a.example/`, `www.a.example/"><script>${RUN}</script>`, `{{constructor.constructor('${RUN}')()}}`, '${' + RUN + '}', `<%= ${RUN} %>`, `#{${RUN}}`,
	`&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}`, `%3Cscript%3E${RUN}%3C/script%3E`, `\\u003cscript\\u003e${RUN}`, `[x](javascript:${RUN})`, `![x](x"onerror="${RUN})`, '__proto__', 'constructor', 'toString', 'null', 'undefined', ':smile:<b>', '\u202e<script>', '\u0130<script>', '<\u0000script>'.replace('\u0000', '\ufffd'), `'-${RUN}-'`, `";${RUN}//`,
];
const PAYLOADS = [...AHEAD.flatMap((ahead) => TAGS.map((tag) => ahead + tag)), ...ALONE];

let daemon, browser, admin, user, boss;
before(async () => {
	daemon = await startConfabd();
	browser = await launchChromium();
	user = new Client(daemon.url);
	await user.openLink(daemon.links.user);
	admin = await signInByLink(browser, daemon.links.admin);
	admin.page.on('dialog', (dialog) => {
		admin.problems.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	boss = (method, path, body) => admin.page.evaluate(async ([method, path, body]) => {
		const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
		return { status: answer.status, body: await answer.json() };
	}, [method, path, body]);
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

/** The page shows the text, as one text. */
const shows = (locator, text) => until(`the text ${text}`, () => locator.evaluateAll((list) => list.map((element) => element.textContent)), (all) => all.some((one) => one.includes(text)));
async function assertHarmless() {
	assert.equal(await admin.page.evaluate(() => window.xss), undefined);
	assert.ok(admin.page.url().startsWith(daemon.url.replace('127.0.0.1', 'localhost')) || admin.page.url().startsWith(daemon.url), admin.page.url());
	admin.assertQuiet();
}

test(`${PAYLOADS.length} payloads in messages are text`, { timeout: 120_000 }, async () => {
	assert.ok(PAYLOADS.length >= 200);
	const texts = [];
	for (let i = 0; i < PAYLOADS.length; i += 6) texts.push(PAYLOADS.slice(i, i + 6).join('\n'));
	const ids = new Map();
	for (const text of texts) {
		const { status, body } = await user.call('POST', '/api/v1/conversations/user/messages', { text, client_id: `x${ids.size}` });
		assert.equal(status, 201);
		ids.set(body.message.id, text);
	}
	const { body } = await user.call('GET', '/api/auth/session');
	await chooseConversation(admin, body.user.name);
	const shown = await until('the messages', () => admin.page.getByRole('log').locator('[data-message]').evaluateAll((list) => list.map((line) => [Number(line.dataset.message), line.firstElementChild.textContent])), (list) => list.length >= Math.min(ids.size, 30));
	for (const [id, text] of shown) assert.equal(text, ids.get(id), `message ${id}`);
	const targets = await admin.page.getByRole('log').locator('a[href]').evaluateAll((list) => list.map(({ protocol, rel }) => [protocol, rel]));
	assert.ok(targets.length > 0 && targets.every(([protocol, rel]) => /^https?:$/.test(protocol) && rel.includes('noopener')), JSON.stringify(targets));
	await assertHarmless();
});

test('names of people, labels, groups and files are text', { timeout: 120_000 }, async () => {
	const list = admin.page.getByRole('list', { name: 'Conversations' });
	for (const name of [TAGS[0], `">${TAGS[1]}`, TAGS[4], `{{${RUN}}}`]) {
		assert.equal((await user.call('POST', '/api/auth/name', { name })).status, 200, name);
		await shows(list, name);
	}
	const label = `<img src=x onerror=${RUN}>`.slice(0, 40);
	const made = await boss('POST', '/api/v1/labels', { name: label, color: '#c62a33' });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	assert.equal((await boss('PATCH', '/api/v1/conversations/user', { labels: [made.body.id] })).status, 200);
	await shows(admin.page.locator('body'), label);
	const group = `">${TAGS[2]}`;
	assert.equal((await boss('POST', '/api/v1/channels', { type: 'group', id: 'evil', name: group, members: ['user'] })).status, 201);
	await shows(admin.page.locator('body'), group);

	const name = `"><svg onload=${RUN}>.txt`;
	const upload = await user.raw('POST', `/api/v1/conversations/user/attachments?name=${encodeURIComponent(name)}`, { body: 'harmless', headers: { 'content-type': 'application/octet-stream' } });
	const { attachment } = JSON.parse(upload.text);
	assert.equal((await user.call('POST', '/api/v1/conversations/user/messages', { text: '', client_id: 'file', attachments: [attachment.id] })).status, 201);
	assert.match(attachment.name, /svg onload/);
	await shows(admin.page.getByRole('log'), attachment.name);
	await admin.page.reload(); // and what is loaded, not told
	await shows(list, `{{${RUN}}}`);
	await assertHarmless();
});
