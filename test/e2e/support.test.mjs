// SPDX-License-Identifier: Apache-2.0
// A support team at work: two of the team and a customer. Who looks after what, and what the customer is told of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chooseConversation, say, signInByLink } from '../lib/app.mjs';
import { launchChromium, openPage } from '../lib/browser.mjs';
import { confab, startConfabd } from '../lib/confabd.mjs';

let daemon, browser, alex, eva, sam;
before(async () => {
	daemon = await startConfabd();
	confab(['user', 'add', 'eva', '--role', 'admin', '--name', 'Eva Lind', '--password-stdin', '--data', daemon.data], 'eva has a password\n');
	browser = await launchChromium();
	[alex, sam] = await Promise.all([signInByLink(browser, daemon.links.admin), signInByLink(browser, daemon.links.user)]);
	eva = await openPage(browser, daemon.url);
	await eva.page.getByRole('textbox', { name: 'User ID' }).fill('eva');
	await eva.page.getByLabel('Password').fill('eva has a password');
	await eva.page.getByRole('button', { name: 'Sign in' }).click();
	await eva.page.getByRole('list', { name: 'Conversations' }).waitFor();
});
after(async () => {
	await browser.close();
	await daemon.stop();
});

const log = (person) => person.page.getByRole('log');
const list = (person) => person.page.getByRole('list', { name: 'Conversations' });
const view = (person, name) => person.page.getByRole('group', { name: 'Which conversations' }).getByRole('button', { name });
const gone = (locator) => locator.waitFor({ state: 'detached' });

test('take, transfer with a note, resolve; a new message opens it again', async () => {
	await say(sam, 'The parcel came without the cable.');
	await chooseConversation(alex, 'Sam Rivera');
	await chooseConversation(eva, 'Sam Rivera');
	await alex.page.getByRole('button', { name: 'Take', exact: true }).click();
	await log(eva).getByText('Alex Morgan assigned the conversation to Alex Morgan').waitFor();
	await list(eva).getByRole('img', { name: 'Assigned to Alex Morgan' }).waitFor();
	await view(alex, 'Mine 1').waitFor();
	await view(eva, 'Mine 0').waitFor();

	await alex.page.getByRole('button', { name: 'Transfer…' }).click();
	const dialog = alex.page.getByRole('dialog', { name: 'Transfer the conversation' });
	await dialog.getByRole('combobox', { name: 'To' }).selectOption('eva');
	await dialog.getByRole('textbox', { name: 'Note for the team' }).fill('She knows the cables.');
	await dialog.getByRole('button', { name: 'Transfer', exact: true }).click();
	await gone(dialog);
	await eva.page.getByRole('status').filter({ hasText: 'You look after Sam Rivera now' }).waitFor();
	await log(eva).getByText('She knows the cables.').waitFor();
	await view(eva, 'Mine 1').click();
	await list(eva).getByText('Sam Rivera').waitFor();

	await eva.page.getByRole('button', { name: 'Resolve', exact: true }).click();
	await list(eva).getByText('Sam Rivera').waitFor({ state: 'detached' });
	await log(sam).getByText('Eva Lind resolved the conversation').waitFor();
	assert.equal(await log(sam).getByText('assigned').count(), 0, 'the customer is not told who does what');
	assert.equal(await log(sam).getByText('She knows the cables.').count(), 0);
	await view(alex, 'Resolved 1').click();
	await list(alex).getByText('Sam Rivera').waitFor();

	await say(sam, 'Which cable is it?');
	await log(eva).getByText('Opened again by a new message').waitFor();
	await list(eva).getByText('Sam Rivera').waitFor();
	await eva.screenshot('support-desk');
});

test('nothing was wrong in a console', () => {
	for (const person of [alex, eva, sam]) person.assertQuiet();
});
