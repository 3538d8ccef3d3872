// SPDX-License-Identifier: Apache-2.0
// Several conversations at once: by checkbox, Shift and click, X, and on a phone a long press; resolved, undone, assigned, labelled.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessible.mjs';
import { signInByLink } from '../lib/app.mjs';
import { launchChromium } from '../lib/browser.mjs';
import { startConfabd } from '../lib/confabd.mjs';
import { PASSWORD, addPerson } from '../lib/people.mjs';

const NAMES = ['Ann', 'Bob', 'Cem', 'Dan'];
let daemon, browser, alex, eva;
before(async () => {
	daemon = await startConfabd();
	for (const name of NAMES) {
		const person = await addPerson(daemon, name.toLowerCase(), 'user', name);
		assert.equal((await person.call('POST', `/api/v1/conversations/${person.id}/messages`, { text: `Hello from ${name}`, client_id: 'c1' })).status, 201);
	}
	eva = await addPerson(daemon, 'eva', 'admin', 'Eva Lind');
	assert.equal((await eva.call('POST', '/api/v1/labels', { name: 'Refund', color: '#c62a33' })).status, 201);
	browser = await launchChromium();
	alex = await signInByLink(browser, daemon.links.admin);
});
after(async () => {
	await browser?.close();
	await daemon?.stop();
});

const row = ({ page }, name) => page.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: `Hello from ${name}` });
const box = (person, name) => row(person, name).getByRole('checkbox', { name: `Choose the conversation with ${name}` });
const bar = ({ page }) => page.getByRole('group', { name: 'What to do with the chosen conversations' });
const told = ({ page }, text) => page.getByRole('status').filter({ hasText: text }).waitFor();
const state = async (id) => (await eva.call('GET', '/api/v1/conversations')).body.conversations.find((c) => c.id === id).support;

test('checkbox, Shift and click, and together resolved; undone they are as they were', async () => {
	await eva.call('PATCH', '/api/v1/conversations/bob', { status: 'pending' });
	await alex.page.getByRole('button', { name: /^All/ }).click();
	await row(alex, 'Bob').getByText('Pending').waitFor(); // what undoing brings back is what this page knew
	await row(alex, 'Dan').hover();
	await box(alex, 'Dan').check();
	await bar(alex).getByText('One chosen').waitFor();
	await row(alex, 'Ann').getByRole('button').click({ modifiers: ['Shift'] });
	await bar(alex).getByText('4 chosen').waitFor();
	await box(alex, 'Cem').uncheck();
	await bar(alex).getByText('3 chosen').waitFor();
	await assertAccessible(alex);
	await alex.screenshot('bulk');
	await bar(alex).getByRole('button', { name: 'Resolve' }).click();
	await told(alex, '3 conversations resolved');
	await alex.page.getByRole('button', { name: 'Undo' }).focus(); // it stays as long as it has the focus
	await bar(alex).waitFor({ state: 'detached' });
	for (const [id, status] of [['ann', 'resolved'], ['bob', 'resolved'], ['cem', 'open'], ['dan', 'resolved']]) assert.equal((await state(id)).status, status, id);
	await assertAccessible(alex);
	await alex.page.getByRole('button', { name: 'Undo' }).click();
	await told(alex, 'They are as they were');
	for (const [id, status] of [['ann', 'open'], ['bob', 'pending'], ['dan', 'open']]) assert.equal((await state(id)).status, status, id);
});

test('by keyboard alone: X chooses, A takes, a label is put on, Escape lets go', async () => {
	const { page } = alex;
	await row(alex, 'Ann').getByRole('button').focus();
	await page.keyboard.press('x');
	await bar(alex).getByText('One chosen').waitFor();
	await row(alex, 'Bob').getByRole('button').focus();
	await page.keyboard.press('x');
	await bar(alex).getByText('2 chosen').waitFor();
	await bar(alex).getByRole('combobox', { name: 'Labels…' }).selectOption('Refund');
	await told(alex, '2 conversations changed');
	assert.deepEqual([(await state('ann')).labels.length, (await state('bob')).labels.length, (await state('cem')).labels.length], [1, 1, 0]);
	await row(alex, 'Cem').getByRole('button').focus();
	await page.keyboard.press('x');
	await page.keyboard.press('a');
	await told(alex, 'One conversation changed');
	assert.equal((await state('cem')).assignee.id, 'admin');
	await page.keyboard.press('x');
	await bar(alex).waitFor();
	await page.keyboard.press('Escape');
	await bar(alex).waitFor({ state: 'detached' });
});

test('what cannot be done is named, and stays chosen', async () => {
	await row(alex, 'Dan').hover();
	await box(alex, 'Dan').check();
	// an answer of the server's for one that is gone by now
	await alex.page.route('**/api/v1/conversations', (route) => (route.request().method() === 'PATCH' ? route.fulfill({ json: { results: [{ id: 'dan', error: { code: 16, status_code: 404, message: 'There is no conversation of this id.' } }] } }) : route.continue()));
	await bar(alex).getByRole('combobox', { name: 'Assign…' }).selectOption('Eva Lind');
	await told(alex, 'Not done for Dan: There is no conversation of this id.');
	await bar(alex).getByText('One chosen').waitFor();
	await alex.page.unroute('**/api/v1/conversations');
	await bar(alex).getByRole('button', { name: 'Choose none' }).click();
	alex.assertQuiet();
});

test('on a phone: a long press chooses, then a touch does; put away until tomorrow', async () => {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	const phone = { page: await context.newPage(), problems: [] };
	phone.page.on('console', (message) => message.type() === 'error' && phone.problems.push(message.text()));
	await phone.page.goto(daemon.url);
	await phone.page.getByLabel('User ID').fill('eva');
	await phone.page.getByLabel('Password').fill(PASSWORD);
	await phone.page.getByRole('button', { name: 'Sign in' }).click();
	await phone.page.getByRole('button', { name: /^All/ }).tap();
	await row(phone, 'Bob').waitFor(); // pending: of all only; the finger must not be on a row that moves
	const { x, y, height } = await row(phone, 'Ann').boundingBox();
	const session = await context.newCDPSession(phone.page);
	const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
	await touch('touchStart', [{ x: x + 120, y: y + height / 2 }]);
	await bar(phone).getByText('One chosen').waitFor();
	await touch('touchEnd', []);
	await row(phone, 'Dan').getByRole('button').tap();
	await bar(phone).getByText('2 chosen').waitFor();
	await phone.page.screenshot({ path: new URL('../out/bulk-phone.png', import.meta.url).pathname });
	assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
	await bar(phone).getByRole('button', { name: 'Snooze…' }).tap();
	await phone.page.getByRole('dialog').getByRole('button', { name: /^Tomorrow morning/ }).tap();
	await told(phone, '2 conversations changed');
	assert.deepEqual([(await state('ann')).status, (await state('dan')).status], ['snoozed', 'snoozed']);
	assert.deepEqual(phone.problems, []);
});
