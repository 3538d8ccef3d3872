// SPDX-License-Identifier: Apache-2.0
// Two customers who are one person: found, compared and merged by keyboard; every open page shows one conversation at once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { signInByLink } from '../lib/app.mjs';
import { launchChromium } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';
import { addPerson } from '../lib/people.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
async function assertAccessible({ page }) {
	await page.evaluate(() => Promise.all([...document.getAnimations()].filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
	await page.evaluate(axe);
	const found = await page.evaluate(async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`));
	assert.deepEqual(found, []);
}

let daemon, browser, alex, eva, ann;
before(async () => {
	daemon = await startConfabd();
	const people = { ann: await addPerson(daemon, 'ann', 'user', 'Ann Lee'), bob: await addPerson(daemon, 'bob', 'user', 'Bob on the phone') };
	for (const [who, text] of [['ann', 'The teapot leaks'], ['bob', 'It is the blue one'], ['ann', 'Can you help?']])
		assert.equal((await people[who].call('POST', `/api/v1/conversations/${who}/messages`, { text, client_id: text.replaceAll(' ', '-') })).status, 201);
	await addPerson(daemon, 'eva', 'admin', 'Eva Lind');
	browser = await launchChromium();
	const link = (id) => confab(['link', 'create', '--user', id, '--url', daemon.url, '--data', daemon.data]).trim();
	[alex, eva, ann] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, link('eva')), signInByLink(browser, link('ann'))]);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const rows = ({ page }) => page.getByRole('list', { name: 'Conversations' }).getByRole('listitem');
const log = ({ page }) => page.getByRole('log');
/** The words of what people said, in their order. */
const said = async (person) => (await log(person).locator('[data-message]').allInnerTexts()).map((text) => ['The teapot leaks', 'It is the blue one', 'Can you help?'].find((words) => text.includes(words))).filter(Boolean);

test('found by typing, compared, merged by keyboard alone', async () => {
	for (const person of [alex, eva]) {
		await rows(person).filter({ hasText: 'Bob on the phone' }).getByRole('button').click();
		await log(person).getByText('It is the blue one').waitFor();
	}
	await log(ann).getByText('Can you help?').waitFor();
	const { page } = alex;
	await page.getByRole('button', { name: 'Show customer' }).click();
	await page.getByRole('button', { name: 'Merge with…' }).focus();
	await page.keyboard.press('Enter');
	const find = page.getByRole('dialog', { name: 'Merge Bob on the phone with…' });
	await find.getByRole('searchbox', { name: 'Look for a customer' }).waitFor();
	await assertAccessible(alex);
	await find.getByRole('searchbox').focus();
	await page.keyboard.type('nobody of this name');
	await find.getByText('There is no other customer of that name.').waitFor();
	await find.getByRole('searchbox').fill('');
	await page.keyboard.type('ann');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');

	const both = page.getByRole('dialog', { name: 'Merge two customers' });
	const stays = (name) => both.getByRole('radio', { name: new RegExp(name) });
	await stays('Ann Lee').waitFor();
	assert.ok(await stays('Ann Lee').isChecked(), 'who was there first');
	await both.getByText('This cannot be undone.').waitFor();
	await assertAccessible(alex);
	await alex.screenshot('merge');
	await stays('Ann Lee').focus();
	await page.keyboard.press('ArrowDown');
	assert.ok(await stays('Bob on the phone').isChecked());
	await both.getByText('Everything of Ann Lee goes into the conversation with Bob on the phone').waitFor();
	await page.keyboard.press('ArrowUp');
	await both.getByText('Everything of Bob on the phone goes into the conversation with Ann Lee').waitFor();
	await page.keyboard.press('Enter');

	await page.getByRole('status').filter({ hasText: 'Bob on the phone and Ann Lee are one customer now' }).waitFor();
	await both.waitFor({ state: 'detached' });
});

test('every page shows one conversation, in the order of time, without a reload', async () => {
	for (const person of [alex, eva]) {
		await person.page.getByRole('heading', { name: 'Ann Lee' }).first().waitFor();
		await log(person).getByText('merged Bob on the phone into this conversation').waitFor();
		await rows(person).filter({ hasText: 'Bob on the phone' }).waitFor({ state: 'detached' });
		assert.equal(await rows(person).filter({ hasText: 'Ann Lee' }).count(), 1);
	}
	for (const person of [alex, eva, ann]) {
		await log(person).getByText('It is the blue one').waitFor();
		assert.deepEqual(await said(person), ['The teapot leaks', 'It is the blue one', 'Can you help?']);
	}
	assert.equal(await log(ann).getByText('merged').count(), 0, 'the customer is not told by whom');
	for (const person of [alex, eva, ann]) person.assertQuiet();
});
