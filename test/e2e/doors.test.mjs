// SPDX-License-Identifier: Apache-2.0
// The door of a conversation: the team keeps a copy of it and bans its customer, who reads why, in the app and in the widget; the
// ban is lifted on the Team page; one person undoes a block in the settings.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { openShop } from '../lib/shop.mjs';
import { box, log, openChat, panel, write } from '../lib/widget.mjs';

let scene, alex, sam;
before(async () => {
	scene = await openShop();
	alex = scene.admin;
	sam = await signInByLink(scene.browser, scene.daemon.links.user);
});
after(() => scene?.close());

const menu = (person) => person.page.getByRole('button', { name: 'More about this conversation' });
const told = (person, text) => person.page.getByRole('status').filter({ hasText: text }).waitFor();
const focused = (person) => person.page.evaluate(() => document.activeElement?.textContent?.trim());
const dialog = (person, name) => person.page.getByRole('dialog', { name });

test('the menu by keyboard: the conversation as a page to read, and as data', async () => {
	await say(sam, 'Where is <b>my</b> parcel?');
	await chooseConversation(alex, 'Sam Rivera');
	await alex.page.getByRole('log').getByText('Where is').waitFor(); // or it is not in what is saved
	await menu(alex).focus();
	await alex.page.keyboard.press('Enter');
	const items = alex.page.getByRole('menuitem');
	await items.first().waitFor();
	await assertAccessible(alex);
	await alex.page.keyboard.press('Escape');
	await items.first().waitFor({ state: 'detached' });
	assert.equal(await menu(alex).evaluate((element) => element === document.activeElement), true, 'the focus is back');
	for (const [item, name, content] of [['Save as a page to read', 'user.html', '&lt;b&gt;my&lt;/b&gt;'], ['Save as data (JSON)', 'user.json', 'Where is <b>my</b> parcel?']]) {
		await alex.page.keyboard.press('Enter');
		await items.first().waitFor();
		for (let i = 0; i < 10 && (await focused(alex)) !== item; i++) await alex.page.keyboard.press('ArrowDown');
		const [file] = await Promise.all([alex.page.waitForEvent('download'), alex.page.keyboard.press('Enter')]);
		assert.equal(file.suggestedFilename(), name);
		assert.ok(fs.readFileSync(await file.path(), 'utf8').includes(content));
	}
	await told(alex, 'The conversation was saved');
});

test('a banned customer is signed out and reads until when and why', async () => {
	await menu(alex).click();
	await alex.page.getByRole('menuitem', { name: 'Ban…' }).click();
	const ask = dialog(alex, 'Ban Sam Rivera');
	await assertAccessible(alex);
	await ask.getByRole('combobox', { name: 'How long' }).selectOption('One week');
	await ask.getByRole('textbox', { name: 'Reason' }).fill('Insults');
	await ask.getByRole('button', { name: 'Ban', exact: true }).click();
	await told(alex, 'Sam Rivera is banned');
	await sam.page.getByRole('alert').filter({ hasText: /This account is banned until .+: Insults$/ }).waitFor();
	sam.assertQuiet();
	alex.assertQuiet();
});

test('the Team page shows who is banned, why and by whom, and lets them in again; the audit log has it all', async () => {
	await alex.page.getByRole('link', { name: 'Team' }).click();
	const row = alex.page.getByRole('list', { name: 'Banned people' }).getByRole('listitem');
	await row.filter({ hasText: 'Insults' }).filter({ hasText: 'by admin' }).waitFor();
	await assertAccessible(alex);
	await row.getByRole('button', { name: 'Lift the ban of user' }).click();
	await dialog(alex, 'Lift the ban of user').getByRole('button', { name: 'Lift the ban', exact: true }).click();
	await alex.page.getByText('Nobody is banned.').waitFor();
	await alex.page.getByRole('button', { name: 'Ban somebody…' }).click();
	await dialog(alex, 'Ban somebody…').getByRole('textbox', { name: 'User ID' }).fill('user');
	await dialog(alex, 'Ban somebody…').getByRole('button', { name: 'Cancel' }).click();
	const audit = await alex.page.evaluate(async () => (await (await fetch('/api/v1/audit')).json()).audit.map(({ action, target, detail }) => `${action} ${target} ${detail ?? ''}`));
	for (const line of ['user.unban user', 'user.ban user Insults', 'conversation.export user json', 'conversation.export user html'])
		assert.ok(audit.some((row) => row.startsWith(line)), `${line} in ${audit.join('\n')}`);
	alex.assertQuiet();
});

test('the settings list whom one has blocked, and undo it', async () => {
	const { page } = alex;
	assert.equal(await page.evaluate(async () => (await fetch('/api/v1/blocks/user', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' })).status), 200);
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('list', { name: 'Blocked people' }).getByText('Sam Rivera').waitFor();
	await assertAccessible(alex);
	await page.getByRole('button', { name: 'Unblock Sam Rivera' }).click();
	await page.getByText('You have blocked nobody.').waitFor();
	await page.getByRole('link', { name: 'Chat' }).click();
	alex.assertQuiet();
});

test('in the widget: the reason in place of the chat, and the chat again when the ban is over', async () => {
	const guest = await scene.visit();
	await openChat(guest);
	await write(guest, 'first');
	await log(guest).getByText('first').waitFor();
	await log(guest).getByRole('img', { name: /Sent|Delivered|Read/ }).waitFor();
	const id = await alex.page.evaluate(async () => (await (await fetch('/api/v1/conversations')).json()).conversations.find(({ last_message: last }) => last?.text === 'first').id);
	const ban = (method, body) => alex.page.evaluate(async ([path, init]) => (await fetch(path, init)).status, [`/api/v1/bans/${id}`, { method, headers: { 'content-type': 'application/json' }, body }]);
	assert.equal(await ban('PUT', '{"reason":"Spam"}'), 200);
	await panel(guest).getByRole('alert').getByText('You have been banned from this chat: Spam').waitFor();
	assert.equal(await box(guest).count(), 0);
	assert.equal(await ban('DELETE', '{}'), 200);
	await box(guest).waitFor({ timeout: 60_000 });
	await log(guest).getByText('first').waitFor();
	await write(guest, 'and back');
	await log(guest).getByText('and back').waitFor();
	guest.assertQuiet();
});
